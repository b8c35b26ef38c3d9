//! Use cases of awards: proposed by one person, approved by another, accepted or declined by the winner.

use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::HashSet;

use crate::alliances;
use crate::kernel::ids::AwardId;
use crate::kernel::ids::AwardLineId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mail::Category;
use crate::platform::act::Act;
use crate::platform::act::Asker;
use crate::platform::act::Look;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::lifecycle::ACCEPT_WITHIN;
use crate::tenders::domain::lifecycle::AwardState;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::letters;
use crate::tenders::problems;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::awards::AwardLine;
use crate::tenders::repo::awards::Evaluation;
use crate::tenders::repo::offers;
use crate::tenders::repo::tenders as tender_repo;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::bids;
use crate::tenders::service::clock;
use crate::tenders::service::evaluations;
use crate::tenders::service::mailing;
use crate::tenders::service::mailing::Post;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::service::viewer::Viewer;
use crate::tenders::views::AwardView;
use crate::tenders::views::EvaluatedItem;

/// Proposes one award per winning manufacturer of an evaluation.
///
/// # Errors
/// 404, 403; `nothing_to_award`, `evaluation_outdated`, `item_already_awarded`, `illegal_transition`;
/// `mandate_missing` above the limit of the by-laws.
pub async fn propose(
    act: &Act<'_>,
    id: TenderId,
    evaluation: EvaluationId,
) -> Result<Vec<AwardView>, Failure> {
    let (tender, _) = viewer::see(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    let present = clock::settle(act, id).await?;
    act.enter(None).await?;
    let row = repo::evaluation(act.tx(), evaluation)
        .await?
        .filter(|row| row.tender_id == id)
        .ok_or_else(|| {
            Refused::field(
                "#/evaluation_id",
                "unknown_evaluation",
                "Name an evaluation of this tender.",
            )
        })?;
    require(
        &present,
        "award",
        present.state()? == TenderState::Evaluating,
    )?;
    let won = winners(act, &present.tender, row).await?;
    if won.items.is_empty() {
        return Err(Refused::new(
            &problems::NOTHING_TO_AWARD,
            "No item has a winner to award.",
        )
        .into());
    }
    let mut views = vec![];
    for ((manufacturer, quote), items) in won.items {
        let award = Award {
            id: act.fresh::<AwardId>(),
            alliance_id: tender.alliance_id,
            tender_id: id,
            evaluation_id: won.evaluation,
            quote_id: quote,
            manufacturer_id: manufacturer,
            state: AwardState::Proposed.as_str().to_owned(),
            proposed_by: act.user()?.user,
            approved_by: None,
            notified_at: None,
            accept_by: None,
            decided_at: None,
            version: 1,
            created_at: act.now(),
            mandate_id: won.mandate,
        };
        add(act, &award, &items).await?;
        views.push(view(act.tx(), &award, true).await?);
    }
    Ok(views)
}

/// Who wins what, by which evaluation, and by which decision of the members.
struct Won {
    evaluation: EvaluationId,
    mandate: Option<MandateId>,
    items: BTreeMap<(ManufacturerId, QuoteId), Vec<EvaluatedItem>>,
}

/// The winners of an evaluation; above the limit of the by-laws the one bid that members chose.
async fn winners(act: &Act<'_>, tender: &Tender, row: Evaluation) -> Result<Won, Failure> {
    let above = bids::above_limit(act.tx(), row.alliance_id, &evaluations::items_of(&row)?).await?;
    let (row, mandate, only) = match above {
        None => (row, None, None),
        Some(above) => {
            let chosen = bids::choose(act, tender, &row, above).await?;
            (chosen.evaluation, Some(chosen.mandate), Some(chosen.bid))
        }
    };
    let held = awarded_items(act.tx(), tender.id).await?;
    let mut items: BTreeMap<(ManufacturerId, QuoteId), Vec<EvaluatedItem>> = BTreeMap::new();
    for item in evaluations::items_of(&row)? {
        let winner = item.manufacturer_id.zip(item.quote_id);
        let awarded = |(_, quote): &(ManufacturerId, QuoteId)| {
            only.as_ref().is_none_or(|bid| {
                bid.quote == *quote && bid.lines.iter().any(|line| line.item == item.item_id)
            })
        };
        if let (Some(key), Outcome::Cleared) = (winner.filter(awarded), item.outcome)
            && !held.contains(&item.item_id)
        {
            items.entry(key).or_default().push(item);
        }
    }
    Ok(Won {
        evaluation: row.id,
        mandate,
        items,
    })
}

/// Items that an active award holds.
pub async fn awarded_items(
    c: &impl ConnectionTrait,
    id: TenderId,
) -> Result<HashSet<ItemId>, Failure> {
    let mut held = HashSet::new();
    for award in repo::awards(c, id).await? {
        if award.state == AwardState::Active.as_str() {
            let lines = repo::lines_of(c, award.id).await?;
            held.extend(lines.into_iter().map(|line| line.item_id));
        }
    }
    Ok(held)
}

async fn add(act: &Act<'_>, award: &Award, items: &[EvaluatedItem]) -> Result<(), Failure> {
    let quote = offers::quote(act.tx(), award.quote_id).await?;
    if !quote.is_some_and(|q| matches!(q.state.as_str(), "opened" | "awarded")) {
        return Err(Refused::new(
            &problems::EVALUATION_OUTDATED,
            "A winner of this evaluation has left the field: evaluate again.",
        )
        .into());
    }
    repo::insert_award(act.tx(), award.clone()).await?;
    for item in items {
        let line = AwardLine {
            id: act.fresh::<AwardLineId>(),
            alliance_id: award.alliance_id,
            award_id: award.id,
            item_id: item.item_id,
            unit_price_e6: item.unit_price.map_or(0, UnitPrice::scaled),
            tier_index: item.tier_index.unwrap_or(0),
            quantity: item.total_quantity,
            goods_minor: item.goods_minor,
            live: true,
        };
        if !repo::insert_award_line(act.tx(), line).await? {
            return Err(Refused::new(
                &problems::ITEM_ALREADY_AWARDED,
                "An item has an award that was not declined: one at a time.",
            )
            .with("line_ref", item.line_ref.as_str())
            .into());
        }
    }
    let facts = json!({ "tender_id": award.tender_id, "manufacturer_id": award.manufacturer_id,
        "mandate_id": award.mandate_id });
    act.record("award.proposed", Some(award.alliance_id), award.id.0, facts)
        .await?;
    Ok(())
}

pub async fn view(
    c: &impl ConnectionTrait,
    award: &Award,
    with_quantities: bool,
) -> Result<AwardView, Failure> {
    let lines = repo::lines_of(c, award.id).await?;
    let items: Vec<ItemId> = lines.iter().map(|line| line.item_id).collect();
    let refs = repo::line_refs(c, &items).await?;
    let order = repo::orders(c, award.tender_id)
        .await?
        .into_iter()
        .find(|order| order.award_id == award.id)
        .map(|order| order.id);
    Ok(AwardView::of(award, &lines, &refs, order, with_quantities))
}

/// An award with what the caller is to it; members see it once it is told.
pub async fn find(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: AwardId,
) -> Result<(Award, Tender, Viewer), Failure> {
    let none = || Failure::from(Refused::not_found("award"));
    let award = repo::award(c, id).await?.ok_or_else(none)?;
    let tender = tender_repo::tender(c, award.tender_id)
        .await?
        .ok_or_else(none)?;
    let viewer = viewer::look_at(c, &asker.caller, &tender).await?;
    if sees(&viewer, &award)? {
        Ok((award, tender, viewer))
    } else {
        Err(none())
    }
}

pub fn state_of(award: &Award) -> Result<AwardState, Failure> {
    AwardState::parse(&award.state).ok_or_else(|| clock::broken(&award.state))
}

fn sees(viewer: &Viewer, award: &Award) -> Result<bool, Failure> {
    let told = award.notified_at.is_some();
    let member = viewer.standing.is_some() && state_of(award)?.is_told();
    let winner = viewer.manufacturers.contains(&award.manufacturer_id) && told;
    Ok(viewer.is_evaluator() || member || winner)
}

pub fn require_state(award: &Award, event: &str, from: AwardState) -> Result<(), Failure> {
    let state = state_of(award)?;
    if state == from {
        Ok(())
    } else {
        Err(Refused::illegal_transition(state.as_str(), event, state.events()).into())
    }
}

/// Approves a proposal as a second person, and tells winner and losers at the same time.
///
/// # Errors
/// 404, 403 `separation_of_duties`, 412, 428; `illegal_transition`, `mandate_missing`.
pub async fn approve(act: &Act<'_>, id: AwardId) -> Result<AwardView, Failure> {
    let (award, tender, _) = find(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    let me = act.user()?.user;
    if award.proposed_by == me {
        return Err(Refused::new(
            &kinds::SEPARATION_OF_DUTIES,
            "Whoever proposed an award does not approve it.",
        )
        .into());
    }
    let present = clock::settle(act, tender.id).await?;
    let mut award = reread(act, id).await?;
    act.enter(Some(award.version)).await?;
    require_state(&award, "approve", AwardState::Proposed)?;
    require(
        &present,
        "award",
        present.state()? == TenderState::Evaluating,
    )?;
    let (alliance, evaluation) = (award.alliance_id, award.evaluation_id);
    bids::require_choice(act.tx(), alliance, evaluation, award.mandate_id).await?;
    award.state = AwardState::Notified.as_str().to_owned();
    award.approved_by = Some(me);
    award.notified_at = Some(act.now());
    award.accept_by = Some(act.now().plus(ACCEPT_WITHIN));
    award.version += 1;
    repo::save_award(act.tx(), &award).await?;
    note(act, &award, "award.approved").await?;
    tell_winner(act, &tender, &award).await?;
    tell_losers(act, &tender, &award).await?;
    view(act.tx(), &award, true).await
}

pub async fn reread(act: &Act<'_>, id: AwardId) -> Result<Award, Failure> {
    repo::award(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("award").into())
}

pub async fn note(act: &Act<'_>, award: &Award, action: &str) -> Result<(), Failure> {
    let facts = json!({ "tender_id": award.tender_id });
    act.record(action, Some(award.alliance_id), award.id.0, facts)
        .await?;
    Ok(())
}

async fn tell_winner(act: &Act<'_>, tender: &Tender, award: &Award) -> Result<(), Failure> {
    let post = Post {
        tender,
        category: Category::Tender,
        text: &letters::WON,
        vars: json!({ "lines": words(act, award).await?, "accept_by": award.accept_by }),
        once: None,
    };
    for to in mailing::addresses(act, tender.id, award.manufacturer_id).await? {
        mailing::send(act, &post, to).await?;
    }
    Ok(())
}

/// Lines in words: `L1: 140 × 10.00`.
///
/// # Errors
/// When the database fails.
pub async fn words(act: &Act<'_>, award: &Award) -> Result<String, Failure> {
    let lines = repo::lines_of(act.tx(), award.id).await?;
    let items: Vec<ItemId> = lines.iter().map(|line| line.item_id).collect();
    let refs = repo::line_refs(act.tx(), &items).await?;
    let words: Vec<String> = lines
        .iter()
        .take(20)
        .map(|line| {
            let name = refs.get(&line.item_id).map_or("", String::as_str);
            let price = UnitPrice::from_scaled(line.unit_price_e6);
            format!("{name}: {} × {price}", line.quantity)
        })
        .collect();
    let more = if lines.len() > 20 { "; …" } else { "" };
    Ok(format!("{}{more}", words.join("; ")))
}

async fn tell_losers(act: &Act<'_>, tender: &Tender, award: &Award) -> Result<(), Failure> {
    let winners: HashSet<ManufacturerId> = repo::awards(act.tx(), tender.id)
        .await?
        .into_iter()
        .map(|row| row.manufacturer_id)
        .collect();
    let post = Post {
        tender,
        category: Category::Tender,
        text: &letters::LOST,
        vars: json!({}),
        once: Some(format!("evaluation:{}:lost", award.evaluation_id)),
    };
    for quote in offers::quotes(act.tx(), tender.id).await? {
        let lost = quote.state == QuoteState::Opened.as_str();
        if lost && !winners.contains(&quote.manufacturer_id) {
            for to in mailing::addresses(act, tender.id, quote.manufacturer_id).await? {
                mailing::send(act, &post, to).await?;
            }
        }
    }
    Ok(())
}

/// One award.
///
/// # Errors
/// 404.
pub async fn read(look: &Look<'_>, id: AwardId) -> Result<AwardView, Failure> {
    let (award, _, viewer) = find(look.reader(), look.asker(), id).await?;
    let winner = viewer.manufacturers.contains(&award.manufacturer_id);
    let quantities = viewer.is_evaluator() || winner;
    view(look.reader(), &award, quantities).await
}

/// The awards of a tender: evaluators see all, members those that were told, a manufacturer its own.
///
/// # Errors
/// 404.
pub async fn list(look: &Look<'_>, id: TenderId) -> Result<Vec<AwardView>, Failure> {
    let c = look.reader();
    let (_, viewer) = viewer::see(c, look.asker(), id).await?;
    let mut views = vec![];
    for award in repo::awards(c, id).await? {
        if sees(&viewer, &award)? {
            let winner = viewer.manufacturers.contains(&award.manufacturer_id);
            views.push(view(c, &award, viewer.is_evaluator() || winner).await?);
        }
    }
    Ok(views)
}
