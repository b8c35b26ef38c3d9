//! Opening a round: distinct people among organizers and treasurers, within half an hour.

use std::collections::HashSet;

use serde_json::json;

use crate::alliances;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::UnsealingId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::lifecycle::RoundState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::domain::lifecycle::UNSEAL_FORGOTTEN;
use crate::tenders::domain::lifecycle::UNSEAL_WINDOW;
use crate::tenders::problems;
use crate::tenders::repo::offers;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Round;
use crate::tenders::repo::tenders::Unsealing;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::rounds;
use crate::tenders::views::RoundView;

/// Consents to the opening; the last consent that is needed opens the round.
///
/// # Errors
/// 404, 403; `illegal_transition` before the round closed, `too_few_quotes`, `already_approved`,
/// `window_expired` where the first consent is older than 30 minutes.
pub async fn unseal(act: &Act<'_>, id: RoundId) -> Result<RoundView, Failure> {
    let (mut round, present) = rounds::mine(act, id).await?;
    act.enter(None).await?;
    require_closed(&round, &present)?;
    let me = act.user()?.user;
    let mut people = consents(act, &round, me).await?;
    let row = Unsealing {
        id: act.fresh::<UnsealingId>(),
        alliance_id: round.alliance_id,
        round_id: id,
        user_id: me,
        approved_at: act.now(),
    };
    repo::insert_unsealing(act.tx(), row).await?;
    people.insert(me);
    let alliance = Some(round.alliance_id);
    act.record("round.unseal_approved", alliance, id.0, json!({}))
        .await?;
    let by_laws = alliances::by_laws(act.tx(), round.alliance_id).await?;
    let needed = usize::try_from(by_laws.unsealers.max(2)).unwrap_or(usize::MAX);
    if people.len() >= needed {
        round.state = RoundState::Opened.as_str().to_owned();
        round.opened_at = Some(act.now());
        round.version += 1;
        repo::save_round(act.tx(), &round).await?;
        offers::move_quotes(act.tx(), id, QuoteState::Submitted, QuoteState::Opened).await?;
        act.record("round.opened", alliance, id.0, json!({}))
            .await?;
    }
    let mut view = RoundView::of(&round);
    view.quotes_received = Some(present.submitted);
    view.approvals = Some(people.len() as u64);
    Ok(view)
}

fn require_closed(round: &Round, present: &Present) -> Result<(), Failure> {
    let state = clock::round_state(round)?;
    let tender = present.state()?;
    let alive = matches!(tender, TenderState::Published | TenderState::Evaluating);
    if state != RoundState::Closed {
        return Err(Refused::illegal_transition(state.as_str(), "unseal", state.events()).into());
    }
    if present.submitted < u64::try_from(present.tender.min_quotes).unwrap_or(0) {
        return Err(Refused::new(
            &problems::TOO_FEW_QUOTES,
            "Fewer quotes came than the tender asks for: they stay sealed.",
        )
        .into());
    }
    if !alive {
        return Err(Refused::illegal_transition(tender.as_str(), "unseal", tender.events()).into());
    }
    Ok(())
}

/// Who has consented within the window and still holds a role that may.
async fn consents(act: &Act<'_>, round: &Round, me: UserId) -> Result<HashSet<UserId>, Failure> {
    let roles = [Role::Organizer, Role::Treasurer];
    let entitled: HashSet<UserId> = alliances::role_holders(act.tx(), round.alliance_id, &roles)
        .await?
        .into_iter()
        .map(|person| person.id)
        .collect();
    let remembered =
        repo::unsealings(act.tx(), round.id, act.now().plus(-UNSEAL_FORGOTTEN)).await?;
    let (fresh, lapsed): (Vec<_>, Vec<_>) = remembered
        .into_iter()
        .filter(|row| entitled.contains(&row.user_id))
        .partition(|row| row.approved_at > act.now().plus(-UNSEAL_WINDOW));
    if fresh.iter().any(|row| row.user_id == me) {
        return Err(Refused::new(
            &problems::ALREADY_APPROVED,
            "You have consented already; another person has to as well.",
        )
        .into());
    }
    if let (true, Some(old)) = (
        fresh.is_empty(),
        lapsed.iter().rfind(|row| row.user_id != me),
    ) {
        return Err(Refused::new(
            &problems::WINDOW_EXPIRED,
            "The first consent is older than 30 minutes: whoever gave it consents again, or waits until it is forgotten.",
        )
        .with("approved_at", old.approved_at.to_string())
        .with("forgotten_at", old.approved_at.plus(UNSEAL_FORGOTTEN).to_string())
        .into());
    }
    Ok(fresh.into_iter().map(|row| row.user_id).collect())
}
