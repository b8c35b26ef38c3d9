//! Counting and declaring.

use chrono::TimeDelta;
use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::timetable;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::after;
use crate::ballots::service::candidates_of;
use crate::ballots::service::letters;
use crate::ballots::service::opening;
use crate::ballots::service::papers;
use crate::ballots::service::papers::Counted;
use crate::ballots::service::secrets;
use crate::ballots::service::secrets::Receipt;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;

/// A ballot becomes effective with the use of its mandate.
pub(super) const ENACT: Consumer = Consumer {
    topic: mandates::CONSUMED,
    name: "ballots.enact",
    run: |ctx, event| Box::pin(async move { enact(&ctx, &event).await }),
};

/// Closes a ballot whose time is over, or whose result stands where its rule closes early.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition` or `ballot_still_open`.
pub async fn close(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    state_of(&ballot)?.after(BallotEvent::Close)?;
    if act.now() < ballot.closes_at && !papers::load(act, &ballot).await?.is_decided(&ballot)? {
        let closes_at = ballot.closes_at.millis();
        return Err(BallotRefused::StillOpen { closes_at }.into());
    }
    declare(act, &mut ballot).await?;
    Ok(ballot)
}

/// Counts an open ballot that the caller holds locked. Where no option of a choice has the majority, the
/// strongest go on to another round; else the result is declared, and what it permits follows.
///
/// # Errors
/// When the database fails.
pub(super) async fn declare(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    let papers = papers::load(act, ballot).await?;
    let mut counted = papers.count(ballot)?;
    publish_receipts(act, ballot, &papers.receipts).await?;
    if let Some(finalists) = counted.finalists.take() {
        return run_off(act, ballot, &counted, &finalists).await;
    }
    let Counted { record, winner, .. } = counted;
    advance(ballot, BallotEvent::Close)?;
    let by_laws = alliances::by_laws(act.tx(), ballot.alliance_id).await?;
    let now = act.now();
    let later = |days| Instant::from_millis(timetable::days_after(now.millis(), days));
    ballot.closed_at = Some(after_the_votes(act, ballot).await?);
    ballot.result = Some(record.result.as_str().to_owned());
    ballot.winner = winner;
    ballot.rounds = (!record.rounds.is_empty()).then(|| json!(record.rounds));
    ballot.record = Some(json!(record));
    ballot.challenge_until = Some(later(by_laws.ballot_challenge_days));
    if record.result == Outcome::CastingVote {
        ballot.casting_until = Some(later(by_laws.ballot_casting_days));
    }
    let alliance = Some(ballot.alliance_id);
    act.record("ballot.declared", alliance, ballot.id.0, json!(record))
        .await?;
    after::settle(act, ballot).await?;
    letters::announce(act, ballot).await
}

/// The closing instant: now, or just after a vote that was taken while this transaction waited for it.
async fn after_the_votes(act: &Act<'_>, ballot: &Ballot) -> Result<Instant, Failure> {
    let latest = repo::votes::latest(act.tx(), ballot).await?;
    let after = latest.map(|vote| vote.cast_at.plus(TimeDelta::milliseconds(1)));
    Ok(after.map_or(act.now(), |after| std::cmp::max(after, act.now())))
}

/// Receipts are written in the order of their digests, not of the members.
async fn publish_receipts(
    act: &Act<'_>,
    ballot: &Ballot,
    receipts: &[Receipt],
) -> Result<(), Failure> {
    let mut listed = receipts
        .iter()
        .map(secrets::listed)
        .collect::<Result<Vec<_>, _>>()?;
    listed.sort();
    Ok(repo::secret::insert_receipts(act.tx(), ballot, &listed).await?)
}

/// Opens the next round among the finalists, for the same electorate, as long as the round before.
async fn run_off(
    act: &Act<'_>,
    ballot: &mut Ballot,
    counted: &Counted,
    finalists: &[String],
) -> Result<(), Failure> {
    advance(ballot, BallotEvent::RunOff)?;
    let mut candidates = candidates_of(ballot)?;
    candidates.retain(|candidate| finalists.contains(&candidate.id));
    let opened_at = ballot.opened_at.unwrap_or(ballot.created_at).millis();
    let closes_at = ballot.closes_at.millis();
    let lasts = timetable::another_round(opened_at, closes_at, ballot.round);
    let until = act.now().millis().saturating_add(lasts);
    ballot.options = Some(json!(candidates));
    ballot.rounds = Some(json!(counted.record.rounds));
    ballot.round += 1;
    ballot.closes_at = Instant::from_millis(until);
    opening::remind_later(act, ballot);
    repo::save(act.tx(), ballot).await?;
    let data =
        json!({ "round": ballot.round, "finalists": finalists, "closes_at": ballot.closes_at });
    act.record(
        "ballot.run_off",
        Some(ballot.alliance_id),
        ballot.id.0,
        data,
    )
    .await?;
    letters::ask_for_votes(act, ballot).await
}

/// A ballot is effective once its mandate was used.
async fn enact(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let source = event.payload["source"].as_str().unwrap_or_default();
    let Some(id) = after::ballot_of(source) else {
        return Ok(());
    };
    act::perform_as_system(ctx, "ballots.enact", async |act| {
        let Some(mut ballot) = repo::lock(act.tx(), id).await? else {
            return Ok(());
        };
        if state_of(&ballot)? != BallotState::Declared {
            return Ok(());
        }
        advance(&mut ballot, BallotEvent::Enact)?;
        repo::save(act.tx(), &mut ballot).await?;
        act.record("ballot.enacted", Some(ballot.alliance_id), id.0, json!({}))
            .await?;
        Ok(())
    })
    .await?;
    Ok(())
}
