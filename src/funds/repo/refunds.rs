//! SQL of refunds.

use entity::refund::Column;
use entity::refund::Entity;
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
use crate::funds::repo::Refund;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::RefundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

/// One page; only those of `members` where that is given.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Refund>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(members) = members {
        query = query.filter(Column::MembershipId.is_in(members.iter().copied()));
    }
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

/// The refund of one member, where the close owes it one.
pub async fn of_member(
    c: &impl ConnectionTrait,
    fund: &Fund,
    membership: MembershipId,
) -> Result<Option<Refund>, DbErr> {
    Entity::find()
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::MembershipId.eq(membership))
        .one(c)
        .await
}

pub async fn insert(tx: &Tx, row: Refund) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn find(c: &impl ConnectionTrait, id: RefundId) -> Result<Option<Refund>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: RefundId) -> Result<Option<Refund>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// The refunds of a fund that nobody has paid, in the order of their ids.
pub async fn due(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Refund>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.eq("due"))
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

/// Stores choice, state, transaction, target and version.
pub async fn update(tx: &Tx, row: &Refund) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Choice, Expr::value(row.choice.clone()))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::TransactionId, Expr::value(row.transaction_id))
        .col_expr(Column::RolloverFundId, Expr::value(row.rollover_fund_id))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
