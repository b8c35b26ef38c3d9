//! SQL of closed periods.

use entity::fund_period::Column;
use entity::fund_period::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::funds::repo::Fund;
use crate::funds::repo::Period;
use crate::kernel::ids::FundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

/// The newest close of a fund.
pub async fn newest(c: &impl ConnectionTrait, fund: FundId) -> Result<Option<Period>, DbErr> {
    Entity::find()
        .filter(Column::FundId.eq(fund))
        .order_by_desc(Column::ClosedThrough)
        .limit(1)
        .one(c)
        .await
}

pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<Period>, DbErr> {
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

pub async fn insert(tx: &Tx, row: Period) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
