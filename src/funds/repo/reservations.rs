//! SQL of reservations.

use entity::reservation::Column;
use entity::reservation::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;

use crate::funds::domain::free::Cash;
use crate::funds::repo::Fund;
use crate::funds::repo::Reservation;
use crate::kernel::ids::ReservationId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

/// Reservations whose money is still set aside.
const OPEN: [&str; 2] = ["reserved", "invoiced"];

pub async fn find(
    c: &impl ConnectionTrait,
    id: ReservationId,
) -> Result<Option<Reservation>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: ReservationId) -> Result<Option<Reservation>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<Reservation>, DbErr> {
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

/// The open reservations of a fund.
pub async fn open(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Reservation>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.is_in(OPEN))
        .all(c)
        .await
}

/// The cash of a fund and what of it is promised.
pub async fn cash(c: &impl ConnectionTrait, fund: &Fund) -> Result<Cash, DbErr> {
    let sql = "SELECT \
        CAST(COALESCE((SELECT SUM(balance_minor) FROM account WHERE fund_id = $1 AND kind = 'bank'), 0) AS BIGINT) AS bank, \
        CAST(COALESCE((SELECT SUM(-balance_minor) FROM account WHERE fund_id = $1 AND kind = 'credit'), 0) AS BIGINT) AS credits, \
        CAST(COALESCE((SELECT SUM(amount_minor) FROM reservation WHERE fund_id = $1 AND state IN ('reserved', 'invoiced')), 0) AS BIGINT) AS reserved";
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, [fund.id.into()]);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok(Cash::default()), |row| {
        Ok(Cash {
            bank: row.try_get("", "bank")?,
            reserved: row.try_get("", "reserved")?,
            credits: row.try_get("", "credits")?,
        })
    })
}

pub async fn insert(tx: &Tx, row: Reservation) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Stores amount, state, expense and version.
pub async fn update(tx: &Tx, row: &Reservation) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::AmountMinor, Expr::value(row.amount_minor))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::ExpenseId, Expr::value(row.expense_id))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
