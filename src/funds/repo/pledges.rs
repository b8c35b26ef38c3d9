//! SQL of pledges.

use chrono::NaiveDate;
use entity::pledge::Column;
use entity::pledge::Entity;
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
use crate::funds::repo::Pledge;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PledgeId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: PledgeId) -> Result<Option<Pledge>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// One page; only those of `members` where that is given.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Pledge>, DbErr> {
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

/// Pledges that wait and may have lapsed by `day`, at most 500.
pub async fn waiting_until(c: &impl ConnectionTrait, day: NaiveDate) -> Result<Vec<Pledge>, DbErr> {
    Entity::find()
        .filter(Column::State.is_in(["offered", "accepted"]))
        .filter(Column::ValidUntil.lt(day))
        .limit(500)
        .all(c)
        .await
}

pub async fn insert(tx: &Tx, row: Pledge) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn update(tx: &Tx, row: &Pledge) -> Result<(), DbErr> {
    row.clone()
        .into_active_model()
        .reset_all()
        .update(tx)
        .await?;
    Ok(())
}
