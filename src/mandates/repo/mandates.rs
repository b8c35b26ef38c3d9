//! SQL of mandates.

use entity::mandate;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MandateId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub type Mandate = mandate::Model;

pub async fn insert(tx: &Tx, row: Mandate) -> Result<(), DbErr> {
    mandate::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn find(c: &impl ConnectionTrait, id: MandateId) -> Result<Option<Mandate>, DbErr> {
    mandate::Entity::find_by_id(id).one(c).await
}

fn about(alliance: AllianceId, matter: &str, subject: Uuid) -> Select<mandate::Entity> {
    mandate::Entity::find()
        .filter(mandate::Column::AllianceId.eq(alliance))
        .filter(mandate::Column::Matter.eq(matter))
        .filter(mandate::Column::SubjectId.eq(subject))
        .order_by_desc(mandate::Column::Id)
}

/// Every mandate on a subject, newest first.
pub async fn on_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: &str,
    subject: Uuid,
) -> Result<Vec<Mandate>, DbErr> {
    about(alliance, matter, subject).all(c).await
}

/// As [`on_subject`], held against everybody who wants to use one of them.
pub async fn lock_on_subject(
    tx: &Tx,
    alliance: AllianceId,
    matter: &str,
    subject: Uuid,
) -> Result<Vec<Mandate>, DbErr> {
    let rows = about(alliance, matter, subject).lock_exclusive();
    rows.all(tx).await
}

/// The mandate that a decision issued, held.
pub async fn lock_by_source(tx: &Tx, source: &str) -> Result<Option<Mandate>, DbErr> {
    mandate::Entity::find()
        .filter(mandate::Column::Source.eq(source))
        .lock_exclusive()
        .one(tx)
        .await
}

/// `false`: somebody else consumed or revoked it.
pub async fn mark_consumed(tx: &Tx, id: MandateId, by: &str) -> Result<bool, DbErr> {
    let done = mandate::Entity::update_many()
        .col_expr(mandate::Column::ConsumedAt, Expr::value(tx.now()))
        .col_expr(mandate::Column::ConsumedBy, Expr::value(by))
        .filter(mandate::Column::Id.eq(id))
        .filter(mandate::Column::ConsumedAt.is_null())
        .filter(mandate::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub async fn mark_revoked(tx: &Tx, id: MandateId) -> Result<(), DbErr> {
    mandate::Entity::update_many()
        .col_expr(mandate::Column::RevokedAt, Expr::value(tx.now()))
        .filter(mandate::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Puts a mandate in the place of one with its id that was revoked.
pub async fn restore(tx: &Tx, row: Mandate) -> Result<(), DbErr> {
    mandate::Entity::update_many()
        .filter(mandate::Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(tx)
        .await?;
    Ok(())
}

/// The mandates of an alliance, or those on one subject, in the order of their issue.
pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    subject: Option<Uuid>,
    page: Page,
) -> Result<Slice<Mandate>, DbErr> {
    let mut query = mandate::Entity::find()
        .filter(mandate::Column::AllianceId.eq(alliance))
        .order_by_asc(mandate::Column::Id)
        .limit(page.limit + 1);
    if let Some(subject) = subject {
        query = query.filter(mandate::Column::SubjectId.eq(subject));
    }
    if let Some(after) = page.after {
        query = query.filter(mandate::Column::Id.gt(MandateId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
