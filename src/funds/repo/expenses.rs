//! SQL of expenses.

use entity::expense::Column;
use entity::expense::Entity;
use entity::expense_approval;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::funds::repo::Expense;
use crate::funds::repo::ExpenseApproval;
use crate::funds::repo::Fund;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ExpenseId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub async fn find(c: &impl ConnectionTrait, id: ExpenseId) -> Result<Option<Expense>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: ExpenseId) -> Result<Option<Expense>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<Expense>, DbErr> {
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

/// How many requests of a fund are neither paid nor rejected.
pub async fn count_open(c: &impl ConnectionTrait, fund: &Fund) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.is_in(["requested", "approved"]))
        .count(c)
        .await
}

pub async fn insert(tx: &Tx, row: Expense) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Stores state, who decided, the transaction and the version.
pub async fn update(tx: &Tx, row: &Expense) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::DecidedBy, Expr::value(row.decided_by))
        .col_expr(Column::TransactionId, Expr::value(row.transaction_id))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Who agreed to some expenses, in the order of their agreeing.
pub async fn approvals(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    expenses: &[ExpenseId],
) -> Result<Vec<ExpenseApproval>, DbErr> {
    expense_approval::Entity::find()
        .filter(expense_approval::Column::AllianceId.eq(alliance))
        .filter(expense_approval::Column::ExpenseId.is_in(expenses.iter().copied()))
        .order_by_asc(expense_approval::Column::ApprovedAt)
        .order_by_asc(expense_approval::Column::UserId)
        .all(c)
        .await
}

/// `false`: this person agreed already.
pub async fn insert_approval(tx: &Tx, row: ExpenseApproval) -> Result<bool, DbErr> {
    let inserted = expense_approval::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}
