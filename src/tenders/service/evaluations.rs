//! Evaluations: every quote is cleared alone against the commitments of its item, the best one is named,
//! and the result is stored as it is. Limits and single members' figures never appear in it.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;
use crate::tenders::domain::lifecycle::RoundState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::problems;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Evaluation;
use crate::tenders::repo::tenders;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::sealing;
use crate::tenders::service::bids::Bid;
use crate::tenders::service::clearing_field;
use crate::tenders::service::clearing_field::ALGORITHM;
use crate::tenders::service::clearing_field::Field;
use crate::tenders::service::clearing_field::MemberShare;
use crate::tenders::service::clock;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::views::EvaluatedItem;
use crate::tenders::views::EvaluationView;

/// Quotes that members chose, by item.
type Choices = HashMap<ItemId, QuoteId>;

/// Clears every opened quote and stores the result.
///
/// # Errors
/// 404, 403; `illegal_transition` before both windows are over and the round is open.
pub async fn create(act: &Act<'_>, id: TenderId) -> Result<EvaluationView, Failure> {
    let (tender, _) = viewer::see(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    let present = clock::settle(act, id).await?;
    act.enter(None).await?;
    require(
        &present,
        "evaluate",
        present.state()? == TenderState::Evaluating,
    )?;
    let mut round = present.round()?.clone();
    let state = clock::round_state(&round)?;
    if !state.is_open_to_evaluators() {
        return Err(Refused::illegal_transition(state.as_str(), "evaluate", state.events()).into());
    }
    let field = clearing_field::field(act, id, &present.tender.currency).await?;
    let row = store(act, &tender, round.id, &field, &Choices::new()).await?;
    if state == RoundState::Opened {
        round.state = RoundState::Evaluated.as_str().to_owned();
        round.version += 1;
        tenders::save_round(act.tx(), &round).await?;
    }
    view(row)
}

/// Clears the field once more with the bid that members chose as the winner of its lines; every other line
/// keeps the winner that it had. Where the bid wins them anyway, the evaluation stands.
///
/// # Errors
/// `evaluation_outdated` where quotes or commitments are not those that were evaluated.
pub async fn decide(
    act: &Act<'_>,
    tender: &Tender,
    base: &Evaluation,
    bid: &Bid,
) -> Result<Evaluation, Failure> {
    let mut choices: Choices = items_of(base)?
        .iter()
        .filter_map(|item| Some((item.item_id, item.quote_id?)))
        .collect();
    let wins = |item: &ItemId| choices.get(item) == Some(&bid.quote);
    if bid.lines.iter().all(|line| wins(&line.item)) {
        return Ok(base.clone());
    }
    choices.extend(bid.lines.iter().map(|line| (line.item, bid.quote)));
    let field = clearing_field::field(act, tender.id, &tender.currency).await?;
    if clearing_field::input_mac(act.ctx, &field)? != base.input_mac {
        return Err(Refused::new(
            &problems::EVALUATION_OUTDATED,
            "Quotes or commitments have changed since members chose: evaluate and decide again.",
        )
        .into());
    }
    store(act, tender, base.round_id, &field, &choices).await
}

async fn store(
    act: &Act<'_>,
    tender: &Tender,
    round: RoundId,
    field: &Field,
    choices: &Choices,
) -> Result<Evaluation, Failure> {
    let mut items = vec![];
    let mut shares = vec![];
    for item in tenders::items(act.tx(), tender.id).await? {
        let chosen = choices.get(&item.id).copied();
        let (view, mut some) = clearing_field::evaluate(field, &item, chosen)?;
        items.push(view);
        shares.append(&mut some);
    }
    let id = act.fresh::<EvaluationId>();
    let row = Evaluation {
        id,
        alliance_id: tender.alliance_id,
        tender_id: tender.id,
        round_id: round,
        algorithm: ALGORITHM.to_owned(),
        input_mac: clearing_field::input_mac(act.ctx, field)?,
        result: serde_json::to_value(&items).map_err(anyhow::Error::new)?,
        sealed_allocations: sealing::wrap(act.ctx, &context(id), &shares)?,
        evaluated_by: act.user()?.user,
        created_at: act.now(),
    };
    repo::insert_evaluation(act.tx(), row.clone()).await?;
    let facts =
        json!({ "tender_id": tender.id, "algorithm": ALGORITHM, "chosen": !choices.is_empty() });
    let alliance = Some(tender.alliance_id);
    act.record("tender.evaluated", alliance, row.id.0, facts)
        .await?;
    Ok(row)
}

fn context(id: EvaluationId) -> String {
    format!("evaluation:{id}")
}

/// The members' shares of an evaluation.
///
/// # Errors
/// When the row was changed, or belongs to another key file.
pub fn shares_of(ctx: &Ctx, row: &Evaluation) -> anyhow::Result<Vec<MemberShare>> {
    sealing::unwrap(ctx, &context(row.id), &row.sealed_allocations)
}

/// The result of an evaluation.
///
/// # Errors
/// When the stored result is unreadable.
pub fn items_of(row: &Evaluation) -> Result<Vec<EvaluatedItem>, Failure> {
    Ok(serde_json::from_value(row.result.clone()).map_err(anyhow::Error::new)?)
}

fn view(row: Evaluation) -> Result<EvaluationView, Failure> {
    let items = items_of(&row)?;
    Ok(EvaluationView::of(&row, items))
}

/// An evaluation with its tender visible and the role right.
///
/// # Errors
/// 404, 403.
pub async fn find(
    c: &impl ConnectionTrait,
    asker: &crate::platform::act::Asker,
    id: EvaluationId,
) -> Result<Evaluation, Failure> {
    let row = repo::evaluation(c, id)
        .await?
        .ok_or_else(|| Refused::not_found("evaluation"))?;
    let (tender, _) = viewer::see(c, asker, row.tender_id).await?;
    alliances::admit(c, asker, tender.alliance_id).await?;
    Ok(row)
}

/// One evaluation, for evaluators.
///
/// # Errors
/// 404, 403.
pub async fn read(look: &Look<'_>, id: EvaluationId) -> Result<EvaluationView, Failure> {
    view(find(look.reader(), look.asker(), id).await?)
}

/// The evaluations of a tender, for evaluators.
///
/// # Errors
/// 404, 403.
pub async fn list(
    look: &Look<'_>,
    id: TenderId,
    page: Page,
) -> Result<Slice<EvaluationView>, Failure> {
    let (tender, _) = viewer::see(look.reader(), look.asker(), id).await?;
    alliances::admit(look.reader(), look.asker(), tender.alliance_id).await?;
    let rows = repo::page_of_evaluations(look.reader(), id, page).await?;
    let mut items = vec![];
    for row in rows.items {
        items.push(view(row)?);
    }
    Ok(Slice {
        items,
        next: rows.next,
    })
}
