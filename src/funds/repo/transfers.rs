//! SQL of transfers between funds.

use entity::fund_transfer::Column;
use entity::fund_transfer::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::funds::repo::Fund;
use crate::funds::repo::Transfer;
use crate::kernel::ids::TransferId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: TransferId) -> Result<Option<Transfer>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: TransferId) -> Result<Option<Transfer>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// One page of the transfers out of a fund and into it.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<Transfer>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(
            Condition::any()
                .add(Column::FromFundId.eq(fund.id))
                .add(Column::ToFundId.eq(fund.id)),
        );
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

pub async fn insert(tx: &Tx, row: Transfer) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Stores decision, transactions, state and version.
pub async fn update(tx: &Tx, row: &Transfer) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DecidedBy, Expr::value(row.decided_by))
        .col_expr(Column::MandateId, Expr::value(row.mandate_id))
        .col_expr(
            Column::OutTransactionId,
            Expr::value(row.out_transaction_id),
        )
        .col_expr(Column::InTransactionId, Expr::value(row.in_transaction_id))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
