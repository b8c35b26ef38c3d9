//! SQL of mandates.

use entity::mandate;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MandateId;
use crate::platform::db::Tx;

pub type Mandate = mandate::Model;

pub async fn insert(tx: &Tx, row: Mandate) -> Result<(), DbErr> {
    mandate::Entity::insert(mandate::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        matter: Set(row.matter),
        subject_id: Set(row.subject_id),
        content_hash: Set(row.content_hash),
        source: Set(row.source),
        issued_at: Set(row.issued_at),
        consumed_at: Set(row.consumed_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub async fn find(
    c: &impl ConnectionTrait,
    id: MandateId,
) -> Result<Option<mandate::Model>, DbErr> {
    mandate::Entity::find_by_id(id).one(c).await
}

pub async fn find_live(
    tx: &Tx,
    alliance: AllianceId,
    matter: &str,
    subject: Uuid,
    content_hash: &[u8],
) -> Result<Option<mandate::Model>, DbErr> {
    mandate::Entity::find()
        .filter(mandate::Column::AllianceId.eq(alliance))
        .filter(mandate::Column::Matter.eq(matter))
        .filter(mandate::Column::SubjectId.eq(subject))
        .filter(mandate::Column::ContentHash.eq(content_hash.to_vec()))
        .filter(mandate::Column::ConsumedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await
}

/// `false`: somebody else consumed it.
pub async fn mark_consumed(tx: &Tx, id: MandateId) -> Result<bool, DbErr> {
    let done = mandate::Entity::update_many()
        .col_expr(mandate::Column::ConsumedAt, Expr::value(tx.now()))
        .filter(mandate::Column::Id.eq(id))
        .filter(mandate::Column::ConsumedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}
