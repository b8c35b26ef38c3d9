//! SQL of true-ups and their lines.

use entity::true_up::Column;
use entity::true_up::Entity;
use entity::true_up_line;
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
use crate::funds::repo::TrueUp;
use crate::funds::repo::TrueUpLine;
use crate::funds::repo::insert_all;
use crate::kernel::ids::FundId;
use crate::kernel::ids::TrueUpId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub async fn find(c: &impl ConnectionTrait, id: TrueUpId) -> Result<Option<TrueUp>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: TrueUpId) -> Result<Option<TrueUp>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<TrueUp>, DbErr> {
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

/// The one true-up of a fund that was not cancelled.
pub async fn standing(c: &impl ConnectionTrait, fund: FundId) -> Result<Option<TrueUp>, DbErr> {
    Entity::find()
        .filter(Column::FundId.eq(fund))
        .filter(Column::State.ne("cancelled"))
        .one(c)
        .await
}

/// The lines, in the order of their memberships.
pub async fn lines(c: &impl ConnectionTrait, row: &TrueUp) -> Result<Vec<TrueUpLine>, DbErr> {
    true_up_line::Entity::find()
        .filter(true_up_line::Column::AllianceId.eq(row.alliance_id))
        .filter(true_up_line::Column::TrueUpId.eq(row.id))
        .order_by_asc(true_up_line::Column::MembershipId)
        .all(c)
        .await
}

/// `false`: the fund has a true-up that was not cancelled.
pub async fn insert(tx: &Tx, row: &TrueUp, lines: &[TrueUpLine]) -> Result<bool, DbErr> {
    let model = row.clone().into_active_model().reset_all();
    let inserted = Entity::insert(model)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    if inserted != 1 {
        return Ok(false);
    }
    insert_all(tx, lines.to_vec()).await?;
    Ok(true)
}

/// Stores state, who applied it and when, and the version.
pub async fn update(tx: &Tx, row: &TrueUp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::AppliedBy, Expr::value(row.applied_by))
        .col_expr(Column::AppliedAt, Expr::value(row.applied_at))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
