//! Use cases of group orders, and what each member is told: its own figures, and nobody else's.

use sea_orm::ConnectionTrait;
use serde_json::json;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::alliances;
use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::MemberLineId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::Currency;
use crate::kernel::money::UnitPrice;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::Category;
use crate::mail::Recipient;
use crate::platform::act::Act;
use crate::platform::act::Asker;
use crate::platform::act::Look;
use crate::tenders::domain::lifecycle::AwardState;
use crate::tenders::domain::lifecycle::CommitmentState;
use crate::tenders::domain::lifecycle::OrderState;
use crate::tenders::letters;
use crate::tenders::problems;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::awards::MemberLine;
use crate::tenders::repo::awards::Order;
use crate::tenders::repo::demand;
use crate::tenders::repo::tenders;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::awards::words;
use crate::tenders::service::clock;
use crate::tenders::service::evaluations;
use crate::tenders::service::mailing;
use crate::tenders::service::mailing::Post;
use crate::tenders::service::viewer;
use crate::tenders::service::viewer::Viewer;
use crate::tenders::views::GroupOrderView;
use crate::tenders::views::MemberLineView;

/// Drafts the order of an accepted award; members of its items learn whether they take part.
///
/// # Errors
/// When the database fails.
pub async fn draft(act: &Act<'_>, award: &Award) -> Result<(), Failure> {
    let evaluation = repo::evaluation(act.tx(), award.evaluation_id)
        .await?
        .ok_or_else(|| Refused::not_found("evaluation"))?;
    let items: HashSet<ItemId> = repo::lines_of(act.tx(), award.id)
        .await?
        .into_iter()
        .map(|line| line.item_id)
        .collect();
    let order = Order {
        id: act.fresh::<GroupOrderId>(),
        alliance_id: award.alliance_id,
        tender_id: award.tender_id,
        award_id: award.id,
        manufacturer_id: award.manufacturer_id,
        state: OrderState::Draft.as_str().to_owned(),
        placed_at: None,
        confirmed_at: None,
        version: 1,
        created_at: act.now(),
    };
    repo::insert_order(act.tx(), order.clone()).await?;
    let (mut lines, mut buyers, mut others) = (vec![], vec![], vec![]);
    for share in evaluations::shares_of(act.ctx, &evaluation)? {
        if !items.contains(&share.item) {
            continue;
        }
        if share.quantity == 0 {
            others.push(share.commitment);
            continue;
        }
        buyers.push(share.commitment);
        lines.push(MemberLine {
            id: act.fresh::<MemberLineId>(),
            alliance_id: award.alliance_id,
            group_order_id: order.id,
            item_id: share.item,
            membership_id: share.membership,
            unit_price_e6: share.unit_price.map_or(0, UnitPrice::scaled),
            tier_index: share.tier_index.unwrap_or(0),
            quantity: share.quantity,
            total_minor: share.total_minor,
            reference_e6: share.reference_unit_price.map(UnitPrice::scaled),
            reference_minor: share.reference_minor,
        });
    }
    repo::insert_member_lines(act.tx(), lines).await?;
    demand::move_some(act.tx(), &buyers, CommitmentState::Accepted).await?;
    demand::move_some(act.tx(), &others, CommitmentState::Rejected).await?;
    note(act, &order, "group_order.drafted").await
}

async fn note(act: &Act<'_>, order: &Order, action: &str) -> Result<(), Failure> {
    let facts = json!({ "tender_id": order.tender_id });
    act.record(action, Some(order.alliance_id), order.id.0, facts)
        .await?;
    Ok(())
}

/// An order with what the caller is to it. Its manufacturer sees it once it is placed.
pub async fn find(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: GroupOrderId,
) -> Result<(Order, Tender, Viewer), Failure> {
    let none = || Failure::from(Refused::not_found("group order"));
    let order = repo::order(c, id).await?.ok_or_else(none)?;
    let tender = tenders::tender(c, order.tender_id)
        .await?
        .ok_or_else(none)?;
    let viewer = viewer::look_at(c, &asker.caller, &tender).await?;
    let supplier = viewer.manufacturers.contains(&order.manufacturer_id);
    if viewer.standing.is_some() || (supplier && order.placed_at.is_some()) {
        Ok((order, tender, viewer))
    } else {
        Err(none())
    }
}

fn require_state(order: &Order, event: &str, from: OrderState) -> Result<(), Failure> {
    let state = OrderState::parse(&order.state).ok_or_else(|| clock::broken(&order.state))?;
    if state == from {
        Ok(())
    } else {
        Err(Refused::illegal_transition(state.as_str(), event, state.events()).into())
    }
}

/// Places the order: its manufacturer gets it, each member its own part.
///
/// # Errors
/// 404, 403, 412, 428; `illegal_transition`, `order_not_balanced`.
pub async fn place(act: &Act<'_>, id: GroupOrderId) -> Result<GroupOrderView, Failure> {
    let (_, tender, viewer) = find(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    clock::settle(act, tender.id).await?;
    let mut order = reread(act, id).await?;
    act.enter(Some(order.version)).await?;
    require_state(&order, "place", OrderState::Draft)?;
    let award = repo::award(act.tx(), order.award_id)
        .await?
        .ok_or_else(|| Refused::not_found("award"))?;
    let lines = repo::member_lines(act.tx(), id).await?;
    require_balance(act, &award, &lines).await?;
    order.state = OrderState::Placed.as_str().to_owned();
    order.placed_at = Some(act.now());
    order.version += 1;
    repo::save_order(act.tx(), &order).await?;
    note(act, &order, "group_order.placed").await?;
    let post = Post {
        tender: &tender,
        category: Category::Order,
        text: &letters::ORDER,
        vars: json!({ "lines": words(act, &award).await? }),
        once: None,
    };
    for to in mailing::addresses(act, tender.id, order.manufacturer_id).await? {
        mailing::send(act, &post, to).await?;
    }
    tell_members(act, &tender, &lines).await?;
    view(act.tx(), &order, &tender, &viewer).await
}

async fn reread(act: &Act<'_>, id: GroupOrderId) -> Result<Order, Failure> {
    repo::order(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("group order").into())
}

/// Per item members' quantities and amounts add up to the award.
async fn require_balance(
    act: &Act<'_>,
    award: &Award,
    lines: &[MemberLine],
) -> Result<(), Failure> {
    let mut balanced = award.state == AwardState::Active.as_str();
    for awarded in repo::lines_of(act.tx(), award.id).await? {
        let mine = || lines.iter().filter(|line| line.item_id == awarded.item_id);
        let quantity: i128 = mine().map(|line| i128::from(line.quantity)).sum();
        let total: i128 = mine().map(|line| i128::from(line.total_minor)).sum();
        balanced &= quantity == i128::from(awarded.quantity);
        balanced &= total == i128::from(awarded.goods_minor);
    }
    if balanced {
        return Ok(());
    }
    Err(Refused::new(
        &problems::ORDER_NOT_BALANCED,
        "Members' lines do not add up to the award.",
    )
    .into())
}

async fn tell_members(act: &Act<'_>, tender: &Tender, lines: &[MemberLine]) -> Result<(), Failure> {
    let currency =
        Currency::parse(&tender.currency).ok_or_else(|| clock::broken(&tender.currency))?;
    let items: Vec<ItemId> = lines.iter().map(|line| line.item_id).collect();
    let refs = repo::line_refs(act.tx(), &items).await?;
    let mut parts: HashMap<MembershipId, Vec<&MemberLine>> = HashMap::new();
    for line in lines {
        parts.entry(line.membership_id).or_default().push(line);
    }
    for contact in alliances::contacts(act.tx(), tender.alliance_id).await? {
        let Some(mine) = parts.get(&contact.membership) else {
            continue;
        };
        let words: Vec<String> = mine
            .iter()
            .take(20)
            .map(|line| {
                let name = refs.get(&line.item_id).map_or("", String::as_str);
                let price = UnitPrice::from_scaled(line.unit_price_e6);
                format!("{name}: {} × {price}", line.quantity)
            })
            .collect();
        let total: i64 = mine.iter().map(|line| line.total_minor).sum();
        let saving: i64 = mine.iter().filter_map(|line| saving(line)).sum();
        let post = Post {
            tender,
            category: Category::Order,
            text: &letters::MEMBER_ORDER,
            vars: json!({
                "merchant": contact.merchant_name,
                "lines": words.join("; "),
                "total": format_minor(total, currency),
                "saving": format_minor(saving, currency),
                "currency": currency,
            }),
            once: None,
        };
        let to = Recipient {
            email: contact.person.email,
            name: contact.person.name,
            locale: contact.person.locale,
        };
        mailing::send(act, &post, to).await?;
    }
    Ok(())
}

fn saving(line: &MemberLine) -> Option<i64> {
    line.reference_minor
        .map(|reference| reference - line.total_minor)
}

/// Confirms a placed order, as its manufacturer.
///
/// # Errors
/// 404, 403, 412, 428; `illegal_transition`.
pub async fn confirm(act: &Act<'_>, id: GroupOrderId) -> Result<GroupOrderView, Failure> {
    let (order, tender, viewer) = find(act.tx(), act.asker(), id).await?;
    viewer::binding(&viewer, act.caller(), order.manufacturer_id)?;
    clock::settle(act, tender.id).await?;
    let mut order = reread(act, id).await?;
    act.enter(Some(order.version)).await?;
    require_state(&order, "confirm", OrderState::Placed)?;
    order.state = OrderState::Confirmed.as_str().to_owned();
    order.confirmed_at = Some(act.now());
    order.version += 1;
    repo::save_order(act.tx(), &order).await?;
    let lines = repo::member_lines(act.tx(), id).await?;
    let bought: HashSet<(ItemId, MembershipId)> = lines
        .iter()
        .map(|line| (line.item_id, line.membership_id))
        .collect();
    let ids: Vec<CommitmentId> = demand::standing(act.tx(), tender.id)
        .await?
        .into_iter()
        .filter(|row| bought.contains(&(row.item_id, row.membership_id)))
        .map(|row| row.id)
        .collect();
    demand::move_some(act.tx(), &ids, CommitmentState::Ordered).await?;
    note(act, &order, "group_order.confirmed").await?;
    view(act.tx(), &order, &tender, &viewer).await
}

/// Evaluators see every line for fulfilment, a member its own, the manufacturer totals per item.
async fn view(
    c: &impl ConnectionTrait,
    order: &Order,
    tender: &Tender,
    viewer: &Viewer,
) -> Result<GroupOrderView, Failure> {
    let supplier = viewer.manufacturers.contains(&order.manufacturer_id);
    let mine: HashSet<MembershipId> = viewer
        .standing
        .iter()
        .flat_map(|s| s.memberships.iter().map(|(m, _)| *m))
        .collect();
    let lines: Vec<MemberLine> = repo::member_lines(c, order.id)
        .await?
        .into_iter()
        .filter(|line| viewer.is_evaluator() || mine.contains(&line.membership_id))
        .collect();
    let totals = match viewer.is_evaluator() || supplier {
        true => repo::lines_of(c, order.award_id).await?,
        false => vec![],
    };
    let items: Vec<ItemId> = lines
        .iter()
        .map(|line| line.item_id)
        .chain(totals.iter().map(|line| line.item_id))
        .collect();
    let refs = repo::line_refs(c, &items).await?;
    // What a member paid before is its own business.
    let lines = lines
        .iter()
        .map(|line| MemberLineView::of(line, &refs, mine.contains(&line.membership_id)))
        .collect();
    Ok(GroupOrderView::of(
        order,
        &tender.currency,
        lines,
        &totals,
        &refs,
    ))
}

/// One group order.
///
/// # Errors
/// 404.
pub async fn read(look: &Look<'_>, id: GroupOrderId) -> Result<GroupOrderView, Failure> {
    let (order, tender, viewer) = find(look.reader(), look.asker(), id).await?;
    view(look.reader(), &order, &tender, &viewer).await
}

/// The group orders of a tender, each as the caller may see it.
///
/// # Errors
/// 404.
pub async fn list(look: &Look<'_>, id: TenderId) -> Result<Vec<GroupOrderView>, Failure> {
    let c = look.reader();
    let (tender, viewer) = viewer::see(c, look.asker(), id).await?;
    let mut views = vec![];
    for order in repo::orders(c, id).await? {
        let supplier = viewer.manufacturers.contains(&order.manufacturer_id);
        if viewer.standing.is_some() || (supplier && order.placed_at.is_some()) {
            views.push(view(c, &order, &tender, &viewer).await?);
        }
    }
    Ok(views)
}
