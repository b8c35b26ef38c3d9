//! SQL of roles.

use entity::role_grant;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::RoleGrantId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::role::Role;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Grant = role_grant::Model;

/// `false`: the person holds this role already.
pub async fn insert(tx: &Tx, row: &Grant) -> Result<bool, DbErr> {
    let row = row.clone();
    let inserted = role_grant::Entity::insert(role_grant::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        user_id: Set(row.user_id),
        role: Set(row.role),
        granted_by: Set(row.granted_by),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// One grant of this alliance.
pub async fn one(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: RoleGrantId,
) -> Result<Option<Grant>, DbErr> {
    role_grant::Entity::find_by_id(id)
        .filter(role_grant::Column::AllianceId.eq(alliance))
        .one(c)
        .await
}

pub async fn count(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    role: Role,
) -> Result<u64, DbErr> {
    role_grant::Entity::find()
        .filter(role_grant::Column::AllianceId.eq(alliance))
        .filter(role_grant::Column::Role.eq(role.as_str()))
        .count(c)
        .await
}

pub async fn delete(tx: &Tx, id: RoleGrantId) -> Result<(), DbErr> {
    role_grant::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Grant>, DbErr> {
    let mut query = role_grant::Entity::find()
        .filter(role_grant::Column::AllianceId.eq(alliance))
        .order_by_asc(role_grant::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(role_grant::Column::Id.gt(RoleGrantId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
