//! Messages that came back.

use chrono::TimeDelta;
use entity::bounce;
use entity::bounce::Column;
use entity::delivery;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::FromQueryResult;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BounceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// A message that came back.
pub type Bounce = bounce::Model;

/// What a bounce has to know of a delivery.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Addressed {
    pub id: DeliveryId,
    pub alliance_id: Option<AllianceId>,
    pub campaign_id: Option<CampaignId>,
    pub to_email: String,
    pub state: String,
}

/// A bounce as it is listed: without its bytes.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Listed {
    pub id: BounceId,
    pub received_at: Instant,
    pub source: String,
    pub delivery_id: Option<DeliveryId>,
    pub email: Option<String>,
    pub kind: String,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
}

/// A delivery, locked.
///
/// # Errors
/// When the database refuses.
pub async fn addressed(tx: &Tx, id: DeliveryId) -> Result<Option<Addressed>, DbErr> {
    delivery::Entity::find_by_id(id)
        .select_only()
        .columns([
            delivery::Column::Id,
            delivery::Column::AllianceId,
            delivery::Column::CampaignId,
            delivery::Column::ToEmail,
            delivery::Column::State,
        ])
        .lock_exclusive()
        .into_model::<Addressed>()
        .one(tx)
        .await
}

/// Keeps a message. `false`: the same bytes came before.
///
/// # Errors
/// When the database refuses.
pub async fn keep(tx: &Tx, row: Bounce) -> Result<bool, DbErr> {
    let inserted = bounce::Entity::insert(bounce::ActiveModel {
        id: Set(row.id),
        sha256: Set(row.sha256),
        received_at: Set(row.received_at),
        source: Set(row.source),
        delivery_id: Set(row.delivery_id),
        alliance_id: Set(row.alliance_id),
        email: Set(row.email),
        kind: Set(row.kind),
        status: Set(row.status),
        diagnostic: Set(row.diagnostic),
        raw: Set(row.raw),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// How often an address was refused for good within some days, for reasons that may be its own.
///
/// # Errors
/// When the database refuses.
pub async fn count_refusals(tx: &Tx, email: &str, days: i64) -> Result<u64, DbErr> {
    bounce::Entity::find()
        .filter(Column::Email.eq(email))
        .filter(Column::Kind.eq("refused"))
        .filter(Column::ReceivedAt.gt(tx.now().plus(TimeDelta::days(-days))))
        .count(tx)
        .await
}

/// A message that was sent has come back. `false`: it was in no state to.
///
/// # Errors
/// When the database refuses.
pub async fn mark(
    tx: &Tx,
    delivery: &Addressed,
    status: &str,
    reason: &str,
) -> Result<bool, DbErr> {
    let changed = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value("bounced"))
        .col_expr(delivery::Column::Enhanced, Expr::value(status))
        .col_expr(delivery::Column::Reason, Expr::value(reason))
        .col_expr(delivery::Column::DoneAt, Expr::value(tx.now()))
        .filter(delivery::Column::Id.eq(delivery.id))
        .filter(delivery::Column::State.is_in(["sent", "unsure"]))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected == 1)
}

/// One page of what came back of an alliance's mail.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Listed>, DbErr> {
    let mut which = Condition::all().add(Column::AllianceId.eq(alliance));
    if let Some(after) = page.after {
        which = which.add(Column::Id.gt(after));
    }
    let rows = bounce::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ReceivedAt,
            Column::Source,
            Column::DeliveryId,
            Column::Email,
            Column::Kind,
            Column::Status,
            Column::Diagnostic,
        ])
        .filter(which)
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .into_model::<Listed>()
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}
