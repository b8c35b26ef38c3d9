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

use crate::funds::repo::Fund;
use crate::funds::repo::Refund;
use crate::kernel::ids::MembershipId;
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

pub async fn insert(tx: &Tx, row: Refund) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
