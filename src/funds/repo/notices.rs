//! SQL of levy notices.

use entity::levy_notice::Column;
use entity::levy_notice::Entity;
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
use crate::funds::repo::INSERT_ROWS;
use crate::funds::repo::Notice;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: LevyNoticeId) -> Result<Option<Notice>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// One page; only those of `members` where that is given.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Notice>, DbErr> {
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

/// Every notice of a fund, oldest first.
pub async fn all(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .order_by_asc(Column::Number)
        .all(c)
        .await
}

/// A member's notices of a fund, oldest first.
pub async fn of_member(
    c: &impl ConnectionTrait,
    fund: &Fund,
    membership: MembershipId,
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::MembershipId.eq(membership))
        .order_by_asc(Column::Number)
        .all(c)
        .await
}

/// The number of the newest notice of a fund; 0 without one.
pub async fn newest(c: &impl ConnectionTrait, fund: &Fund) -> Result<i64, DbErr> {
    let row = Entity::find()
        .filter(Column::FundId.eq(fund.id))
        .order_by_desc(Column::Number)
        .one(c)
        .await?;
    Ok(row.map_or(0, |row| row.number))
}

/// Whether a notice of a fund still has something due.
pub async fn any_due(c: &impl ConnectionTrait, fund: &Fund) -> Result<bool, DbErr> {
    let row = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.ne("paid"))
        .limit(1)
        .one(c)
        .await?;
    Ok(row.is_some())
}

pub async fn insert(tx: &Tx, rows: &[Notice]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores what was paid.
pub async fn set_paid(tx: &Tx, row: &Notice, paid: i64, state: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PaidMinor, Expr::value(paid))
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Version, Expr::value(row.version + 1))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notices of an alliance with something due, payable until `day`, oldest first.
pub async fn due_until(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: chrono::NaiveDate,
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::State.is_in(["issued", "part_paid"]))
        .filter(Column::DueOn.lte(day))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .all(c)
        .await
}
