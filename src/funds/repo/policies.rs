//! SQL of levy policies and of their adoptions.

use entity::levy_policy;
use entity::levy_policy::Column;
use entity::levy_policy::Entity;
use entity::levy_policy_adoption;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::funds::repo::Policy;
use crate::funds::repo::PolicyAdoption;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub async fn find(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Option<Policy>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::AllianceId.eq(alliance))
        .one(c)
        .await
}

pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Policy>, DbErr> {
    let mut query = Entity::find().filter(Column::AllianceId.eq(alliance));
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

/// The number of the newest version of a name; 0 without one.
pub async fn newest(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    name: &str,
) -> Result<i64, DbErr> {
    let row = Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::Name.eq(name))
        .order_by_desc(Column::Number)
        .one(c)
        .await?;
    Ok(row.map_or(0, |row| row.number))
}

/// `false`: somebody else made this version meanwhile.
pub async fn insert(tx: &Tx, row: Policy) -> Result<bool, DbErr> {
    let row: levy_policy::ActiveModel = row.into_active_model().reset_all();
    let inserted = Entity::insert(row)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// The policies that an alliance has adopted so far, oldest first.
pub async fn adoptions(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<PolicyAdoption>, DbErr> {
    levy_policy_adoption::Entity::find()
        .filter(levy_policy_adoption::Column::AllianceId.eq(alliance))
        .order_by_asc(levy_policy_adoption::Column::AdoptedAt)
        .order_by_asc(levy_policy_adoption::Column::PolicyId)
        .all(c)
        .await
}

/// `false`: the policy is adopted already.
pub async fn insert_adoption(tx: &Tx, row: PolicyAdoption) -> Result<bool, DbErr> {
    let inserted = levy_policy_adoption::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}
