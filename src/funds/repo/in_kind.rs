//! SQL of gifts in kind.

use entity::in_kind::Column;
use entity::in_kind::Entity;
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
use crate::funds::repo::Gift;
use crate::kernel::ids::InKindId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: InKindId) -> Result<Option<Gift>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: InKindId) -> Result<Option<Gift>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(c: &impl ConnectionTrait, fund: &Fund, page: Page) -> Result<Slice<Gift>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
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

pub async fn insert(tx: &Tx, row: Gift) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Stores decision, delivery, state and version.
pub async fn update(tx: &Tx, row: &Gift) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CountsMinor, Expr::value(row.counts_minor))
        .col_expr(Column::DecidedBy, Expr::value(row.decided_by))
        .col_expr(Column::MandateId, Expr::value(row.mandate_id))
        .col_expr(Column::DeliveredOn, Expr::value(row.delivered_on))
        .col_expr(Column::TransactionId, Expr::value(row.transaction_id))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
