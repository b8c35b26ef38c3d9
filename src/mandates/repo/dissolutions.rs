//! SQL of dissolutions.

use entity::dissolution;
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
use crate::kernel::ids::DissolutionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Dissolution = dissolution::Model;

/// `false`: one is proposed already, or was executed.
pub async fn insert(tx: &Tx, row: Dissolution) -> Result<bool, DbErr> {
    let inserted = dissolution::Entity::insert(row.into_active_model())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes a dissolution as its next version.
pub async fn save(tx: &Tx, row: &mut Dissolution) -> Result<(), DbErr> {
    row.version += 1;
    dissolution::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(dissolution::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn find(
    c: &impl ConnectionTrait,
    id: DissolutionId,
) -> Result<Option<Dissolution>, DbErr> {
    dissolution::Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: DissolutionId) -> Result<Option<Dissolution>, DbErr> {
    dissolution::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// The dissolutions of an alliance, oldest first.
pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Dissolution>, DbErr> {
    let mut query = dissolution::Entity::find()
        .filter(dissolution::Column::AllianceId.eq(alliance))
        .order_by_asc(dissolution::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(dissolution::Column::Id.gt(DissolutionId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
