//! SQL of API keys. They live on real time, whatever the sandbox's clock says.

use entity::api_key;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::ApiKeyId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type ApiKey = api_key::Model;

/// By the id that stands in the key.
pub async fn by_prefix(c: &impl ConnectionTrait, prefix: &str) -> Result<Option<ApiKey>, DbErr> {
    api_key::Entity::find()
        .filter(api_key::Column::Prefix.eq(prefix))
        .one(c)
        .await
}

pub async fn one(
    c: &impl ConnectionTrait,
    manufacturer: ManufacturerId,
    id: ApiKeyId,
) -> Result<Option<ApiKey>, DbErr> {
    api_key::Entity::find_by_id(id)
        .filter(api_key::Column::ManufacturerId.eq(manufacturer))
        .one(c)
        .await
}

/// Keys that are neither revoked nor expired.
pub async fn live(
    c: &impl ConnectionTrait,
    manufacturer: ManufacturerId,
    now: Instant,
) -> Result<Vec<ApiKey>, DbErr> {
    api_key::Entity::find()
        .filter(api_key::Column::ManufacturerId.eq(manufacturer))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(now))
        .all(c)
        .await
}

pub async fn page(
    c: &impl ConnectionTrait,
    manufacturer: ManufacturerId,
    page: Page,
) -> Result<Slice<ApiKey>, DbErr> {
    let mut query = api_key::Entity::find()
        .filter(api_key::Column::ManufacturerId.eq(manufacturer))
        .order_by_asc(api_key::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(api_key::Column::Id.gt(ApiKeyId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// `false`: another key has this prefix.
pub async fn insert(tx: &Tx, row: &ApiKey) -> Result<bool, DbErr> {
    let row = row.clone();
    let inserted = api_key::Entity::insert(api_key::ActiveModel {
        id: Set(row.id),
        manufacturer_id: Set(row.manufacturer_id),
        name: Set(row.name),
        prefix: Set(row.prefix),
        digest: Set(row.digest),
        scopes: Set(row.scopes),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
        last_used_at: Set(row.last_used_at),
        revoked_at: Set(row.revoked_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// `false`: it was revoked before.
pub async fn revoke(tx: &Tx, id: ApiKeyId) -> Result<bool, DbErr> {
    let done = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(tx.real_now()))
        .filter(api_key::Column::Id.eq(id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub async fn touch(tx: &Tx, id: ApiKeyId) -> Result<(), DbErr> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::LastUsedAt, Expr::value(tx.real_now()))
        .filter(api_key::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
