//! SQL of blackouts.

use entity::blackout;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BlackoutId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub type Blackout = blackout::Model;

/// Those of the alliance, and those of some members.
fn seen_by(alliance: AllianceId, members: &[MembershipId]) -> Condition {
    let own = blackout::Column::MembershipId.is_in(members.iter().copied());
    let of_all = blackout::Column::MembershipId.is_null();
    Condition::all()
        .add(blackout::Column::AllianceId.eq(alliance))
        .add(Condition::any().add(of_all).add(own))
}

pub async fn find(c: &impl ConnectionTrait, id: BlackoutId) -> Result<Option<Blackout>, DbErr> {
    blackout::Entity::find_by_id(id).one(c).await
}

/// Those of the alliance, and those of some members.
pub async fn all(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    members: &[MembershipId],
) -> Result<Vec<Blackout>, DbErr> {
    blackout::Entity::find()
        .filter(seen_by(alliance, members))
        .order_by_asc(blackout::Column::Id)
        .all(c)
        .await
}

/// Those of some members, in whatever alliance.
pub async fn of_members(
    c: &impl ConnectionTrait,
    members: &[MembershipId],
) -> Result<Vec<Blackout>, DbErr> {
    blackout::Entity::find()
        .filter(blackout::Column::MembershipId.is_in(members.iter().copied()))
        .order_by_asc(blackout::Column::Id)
        .all(c)
        .await
}

pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    members: &[MembershipId],
    page: Page,
) -> Result<Slice<Blackout>, DbErr> {
    let mut query = blackout::Entity::find()
        .filter(seen_by(alliance, members))
        .order_by_asc(blackout::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(blackout::Column::Id.gt(BlackoutId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// How many the alliance, or one member, has.
pub async fn count(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    member: Option<MembershipId>,
) -> Result<u64, DbErr> {
    let whose = match member {
        Some(member) => blackout::Column::MembershipId.eq(member),
        None => blackout::Column::MembershipId.is_null(),
    };
    blackout::Entity::find()
        .filter(blackout::Column::AllianceId.eq(alliance))
        .filter(whose)
        .count(c)
        .await
}

pub async fn insert(tx: &Tx, row: Blackout) -> Result<(), DbErr> {
    let row: blackout::ActiveModel = row.into_active_model().reset_all();
    blackout::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// `false`: somebody else was faster.
pub async fn delete(tx: &Tx, id: BlackoutId) -> Result<bool, DbErr> {
    let gone = blackout::Entity::delete_many()
        .filter(blackout::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected == 1)
}
