//! Answers to awards: the winner accepts or declines, or its time runs out.

use serde_json::json;

use crate::kernel::ids::AwardId;
use crate::kernel::ids::QuoteId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::lifecycle::AwardState;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::offers;
use crate::tenders::repo::tenders as tender_repo;
use crate::tenders::service::awards::awarded_items;
use crate::tenders::service::awards::find;
use crate::tenders::service::awards::note;
use crate::tenders::service::awards::require_state;
use crate::tenders::service::awards::reread;
use crate::tenders::service::awards::state_of;
use crate::tenders::service::awards::view;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::evaluations;
use crate::tenders::service::orders;
use crate::tenders::service::quotes::late;
use crate::tenders::service::viewer;
use crate::tenders::views::AwardView;

/// The award for its winner; a link does not bind a manufacturer, an account or a key does.
async fn won(act: &Act<'_>, id: AwardId) -> Result<(Award, Present), Failure> {
    let (award, tender, viewer) = find(act.tx(), act.asker(), id).await?;
    viewer::binding(&viewer, act.caller(), award.manufacturer_id)?;
    let present = clock::settle(act, tender.id).await?;
    let award = reread(act, id).await?;
    act.enter(Some(award.version)).await?;
    Ok((award, present))
}

fn require_in_time(act: &Act<'_>, award: &Award) -> Result<(), Failure> {
    match award.accept_by {
        Some(end) if act.now() >= end => Err(late(act.now(), end).into()),
        _ => Ok(()),
    }
}

/// Accepts an award: it is active, and a draft of the group order exists.
///
/// # Errors
/// 404, 403, 412, 428; `illegal_transition`, `deadline_passed`.
pub async fn accept(act: &Act<'_>, id: AwardId) -> Result<AwardView, Failure> {
    let (mut award, present) = won(act, id).await?;
    require_state(&award, "accept", AwardState::Notified)?;
    require_in_time(act, &award)?;
    award.state = AwardState::Active.as_str().to_owned();
    award.decided_at = Some(act.now());
    award.version += 1;
    repo::save_award(act.tx(), &award).await?;
    set_quote(act, award.quote_id, QuoteState::Awarded).await?;
    orders::draft(act, &award).await?;
    note(act, &award, "award.accepted").await?;
    finish(act, present, &award).await?;
    view(act.tx(), &award, true).await
}

async fn set_quote(act: &Act<'_>, id: QuoteId, state: QuoteState) -> Result<(), Failure> {
    if let Some(mut quote) = offers::quote(act.tx(), id).await? {
        quote.state = state.as_str().to_owned();
        quote.version += 1;
        offers::save_quote(act.tx(), &quote).await?;
    }
    Ok(())
}

/// The tender is awarded once every item with a winner has an active award.
async fn finish(act: &Act<'_>, mut present: Present, award: &Award) -> Result<(), Failure> {
    let row = repo::evaluation(act.tx(), award.evaluation_id)
        .await?
        .ok_or_else(|| Refused::not_found("evaluation"))?;
    let held = awarded_items(act.tx(), award.tender_id).await?;
    let complete = evaluations::items_of(&row)?
        .iter()
        .filter(|item| item.outcome == Outcome::Cleared)
        .all(|item| held.contains(&item.item_id));
    if !complete || present.state()? != TenderState::Evaluating {
        return Ok(());
    }
    let round = present.round()?.id;
    present.tender.state = TenderState::Awarded.as_str().to_owned();
    present.tender.version += 1;
    tender_repo::save_tender(act.tx(), &present.tender).await?;
    offers::move_quotes(act.tx(), round, QuoteState::Opened, QuoteState::NotAwarded).await?;
    let alliance = Some(award.alliance_id);
    act.record("tender.awarded", alliance, award.tender_id.0, json!({}))
        .await?;
    Ok(())
}

/// Declines an award: its items are free again, its quote leaves the field.
///
/// # Errors
/// 404, 403, 412, 428; `illegal_transition`, `deadline_passed`.
pub async fn decline(act: &Act<'_>, id: AwardId) -> Result<AwardView, Failure> {
    let (award, _) = won(act, id).await?;
    require_state(&award, "decline", AwardState::Notified)?;
    require_in_time(act, &award)?;
    let award = fall(act, award, AwardState::Declined).await?;
    view(act.tx(), &award, true).await
}

async fn fall(act: &Act<'_>, mut award: Award, to: AwardState) -> Result<Award, Failure> {
    award.state = to.as_str().to_owned();
    award.decided_at = Some(act.now());
    award.version += 1;
    repo::save_award(act.tx(), &award).await?;
    repo::release_lines(act.tx(), award.id).await?;
    set_quote(act, award.quote_id, QuoteState::Withdrawn).await?;
    note(act, &award, &format!("award.{to}")).await?;
    Ok(award)
}

/// Lets a notified award lapse whose time is over.
///
/// # Errors
/// When the database fails.
pub async fn expire(act: &Act<'_>, id: AwardId) -> Result<(), Failure> {
    let award = reread(act, id).await?;
    clock::settle(act, award.tender_id).await?;
    let award = reread(act, id).await?;
    let over = award.accept_by.is_some_and(|end| act.now() >= end);
    if state_of(&award)? == AwardState::Notified && over {
        fall(act, award, AwardState::Expired).await?;
    }
    Ok(())
}
