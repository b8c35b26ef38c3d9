//! SQL of an alliance's own festivals and of the dates that it confirmed.

use entity::alliance_festival;
use entity::festival_confirmation;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;

use crate::kernel::ids::AllianceId;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type OwnFestival = alliance_festival::Model;
pub type Confirmation = festival_confirmation::Model;

pub async fn own(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<OwnFestival>, DbErr> {
    alliance_festival::Entity::find()
        .filter(alliance_festival::Column::AllianceId.eq(alliance))
        .order_by_asc(alliance_festival::Column::Id)
        .all(c)
        .await
}

/// In the order in which they were made.
pub async fn confirmations(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<Confirmation>, DbErr> {
    festival_confirmation::Entity::find()
        .filter(festival_confirmation::Column::AllianceId.eq(alliance))
        .order_by_asc(festival_confirmation::Column::Id)
        .all(c)
        .await
}

/// `false`: the alliance has one of this name.
pub async fn insert_own(tx: &Tx, row: OwnFestival) -> Result<bool, DbErr> {
    let row: alliance_festival::ActiveModel = row.into_active_model().reset_all();
    let inserted = alliance_festival::Entity::insert(row)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// `false`: there is none of this name.
pub async fn delete_own(tx: &Tx, alliance: AllianceId, festival: &str) -> Result<bool, DbErr> {
    let gone = alliance_festival::Entity::delete_many()
        .filter(alliance_festival::Column::AllianceId.eq(alliance))
        .filter(alliance_festival::Column::Festival.eq(festival))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected == 1)
}

pub async fn insert_confirmation(tx: &Tx, row: Confirmation) -> Result<(), DbErr> {
    let row: festival_confirmation::ActiveModel = row.into_active_model().reset_all();
    festival_confirmation::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
