//! Use cases of rounds: read, and move the deadline.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail::Category;
use crate::platform::act::Act;
use crate::platform::act::Asker;
use crate::platform::act::Look;
use crate::tenders::domain::lifecycle::RoundState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::domain::lifecycle::UNSEAL_WINDOW;
use crate::tenders::letters;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Round;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::mailing;
use crate::tenders::service::mailing::Post;
use crate::tenders::service::quotes::late;
use crate::tenders::service::viewer;
use crate::tenders::service::viewer::Viewer;
use crate::tenders::views::RoundView;

/// A round that the caller may see, by its tender.
///
/// # Errors
/// 404.
pub async fn find(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: RoundId,
) -> Result<(Round, Viewer), Failure> {
    let round = repo::round(c, id)
        .await?
        .ok_or_else(|| Refused::not_found("round"))?;
    let (_, viewer) = viewer::see(c, asker, round.tender_id).await?;
    Ok((round, viewer))
}

/// The round for one who runs the tender, locked and as the clock has it.
///
/// # Errors
/// 404, 403.
pub async fn mine(act: &Act<'_>, id: RoundId) -> Result<(Round, Present), Failure> {
    let (round, _) = find(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), round.alliance_id).await?;
    let present = clock::settle(act, round.tender_id).await?;
    let round = present
        .rounds
        .iter()
        .find(|other| other.id == id)
        .cloned()
        .ok_or_else(|| Refused::not_found("round"))?;
    Ok((round, present))
}

/// Moves the deadline later, before it has passed; every invited manufacturer is told.
///
/// # Errors
/// 404, 403, 412, 428; a time that is not later or beyond the award; `deadline_passed`.
pub async fn extend(act: &Act<'_>, id: RoundId, closes_at: Instant) -> Result<RoundView, Failure> {
    let (mut round, present) = mine(act, id).await?;
    act.enter(Some(round.version)).await?;
    if closes_at <= round.closes_at || closes_at > present.tender.award_by {
        return Err(Refused::field(
            "#/closes_at",
            "window_invalid",
            "A deadline only moves later, and not beyond the award.",
        )
        .into());
    }
    let state = clock::round_state(&round)?;
    let moves = matches!(state, RoundState::Scheduled | RoundState::Open);
    let published = present.state()? == TenderState::Published;
    if moves && act.now() >= round.closes_at {
        return Err(late(act.now(), round.closes_at).into());
    }
    if !moves || !published {
        return Err(Refused::illegal_transition(state.as_str(), "extend", state.events()).into());
    }
    round.closes_at = closes_at;
    round.version += 1;
    repo::save_round(act.tx(), &round).await?;
    let facts = json!({ "closes_at": closes_at });
    act.record("round.extended", Some(round.alliance_id), id.0, facts)
        .await?;
    let post = Post {
        tender: &present.tender,
        category: Category::Tender,
        text: &letters::EXTENDED,
        vars: json!({ "closes_at": closes_at }),
        once: None,
    };
    mailing::send_to_invited(act, &post).await?;
    Ok(RoundView::of(&round))
}

/// One round as the clock has it; evaluators also learn how many quotes came.
///
/// # Errors
/// 404.
pub async fn read(look: &Look<'_>, id: RoundId) -> Result<RoundView, Failure> {
    let (round, _) = find(look.reader(), look.asker(), id).await?;
    let all = list(look, round.tender_id).await?;
    all.into_iter()
        .find(|view| view.id == id)
        .ok_or_else(|| Refused::not_found("round").into())
}

/// The rounds of a tender.
///
/// # Errors
/// 404.
pub async fn list(look: &Look<'_>, id: TenderId) -> Result<Vec<RoundView>, Failure> {
    let c = look.reader();
    let (tender, viewer) = viewer::see(c, look.asker(), id).await?;
    let now = c.now().await?;
    let present = clock::present(c, tender, now).await?;
    let mut views = vec![];
    for round in &present.rounds {
        let mut view = RoundView::of(round);
        if viewer.is_evaluator() {
            view.quotes_received = Some(present.submitted);
            let since = now.plus(-UNSEAL_WINDOW);
            let fresh = repo::unsealings(c, round.id, since).await?;
            view.approvals = Some(fresh.len() as u64);
        }
        views.push(view);
    }
    Ok(views)
}
