//! Deadlines: every read shows what the clock has brought about, every write first stores it, and a sweep
//! stores it where nobody comes by.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;
use crate::tenders::domain::lifecycle;
use crate::tenders::domain::lifecycle::CommitmentState;
use crate::tenders::domain::lifecycle::GRACE;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::lifecycle::RoundState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::repo::awards;
use crate::tenders::repo::demand;
use crate::tenders::repo::offers;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Round;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::award_answers::expire;

/// A tender as the clock has it.
#[derive(Debug, Clone)]
pub struct Present {
    pub tender: Tender,
    pub rounds: Vec<Round>,
    /// Quotes that count.
    pub submitted: u64,
}

impl Present {
    /// The state of the tender.
    ///
    /// # Errors
    /// A state that is none of ours.
    pub fn state(&self) -> Result<TenderState, Failure> {
        state_of(&self.tender.state)
    }

    /// The present round: the last one.
    ///
    /// # Errors
    /// A tender without round.
    pub fn round(&self) -> Result<&Round, Failure> {
        let missing = || anyhow::anyhow!("tender {} has no round", self.tender.id).into();
        self.rounds.last().ok_or_else(missing)
    }
}

/// A stored word as a tender's state.
///
/// # Errors
/// A word that is none of ours.
pub fn state_of(word: &str) -> Result<TenderState, Failure> {
    TenderState::parse(word).ok_or_else(|| broken(word))
}

/// A stored word as a round's state.
///
/// # Errors
/// A word that is none of ours.
pub fn round_state(round: &Round) -> Result<RoundState, Failure> {
    RoundState::parse(&round.state).ok_or_else(|| broken(&round.state))
}

/// A stored word that no vocabulary has.
pub fn broken(word: &str) -> Failure {
    anyhow::anyhow!("'{word}' is no state").into()
}

/// What the clock has made of a stored tender at `now`; nothing is written.
///
/// # Errors
/// When the database fails.
pub async fn present(
    c: &impl ConnectionTrait,
    tender: Tender,
    now: Instant,
) -> Result<Present, Failure> {
    let mut present = Present {
        rounds: repo::rounds(c, tender.id).await?,
        submitted: offers::count_submitted(c, tender.id).await?,
        tender,
    };
    advance(&mut present, now)?;
    Ok(present)
}

fn advance(present: &mut Present, now: Instant) -> Result<(), Failure> {
    let state = present.state()?;
    if matches!(state, TenderState::Draft | TenderState::Cancelled) {
        return Ok(());
    }
    let mut last_end = present.tender.commitment_closes_at;
    for round in &mut present.rounds {
        last_end = last_end.max(round.closes_at);
        let before = round_state(round)?;
        let after = lifecycle::round_at(before, round.opens_at, round.closes_at, now);
        if after != before {
            round.state = after.as_str().to_owned();
            round.version += 1;
        }
    }
    let min_quotes = u64::try_from(present.tender.min_quotes).unwrap_or(0);
    let after = lifecycle::tender_at(state, last_end, present.submitted, min_quotes, now);
    if after != state {
        present.tender.state = after.as_str().to_owned();
        present.tender.version += 1;
    }
    Ok(())
}

/// Locks a tender, stores what the clock has brought about, and answers how it stands.
///
/// # Errors
/// 404; else when the database fails.
pub async fn settle(act: &Act<'_>, id: TenderId) -> Result<Present, Failure> {
    let stored = repo::lock_tender(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("tender"))?;
    let rounds = repo::rounds(act.tx(), id).await?;
    let present = present(act.tx(), stored.clone(), act.now()).await?;
    for (before, after) in rounds.iter().zip(&present.rounds) {
        if before.state != after.state {
            repo::save_round(act.tx(), after).await?;
            tell(act, &stored, "round", after.id.0, &after.state).await?;
        }
        if before.state != after.state && after.state == "closed" {
            offers::move_quotes(act.tx(), after.id, QuoteState::Draft, QuoteState::Expired).await?;
        }
    }
    if present.tender.state != stored.state {
        repo::save_tender(act.tx(), &present.tender).await?;
        let to = match present.state()? {
            TenderState::Unsuccessful => CommitmentState::Rejected,
            _ => CommitmentState::Locked,
        };
        demand::move_all(act.tx(), id, CommitmentState::Submitted, to).await?;
        tell(act, &stored, "tender", id.0, &present.tender.state).await?;
    }
    Ok(present)
}

async fn tell(
    act: &Act<'_>,
    tender: &Tender,
    what: &str,
    object: uuid::Uuid,
    state: &str,
) -> Result<(), Failure> {
    let action = format!("{what}.{state}_by_clock");
    act.record(&action, Some(tender.alliance_id), object, json!({}))
        .await?;
    Ok(())
}

/// Stores what is due everywhere. Answers how many tenders and awards moved.
///
/// # Errors
/// When the database fails.
pub async fn sweep(ctx: Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let grace = now.plus(-GRACE);
    let mut due: Vec<TenderId> = repo::rounds_due(&reader, now, grace)
        .await?
        .into_iter()
        .map(|round| round.tender_id)
        .collect();
    let ended = repo::tenders_to_close(&reader, grace).await?;
    due.extend(ended.into_iter().map(|tender| tender.id));
    due.sort_unstable();
    due.dedup();
    let mut moved = 0;
    for id in due {
        let changed = perform_as_system(&ctx, "tender clock", async |act| {
            let before = repo::tender(act.tx(), id).await?;
            let rounds = repo::rounds(act.tx(), id).await?;
            let after = settle(act, id).await?;
            Ok(before.is_none_or(|b| b != after.tender) || rounds != after.rounds)
        })
        .await?;
        moved += u64::from(changed);
    }
    for award in awards::awards_to_expire(&reader, now).await? {
        perform_as_system(&ctx, "award clock", async |act| expire(act, award.id).await).await?;
        moved += 1;
    }
    Ok(moved)
}
