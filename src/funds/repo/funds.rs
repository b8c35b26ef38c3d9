//! SQL of funds.

use entity::fund;
use entity::fund::Column;
use entity::fund::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::funds::repo::Fund;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub async fn find(c: &impl ConnectionTrait, id: FundId) -> Result<Option<Fund>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// Every use case that writes to a fund locks it first, so that one fund's money moves one step at a time.
pub async fn lock(tx: &Tx, id: FundId) -> Result<Option<Fund>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Fund>, DbErr> {
    let mut query = Entity::find().filter(Column::AllianceId.eq(alliance));
    if let Some(after) = page.after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// `false`: the code is taken in this alliance.
pub async fn insert(tx: &Tx, row: Fund) -> Result<bool, DbErr> {
    let row: fund::ActiveModel = row.into_active_model().reset_all();
    let inserted = Entity::insert(row)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

pub async fn set_state(tx: &Tx, id: FundId, state: &str, version: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Version, Expr::value(version))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Funds that hold money, or collect or settle it. One that never billed anything ends with its alliance.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    let funds = Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::State.ne("closed"))
        .all(tx)
        .await?;
    let mut unfinished = 0;
    for fund in funds {
        let idle = ["planned", "voted"].contains(&fund.state.as_str());
        let moved = entity::account::Entity::find()
            .filter(entity::account::Column::FundId.eq(fund.id))
            .filter(entity::account::Column::BalanceMinor.ne(0))
            .one(tx)
            .await?;
        if !idle || moved.is_some() {
            unfinished += 1;
        }
    }
    Ok(unfinished)
}

/// The funds of an alliance, the newest season first.
pub async fn by_season(c: &impl ConnectionTrait, alliance: AllianceId) -> Result<Vec<Fund>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .order_by_desc(Column::SeasonFrom)
        .order_by_desc(Column::Id)
        .all(c)
        .await
}

/// The fund of an alliance that is not restricted.
pub async fn general(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Option<Fund>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::General.eq(true))
        .one(c)
        .await
}
