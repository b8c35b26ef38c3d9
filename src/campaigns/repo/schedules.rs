//! SQL of the schedules of alliances, and of what became of their fires.

use entity::schedule;
use entity::schedule_fire;
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::ScheduleId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;

pub type Schedule = schedule::Model;
pub type Fire = schedule_fire::Model;

fn of_alliances() -> Condition {
    Condition::all()
        .add(schedule::Column::AllianceId.is_not_null())
        .add(schedule::Column::DeletedAt.is_null())
}

pub async fn insert(tx: &Tx, row: Schedule) -> Result<(), DbErr> {
    schedule::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A schedule of an alliance that was not deleted.
pub async fn one(c: &impl ConnectionTrait, id: ScheduleId) -> Result<Option<Schedule>, DbErr> {
    schedule::Entity::find_by_id(id)
        .filter(of_alliances())
        .one(c)
        .await
}

pub async fn lock(tx: &Tx, id: ScheduleId) -> Result<Option<Schedule>, DbErr> {
    schedule::Entity::find_by_id(id)
        .filter(of_alliances())
        .lock_exclusive()
        .one(tx)
        .await
}

/// The schedules of an alliance that still fire, locked.
pub async fn lock_active(tx: &Tx, alliance: AllianceId) -> Result<Vec<Schedule>, DbErr> {
    schedule::Entity::find()
        .filter(of_alliances())
        .filter(schedule::Column::AllianceId.eq(alliance))
        .filter(schedule::Column::Enabled.eq(true))
        .order_by_asc(schedule::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await
}

/// A schedule of an alliance, deleted or not: a fire outlives it.
pub async fn of_fire(tx: &Tx, id: ScheduleId) -> Result<Option<Schedule>, DbErr> {
    schedule::Entity::find_by_id(id).one(tx).await
}

/// Writes what may change of a locked schedule.
pub async fn update(tx: &Tx, row: &Schedule) -> Result<(), DbErr> {
    schedule::Entity::update_many()
        .set(schedule::ActiveModel {
            enabled: Set(row.enabled),
            next_at: Set(row.next_at),
            tzdb: Set(row.tzdb.clone()),
            version: Set(row.version),
            deleted_at: Set(row.deleted_at),
            ..Default::default()
        })
        .filter(schedule::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn count(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    schedule::Entity::find()
        .filter(of_alliances())
        .filter(schedule::Column::AllianceId.eq(alliance))
        .count(tx)
        .await
}

pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Schedule>, DbErr> {
    let mut query = schedule::Entity::find()
        .filter(of_alliances())
        .filter(schedule::Column::AllianceId.eq(alliance))
        .order_by_asc(schedule::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(schedule::Column::Id.gt(ScheduleId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The fires of a schedule, newest first.
pub async fn fires(
    c: &impl ConnectionTrait,
    id: ScheduleId,
    page: Page,
) -> Result<Slice<Fire>, DbErr> {
    let mut query = schedule_fire::Entity::find()
        .filter(schedule_fire::Column::ScheduleId.eq(id))
        .order_by_desc(schedule_fire::Column::ClaimedBy)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(schedule_fire::Column::ClaimedBy.lt(after));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.claimed_by))
}

/// A fire that no other worker handles meanwhile.
pub async fn lock_fire(tx: &Tx, id: ScheduleId, at: Instant) -> Result<Option<Fire>, DbErr> {
    schedule_fire::Entity::find_by_id((id, at))
        .lock_exclusive()
        .one(tx)
        .await
}

/// Notes what became of a fire.
pub async fn note(
    tx: &Tx,
    fire: &Fire,
    result: &str,
    campaign: Option<CampaignId>,
) -> Result<(), DbErr> {
    schedule_fire::Entity::update_many()
        .set(schedule_fire::ActiveModel {
            result: Set(Some(result.to_owned())),
            campaign_id: Set(campaign),
            ..Default::default()
        })
        .filter(schedule_fire::Column::ScheduleId.eq(fire.schedule_id))
        .filter(schedule_fire::Column::FireAt.eq(fire.fire_at))
        .exec(tx)
        .await?;
    Ok(())
}
