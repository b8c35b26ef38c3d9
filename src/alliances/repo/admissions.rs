//! SQL of admissions and the objections to them.

use entity::admission;
use entity::admission_objection;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::AdmissionId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ObjectionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Admission = admission::Model;
pub type Objection = admission_objection::Model;

/// Admissions that one pass of the clock looks at.
const DUE: u64 = 200;

/// `false`: one of this membership is open.
pub async fn insert(tx: &Tx, row: Admission) -> Result<bool, DbErr> {
    let inserted = admission::Entity::insert(row.into_active_model())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes an admission as its next version.
pub async fn save(tx: &Tx, row: &mut Admission) -> Result<(), DbErr> {
    row.version += 1;
    admission::Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(admission::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn find(c: &impl ConnectionTrait, id: AdmissionId) -> Result<Option<Admission>, DbErr> {
    admission::Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: AdmissionId) -> Result<Option<Admission>, DbErr> {
    admission::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// The open admission of a membership, held.
pub async fn lock_open(tx: &Tx, member: MembershipId) -> Result<Option<Admission>, DbErr> {
    admission::Entity::find()
        .filter(admission::Column::MembershipId.eq(member))
        .filter(admission::Column::State.eq("open"))
        .lock_exclusive()
        .one(tx)
        .await
}

/// Open admissions whose time to object is over.
pub async fn due(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<AdmissionId>, DbErr> {
    admission::Entity::find()
        .filter(admission::Column::State.eq("open"))
        .filter(admission::Column::ObjectionsUntil.lte(now))
        .select_only()
        .column(admission::Column::Id)
        .order_by_asc(admission::Column::ObjectionsUntil)
        .limit(DUE)
        .into_tuple()
        .all(c)
        .await
}

/// The admissions of an alliance, oldest first.
pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Admission>, DbErr> {
    let mut query = admission::Entity::find()
        .filter(admission::Column::AllianceId.eq(alliance))
        .order_by_asc(admission::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(admission::Column::Id.gt(AdmissionId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// `false`: the member objects already.
pub async fn insert_objection(tx: &Tx, row: Objection) -> Result<bool, DbErr> {
    let inserted = admission_objection::Entity::insert(row.into_active_model())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

pub async fn objection(
    c: &impl ConnectionTrait,
    admission: AdmissionId,
    id: ObjectionId,
) -> Result<Option<Objection>, DbErr> {
    admission_objection::Entity::find_by_id(id)
        .filter(admission_objection::Column::AdmissionId.eq(admission))
        .one(c)
        .await
}

/// `false`: it was withdrawn before.
pub async fn withdraw(tx: &Tx, id: ObjectionId) -> Result<bool, DbErr> {
    let done = admission_objection::Entity::update_many()
        .col_expr(
            admission_objection::Column::WithdrawnAt,
            Expr::value(tx.now()),
        )
        .filter(admission_objection::Column::Id.eq(id))
        .filter(admission_objection::Column::WithdrawnAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Objections that were not withdrawn.
pub async fn standing_objections(
    c: &impl ConnectionTrait,
    admission: AdmissionId,
) -> Result<u64, DbErr> {
    admission_objection::Entity::find()
        .filter(admission_objection::Column::AdmissionId.eq(admission))
        .filter(admission_objection::Column::WithdrawnAt.is_null())
        .count(c)
        .await
}

/// The objections to some admissions, in the order of time.
pub async fn objections(
    c: &impl ConnectionTrait,
    of: &[AdmissionId],
) -> Result<Vec<Objection>, DbErr> {
    admission_objection::Entity::find()
        .filter(admission_objection::Column::AdmissionId.is_in(of.iter().copied()))
        .order_by_asc(admission_objection::Column::Id)
        .all(c)
        .await
}
