//! SQL of payments and their allocation.

use entity::payment::Column;
use entity::payment::Entity;
use entity::payment_allocation;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::funds::repo::Allocation;
use crate::funds::repo::Fund;
use crate::funds::repo::Payment;
use crate::funds::repo::insert_all;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: PaymentId) -> Result<Option<Payment>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// The payment of a fund that its sender gave a name.
pub async fn by_external_id(
    c: &impl ConnectionTrait,
    fund: &Fund,
    name: &str,
) -> Result<Option<Payment>, DbErr> {
    Entity::find()
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::ExternalId.eq(name))
        .one(c)
        .await
}

/// One page; only those of `members` where that is given.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Payment>, DbErr> {
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

/// What payments were spent on, in the order of payments and notices.
pub async fn allocations(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    payments: &[PaymentId],
) -> Result<Vec<Allocation>, DbErr> {
    use payment_allocation::Column;
    payment_allocation::Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::PaymentId.is_in(payments.iter().copied()))
        .order_by_asc(Column::PaymentId)
        .order_by_asc(Column::NoticeId)
        .all(c)
        .await
}

pub async fn insert(tx: &Tx, row: Payment, allocations: Vec<Allocation>) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    insert_all(tx, allocations).await
}
