//! SQL of sizes: rows are added, never changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::size_fact;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::merchants::domain::size::Size;
use crate::merchants::domain::size::SizeStatus;
use crate::platform::db::Tx;

/// A statement of a size with everything that was recorded of it.
pub type SizeFact = size_fact::Model;

pub async fn of_measure(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    measure: &str,
) -> Result<Vec<Size>, DbErr> {
    let rows = size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.eq(merchant))
        .filter(size_fact::Column::Measure.eq(measure))
        .order_by_asc(size_fact::Column::RecordedAt)
        .order_by_asc(size_fact::Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().filter_map(as_size).collect())
}

fn as_size(row: SizeFact) -> Option<Size> {
    Some(Size {
        id: row.id,
        value: row.value,
        unit: row.unit,
        status: SizeStatus::parse(&row.status)?,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        supersedes: row.supersedes,
        recorded_at: row.recorded_at,
    })
}

/// The statements of a measure of up to a few thousand merchants, by merchant.
pub async fn of_merchants(
    c: &impl ConnectionTrait,
    merchants: &[MerchantId],
    measure: &str,
) -> Result<HashMap<MerchantId, Vec<Size>>, DbErr> {
    let rows = size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.is_in(merchants.iter().copied()))
        .filter(size_fact::Column::Measure.eq(measure))
        .all(c)
        .await?;
    let mut found: HashMap<MerchantId, Vec<Size>> = HashMap::with_capacity(merchants.len());
    for row in rows {
        let merchant = row.merchant_id;
        found.entry(merchant).or_default().extend(as_size(row));
    }
    Ok(found)
}

/// First days of verified statements that were recorded after an instant.
pub async fn verified_after(
    c: &impl ConnectionTrait,
    merchants: &[MerchantId],
    measure: &str,
    known_at: Instant,
) -> Result<Vec<(MerchantId, NaiveDate)>, DbErr> {
    let rows = size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.is_in(merchants.iter().copied()))
        .filter(size_fact::Column::Measure.eq(measure))
        .filter(size_fact::Column::Status.eq(SizeStatus::Verified.as_str()))
        .filter(size_fact::Column::RecordedAt.gt(known_at))
        .all(c)
        .await?;
    let first = |row: SizeFact| (row.merchant_id, row.valid_from);
    Ok(rows.into_iter().map(first).collect())
}

/// One statement of this merchant.
pub async fn one(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    id: SizeFactId,
) -> Result<Option<SizeFact>, DbErr> {
    size_fact::Entity::find_by_id(id)
        .filter(size_fact::Column::MerchantId.eq(merchant))
        .one(c)
        .await
}

/// The row that carries on the statement of `id`.
pub async fn successor(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    id: SizeFactId,
) -> Result<Option<SizeFact>, DbErr> {
    size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.eq(merchant))
        .filter(size_fact::Column::Supersedes.eq(id))
        .one(c)
        .await
}

/// The unit in which a merchant stated a measure first.
pub async fn unit_of(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    measure: &str,
) -> Result<Option<String>, DbErr> {
    let row = size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.eq(merchant))
        .filter(size_fact::Column::Measure.eq(measure))
        .order_by_asc(size_fact::Column::Id)
        .one(c)
        .await?;
    Ok(row.map(|row| row.unit))
}

/// The statements of a merchant in the order in which they were recorded.
pub async fn page(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    measure: Option<&str>,
    page: Page,
) -> Result<Slice<SizeFact>, DbErr> {
    let mut query = size_fact::Entity::find()
        .filter(size_fact::Column::MerchantId.eq(merchant))
        .order_by_asc(size_fact::Column::Id)
        .limit(page.limit + 1);
    if let Some(measure) = measure {
        query = query.filter(size_fact::Column::Measure.eq(measure));
    }
    if let Some(after) = page.after {
        query = query.filter(size_fact::Column::Id.gt(SizeFactId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

pub async fn insert(tx: &Tx, row: &SizeFact) -> Result<(), DbErr> {
    let row = row.clone();
    size_fact::Entity::insert(size_fact::ActiveModel {
        id: Set(row.id),
        merchant_id: Set(row.merchant_id),
        measure: Set(row.measure),
        value: Set(row.value),
        unit: Set(row.unit),
        valid_from: Set(row.valid_from),
        valid_to: Set(row.valid_to),
        status: Set(row.status),
        evidence_ref: Set(row.evidence_ref),
        supersedes: Set(row.supersedes),
        recorded_by: Set(row.recorded_by),
        recorded_at: Set(row.recorded_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
