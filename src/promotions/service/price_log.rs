//! The price log of a merchant: what it asked, and from when on. Lines are only ever added.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances::CountryPack;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::money::Currency;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::price_guard;
use crate::promotions::domain::price_guard::Logged;
use crate::promotions::repo::price_log;
use crate::promotions::repo::price_log::PriceLog;

/// A price that a merchant asks.
#[derive(Debug, Clone, Copy)]
pub struct NewPrice<'a> {
    pub sku: &'a str,
    pub currency: Currency,
    pub price_minor: i64,
    /// Since when; default now.
    pub effective_at: Option<Instant>,
}

async fn require_staff(
    c: &impl ConnectionTrait,
    user: Option<UserId>,
    merchant: MerchantId,
) -> Result<UserId, Failure> {
    let staff = merchants::staff_of(c, merchant).await?;
    user.filter(|user| staff.contains(user))
        .ok_or_else(|| Refused::not_found("merchant").into())
}

/// Writes a price down. Past prices may be entered later, with the time of entry beside them; future ones not.
///
/// # Errors
/// 404 for others than its staff; 422 for a price that is not asked yet.
pub async fn note(
    act: &Act<'_>,
    merchant: MerchantId,
    new: NewPrice<'_>,
) -> Result<PriceLog, Failure> {
    let user = act.caller().user().map(|user| user.user);
    let user = require_staff(act.tx(), user, merchant).await?;
    act.enter(None).await?;
    let effective_at = new.effective_at.unwrap_or(act.now());
    if effective_at > act.now() {
        let detail = "A price is written down once it is asked, not before.";
        return Err(Refused::field("#/effective_at", "in_the_future", detail).into());
    }
    let row = PriceLog {
        id: act.fresh(),
        merchant_id: merchant,
        sku: new.sku.to_owned(),
        currency: new.currency.code().to_owned(),
        price_minor: new.price_minor,
        effective_at,
        recorded_by: user,
        recorded_at: act.now(),
    };
    price_log::insert(act.tx(), row.clone()).await?;
    let data = json!({ "price_log_id": row.id, "sku": row.sku });
    act.record("price.logged", None, merchant.0, data).await?;
    Ok(row)
}

/// The log of one's own merchant, in the order in which it was written.
///
/// # Errors
/// 404 for others than its staff.
pub async fn list(
    look: &Look<'_>,
    merchant: MerchantId,
    sku: Option<&str>,
    page: Page,
) -> Result<Slice<PriceLog>, Failure> {
    let user = look.asker().caller.user().map(|user| user.user);
    require_staff(look.reader(), user, merchant).await?;
    Ok(price_log::page(look.reader(), merchant, sku, page).await?)
}

/// What a merchant asked for some products in the window of its country, by SKU.
///
/// # Errors
/// When the database fails.
pub async fn known(
    c: &impl ConnectionTrait,
    (merchant, currency): (MerchantId, Currency),
    skus: impl IntoIterator<Item = &str>,
    pack: CountryPack,
    now: Instant,
) -> Result<BTreeMap<String, Vec<Logged>>, Failure> {
    let days = TimeDelta::days(price_guard::window_days(pack).unwrap_or(0));
    let from = now.to_utc().checked_sub_signed(days);
    let from = from.map_or(now, Instant::from_utc);
    let mut log = BTreeMap::new();
    for sku in skus {
        if log.contains_key(sku) {
            continue;
        }
        let product = (merchant, sku, currency.code());
        let rows = price_log::since(c, product, from).await?;
        let lines = rows.into_iter().map(|row| Logged {
            id: row.id.0,
            price_minor: row.price_minor,
            effective_at: row.effective_at.to_utc(),
            recorded_at: row.recorded_at.to_utc(),
        });
        log.insert(sku.to_owned(), lines.collect());
    }
    Ok(log)
}
