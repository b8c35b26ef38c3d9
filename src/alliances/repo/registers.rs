//! SQL of measures and of placements: rows are added, never changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::measure;
use entity::placement;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type MeasureRow = measure::Model;
pub type Placement = placement::Model;

/// The measures that an alliance added, in the order of their keys.
pub async fn measures(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<MeasureRow>, DbErr> {
    measure::Entity::find()
        .filter(measure::Column::AllianceId.eq(alliance))
        .order_by_asc(measure::Column::Key)
        .all(c)
        .await
}

/// `false`: the alliance has a measure with this key.
pub async fn insert_measure(tx: &Tx, row: MeasureRow) -> Result<bool, DbErr> {
    let inserted = measure::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

pub async fn insert_placement(tx: &Tx, row: Placement) -> Result<(), DbErr> {
    placement::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The placements of a membership in the order in which they were recorded.
pub async fn placements(
    c: &impl ConnectionTrait,
    membership: MembershipId,
    page: Page,
) -> Result<Slice<Placement>, DbErr> {
    let mut query = placement::Entity::find()
        .filter(placement::Column::MembershipId.eq(membership))
        .order_by_asc(placement::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(placement::Column::Id.gt(after));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The placement of every member that holds on `day` as known at `known_at`: the one that begins last, and of
/// those the one that was recorded last.
pub async fn placements_on(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: NaiveDate,
    known_at: Instant,
) -> Result<HashMap<MembershipId, Placement>, DbErr> {
    let rows = placement::Entity::find()
        .filter(placement::Column::AllianceId.eq(alliance))
        .filter(placement::Column::ValidFrom.lte(day))
        .filter(placement::Column::RecordedAt.lte(known_at))
        .order_by_asc(placement::Column::ValidFrom)
        .order_by_asc(placement::Column::RecordedAt)
        .order_by_asc(placement::Column::Id)
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.membership_id, row))
        .collect())
}
