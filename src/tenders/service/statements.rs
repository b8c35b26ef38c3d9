//! What each member is told: its own figures, and nobody else's.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::alliances;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Look;
use crate::tenders::domain::lifecycle::AwardState;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::awards::MemberLine;
use crate::tenders::repo::demand;
use crate::tenders::service::commitments;
use crate::tenders::service::evaluations;
use crate::tenders::service::orders::find;
use crate::tenders::service::viewer;
use crate::tenders::views::ClearedItem;
use crate::tenders::views::ClearingForMe;
use crate::tenders::views::MemberLineView;
use crate::tenders::views::StatementView;

/// The caller's own part of an order.
///
/// # Errors
/// 404; 403 for those who act for no member.
pub async fn statement(look: &Look<'_>, id: GroupOrderId) -> Result<StatementView, Failure> {
    let (order, tender, viewer) = find(look.reader(), look.asker(), id).await?;
    alliances::admit(look.reader(), look.asker(), tender.alliance_id).await?;
    let mine: HashSet<MembershipId> = viewer
        .standing
        .iter()
        .flat_map(|s| s.memberships.iter().map(|(m, _)| *m))
        .collect();
    let rows: Vec<MemberLine> = repo::member_lines(look.reader(), id)
        .await?
        .into_iter()
        .filter(|line| mine.contains(&line.membership_id))
        .collect();
    let items: Vec<ItemId> = rows.iter().map(|line| line.item_id).collect();
    let refs = repo::line_refs(look.reader(), &items).await?;
    let lines: Vec<MemberLineView> = rows
        .iter()
        .map(|line| MemberLineView::of(line, &refs, true))
        .collect();
    Ok(StatementView::of(&order, &tender.currency, lines))
}

/// What a member is told of the clearing, once the award is told: its own outcome and figures.
///
/// # Errors
/// 404; 403 for those who act for no member.
pub async fn clearing_for_me(look: &Look<'_>, id: TenderId) -> Result<ClearingForMe, Failure> {
    let c = look.reader();
    let (tender, _) = viewer::see(c, look.asker(), id).await?;
    let standing = alliances::admit(c, look.asker(), tender.alliance_id).await?;
    let mine: HashSet<MembershipId> = standing.memberships.iter().map(|(m, _)| *m).collect();
    let told: Vec<Award> = repo::awards(c, id)
        .await?
        .into_iter()
        .filter(|award| AwardState::parse(&award.state).is_some_and(AwardState::is_told))
        .collect();
    let orders = repo::orders(c, id).await?;
    let mut answer = ClearingForMe::pending(id, &tender.currency);
    let Some(last) = told.last() else {
        return Ok(answer);
    };
    answer.decided = true;
    let evaluation = repo::evaluation(c, last.evaluation_id)
        .await?
        .ok_or_else(|| Refused::not_found("evaluation"))?;
    let results: HashMap<ItemId, _> = evaluations::items_of(&evaluation)?
        .into_iter()
        .map(|item| (item.item_id, item))
        .collect();
    for share in evaluations::shares_of(look.ctx, &evaluation)? {
        if !mine.contains(&share.membership) {
            continue;
        }
        let Some(row) = demand::demand(c, share.commitment).await? else {
            continue;
        };
        let limit = commitments::open(look.ctx, &row)?
            .steps
            .first()
            .map(|step| step.max_unit_price);
        let result = results.get(&share.item);
        let winner = result.and_then(|item| item.manufacturer_id);
        let order = orders
            .iter()
            .find(|order| Some(order.manufacturer_id) == winner)
            .map(|order| order.id);
        let line_ref = result.map_or_else(String::new, |item| item.line_ref.clone());
        answer
            .items
            .push(ClearedItem::of(&share, line_ref, winner, limit, order));
    }
    Ok(answer)
}
