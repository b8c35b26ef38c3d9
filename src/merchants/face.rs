//! What other slices ask about merchants and manufacturers.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use crate::kernel::caller::Caller;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::merchants::domain::size;
use crate::merchants::domain::size::Size;
use crate::merchants::domain::size::SizeStatus;
use crate::merchants::repo;
use crate::merchants::service;
use crate::platform::act::Act;
use crate::platform::db::Tx;

/// A merchant.
#[derive(Debug, Clone)]
pub struct Merchant {
    pub id: MerchantId,
    pub name: String,
    pub locale: Locale,
}

/// A manufacturer.
#[derive(Debug, Clone)]
pub struct Manufacturer {
    pub id: ManufacturerId,
    pub name: String,
    pub locale: Locale,
}

/// A merchant by id.
///
/// # Errors
/// When the database fails.
pub async fn merchant(
    c: &impl ConnectionTrait,
    id: MerchantId,
) -> Result<Option<Merchant>, Failure> {
    let row = repo::merchant(c, id).await?;
    Ok(row.map(|row| Merchant {
        id: row.id,
        name: row.name,
        locale: Locale::parse(&row.locale).unwrap_or_default(),
    }))
}

/// Founds a merchant for `user`, who acts for it; within the caller's use case.
///
/// # Errors
/// When the database fails.
pub async fn found_merchant_in(
    act: &Act<'_>,
    user: UserId,
    name: &str,
    locale: Locale,
) -> Result<MerchantId, Failure> {
    service::merchants::found_in(act, user, name, locale).await
}

/// Locks a merchant: of rivals that change its statements or staff one goes first.
///
/// # Errors
/// When the database fails.
pub async fn lock_merchant(tx: &Tx, id: MerchantId) -> Result<bool, Failure> {
    Ok(repo::firms::lock_merchant(tx, id).await?.is_some())
}

/// The people who act for a merchant.
///
/// # Errors
/// When the database fails.
pub async fn staff_of(c: &impl ConnectionTrait, id: MerchantId) -> Result<Vec<UserId>, Failure> {
    Ok(repo::staff_of(c, id).await?)
}

/// The merchants that a person acts for.
///
/// # Errors
/// When the database fails.
pub async fn merchants_of(
    c: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<MerchantId>, Failure> {
    Ok(repo::merchants_of(c, user).await?)
}

/// The size of a merchant on `day`, as known at `known_at`; see [`size::resolve`].
///
/// # Errors
/// When the database fails.
pub async fn size_on(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    measure: &str,
    day: NaiveDate,
    known_at: Instant,
    accept_declared: bool,
) -> Result<Option<Size>, Failure> {
    let accept = [SizeStatus::Declared];
    let accept = if accept_declared { &accept[..] } else { &[] };
    let facts = repo::sizes::of_measure(c, merchant, measure).await?;
    Ok(size::resolve(&facts, day, known_at, accept).cloned())
}

/// Which size is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SizeQuery<'a> {
    pub measure: &'a str,
    pub day: NaiveDate,
    pub known_at: Instant,
    /// Statuses that count where nothing is verified, in this order.
    pub accept: &'a [SizeStatus],
}

/// Merchants of one statement: below the databases' limits on variables.
const SOME_MERCHANTS: usize = 10_000;

/// The sizes of many merchants, as far as they have one; see [`size::resolve`].
///
/// # Errors
/// When the database fails.
pub async fn sizes_on(
    c: &impl ConnectionTrait,
    merchants: &[MerchantId],
    query: SizeQuery<'_>,
) -> Result<HashMap<MerchantId, Size>, Failure> {
    let mut found = HashMap::with_capacity(merchants.len());
    for some in merchants.chunks(SOME_MERCHANTS) {
        let facts = repo::sizes::of_merchants(c, some, query.measure).await?;
        for (merchant, facts) in facts {
            let size = size::resolve(&facts, query.day, query.known_at, query.accept);
            found.extend(size.map(|size| (merchant, size.clone())));
        }
    }
    Ok(found)
}

/// Since which day a size of some merchants is verified otherwise than it was known at `known_at`: the first days of
/// statements that were recorded later.
///
/// # Errors
/// When the database fails.
pub async fn verified_after(
    c: &impl ConnectionTrait,
    merchants: &[MerchantId],
    measure: &str,
    known_at: Instant,
) -> Result<Vec<(MerchantId, NaiveDate)>, Failure> {
    let mut found = Vec::new();
    for some in merchants.chunks(SOME_MERCHANTS) {
        found.extend(repo::sizes::verified_after(c, some, measure, known_at).await?);
    }
    Ok(found)
}

/// A manufacturer by id.
///
/// # Errors
/// When the database fails.
pub async fn manufacturer(
    c: &impl ConnectionTrait,
    id: ManufacturerId,
) -> Result<Option<Manufacturer>, Failure> {
    let row = repo::manufacturer(c, id).await?;
    Ok(row.map(|row| Manufacturer {
        id: row.id,
        name: row.name,
        locale: Locale::parse(&row.locale).unwrap_or_default(),
    }))
}

/// The people who act for a manufacturer.
///
/// # Errors
/// When the database fails.
pub async fn manufacturer_staff(
    c: &impl ConnectionTrait,
    id: ManufacturerId,
) -> Result<Vec<UserId>, Failure> {
    Ok(repo::manufacturer_staff(c, id).await?)
}

/// The manufacturers that a person acts for.
///
/// # Errors
/// When the database fails.
pub async fn manufacturers_of(
    c: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<ManufacturerId>, Failure> {
    Ok(repo::manufacturers_of(c, user).await?)
}

/// Notes down a manufacturer that has no account yet, so that it can be invited by mail.
///
/// # Errors
/// When the database refuses.
pub async fn note_manufacturer(
    tx: &Tx,
    id: ManufacturerId,
    name: &str,
    locale: Locale,
) -> Result<(), Failure> {
    Ok(repo::note_manufacturer(tx, id, name, locale).await?)
}

/// Passes whoever may act for the manufacturer: its staff, its key with `scope`, or its link session.
///
/// # Errors
/// 404 for everybody else, as if the manufacturer did not exist; 403 `scope_required` for a key without the scope.
pub async fn require_manufacturer(
    c: &impl ConnectionTrait,
    caller: &Caller,
    id: ManufacturerId,
    scope: &str,
) -> Result<Manufacturer, Failure> {
    let found = manufacturer(c, id).await?;
    let may = match caller {
        Caller::User(user) => repo::manufacturer_staff(c, id).await?.contains(&user.user),
        Caller::ApiKey {
            manufacturer,
            scopes,
            ..
        } if *manufacturer == id => {
            if !scopes.iter().any(|s| s == scope) {
                let detail = format!("This key needs the scope '{scope}'.");
                return Err(Refused::new(&kinds::SCOPE_REQUIRED, detail).into());
            }
            true
        }
        Caller::Link { manufacturer, .. } => *manufacturer == id,
        Caller::ApiKey { .. } | Caller::Anonymous | Caller::System => false,
    };
    found
        .filter(|_| may)
        .ok_or_else(|| Refused::not_found("manufacturer").into())
}
