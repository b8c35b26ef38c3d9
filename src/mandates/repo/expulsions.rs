//! SQL of the cases against members.

use entity::expulsion;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ExpulsionId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Expulsion = expulsion::Model;

/// `false`: a case against this member is open already.
pub async fn insert(tx: &Tx, row: Expulsion) -> Result<bool, DbErr> {
    let inserted = expulsion::Entity::insert(row.into_active_model())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes a case as its next version.
pub async fn save(tx: &Tx, row: &mut Expulsion) -> Result<(), DbErr> {
    row.version += 1;
    expulsion::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(expulsion::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn find(c: &impl ConnectionTrait, id: ExpulsionId) -> Result<Option<Expulsion>, DbErr> {
    expulsion::Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: ExpulsionId) -> Result<Option<Expulsion>, DbErr> {
    expulsion::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// The open case against a member, held.
pub async fn lock_open(tx: &Tx, member: MembershipId) -> Result<Option<Expulsion>, DbErr> {
    expulsion::Entity::find()
        .filter(expulsion::Column::MembershipId.eq(member))
        .filter(expulsion::Column::State.is_in(["announced", "heard"]))
        .lock_exclusive()
        .one(tx)
        .await
}

/// The cases of an alliance. `of` limits them to what some members may read: every case that was heard, and
/// those against themselves.
pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    of: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Expulsion>, DbErr> {
    let mut query = expulsion::Entity::find()
        .filter(expulsion::Column::AllianceId.eq(alliance))
        .order_by_asc(expulsion::Column::Id)
        .limit(page.limit + 1);
    if let Some(of) = of {
        let own = expulsion::Column::MembershipId.is_in(of.iter().copied());
        let heard = expulsion::Column::HeardAt.is_not_null();
        query = query.filter(Condition::any().add(heard).add(own));
    }
    if let Some(after) = page.after {
        query = query.filter(expulsion::Column::Id.gt(ExpulsionId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
