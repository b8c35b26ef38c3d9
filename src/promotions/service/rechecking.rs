//! Discounts measured again when the sale begins: between enrolment and start a merchant may have sold for less.
//!
//! The service takes nobody's offer away: it keeps what the log said, notes it in the journal, and tells the member
//! and the organizers which products are meant.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use crate::alliances;
use crate::alliances::Member;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::promotions::domain::enrolment::EnrolmentState;
use crate::promotions::domain::offers;
use crate::promotions::domain::offers::Accepted;
use crate::promotions::domain::offers::Bar;
use crate::promotions::letters;
use crate::promotions::repo::enrolments;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use crate::promotions::service::notices;
use crate::promotions::service::price_log;
use crate::promotions::service::rivals;

/// A promotion whose sale begins.
#[derive(Deserialize)]
struct Begun {
    promotion_id: PromotionId,
}

/// Measures the products of every enrolment again, each enrolment in a transaction of its own.
///
/// # Errors
/// When the database fails; what was measured is not measured again.
pub async fn follow_start(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let begun: Begun = serde_json::from_value(event.payload.clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))?;
    for id in enrolments::living_in(&ctx.db.reader(), begun.promotion_id).await? {
        act::perform_as_system(ctx, "recheck_prices", async |act| recheck(act, id).await).await?;
    }
    Ok(())
}

async fn recheck(act: &Act<'_>, id: EnrolmentId) -> Result<(), Failure> {
    let Some(found) = enrolments::enrolment(act.tx(), id).await? else {
        return Ok(());
    };
    let loaded = loaded::lock(act.tx(), found.promotion_id).await?;
    let Some(mut row) = enrolments::lock_enrolment(act.tx(), id).await? else {
        return Ok(());
    };
    let begins = loaded.row.main_from;
    let takes_part = EnrolmentState::parse(&row.state).is_some_and(EnrolmentState::holds_place);
    // Whoever was let in later was measured later.
    if !takes_part || row.created_at >= begins || act.now() < begins {
        return Ok(());
    }
    let Some(member) = alliances::member(act.tx(), row.alliance_id, row.membership_id).await?
    else {
        return Ok(());
    };
    let mut items = rivals::products(&row)?;
    if items.iter().any(|item| item.at_start.is_some()) {
        return Ok(());
    }
    measure(act, &loaded, &member, &mut items).await?;
    if items.iter().all(|item| item.at_start.is_none()) {
        return Ok(());
    }
    let unreal = |item: &&Accepted| item.at_start.as_ref().is_some_and(|at| !at.real);
    let skus: Vec<String> = items
        .iter()
        .filter(unreal)
        .map(|item| item.sku.clone())
        .collect();
    row.items = json!(items);
    row.version += 1;
    enrolments::save(act.tx(), &row).await?;
    if skus.is_empty() {
        return Ok(());
    }
    let data = json!({ "membership_id": row.membership_id, "skus": skus });
    let (fact, alliance) = ("enrolment.prices_in_doubt", Some(row.alliance_id));
    act.record(fact, alliance, row.id.0, data).await?;
    notices::tell_of_products(act, &loaded, &member, &letters::DISCOUNT_UNREAL, &skus).await
}

/// Notes in each product what the member's log says of the days before the sale.
async fn measure(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    items: &mut [Accepted],
) -> Result<(), Failure> {
    let alliance = alliances::alliance(act.tx(), loaded.row.alliance_id)
        .await?
        .ok_or_else(loaded::missing)?;
    let pack = alliances::by_laws(act.tx(), alliance.id)
        .await?
        .country_pack;
    // A price that is asked from the sale's first moment on is no prior price.
    let before = loaded.row.main_from.plus(-TimeDelta::milliseconds(1));
    let whose = (member.merchant, alliance.currency);
    let priced = items.iter().filter(|item| item.price_minor.is_some());
    let skus = priced.map(|item| item.sku.as_str());
    let log = price_log::known(act.tx(), whose, skus, pack, before).await?;
    let bar = Bar {
        terms: &loaded.terms()?,
        phases: &[],
        pack,
        log: &log,
        now: before.to_utc(),
    };
    for item in items {
        item.at_start = offers::again(item, bar);
    }
    Ok(())
}
