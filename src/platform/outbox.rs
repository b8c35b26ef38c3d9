//! The outbox: facts are published in the transaction that makes them true, and delivered at least once.

use entity::outbox_event;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::EventId;
use crate::kernel::problem::Failure;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::ids::Ids;
use crate::platform::queue;

/// A published fact.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: EventId,
    /// `noun.past_participle`: public contract.
    pub topic: String,
    pub alliance: Option<AllianceId>,
    pub payload: serde_json::Value,
}

/// Publishes a fact within the transaction that makes it true.
///
/// # Errors
/// When the database refuses.
pub async fn publish(
    tx: &Tx,
    ids: Ids,
    topic: &str,
    alliance: Option<AllianceId>,
    payload: serde_json::Value,
) -> Result<(), DbErr> {
    outbox_event::Entity::insert(outbox_event::ActiveModel {
        id: Set(ids.fresh()),
        alliance_id: Set(alliance),
        topic: Set(topic.to_owned()),
        payload: Set(payload),
        created_at: Set(tx.now()),
        dispatched_at: Set(None),
    })
    .exec_without_returning(tx)
    .await?;
    tx.wake_worker();
    Ok(())
}

/// Turns new facts into one job per consumer, in one transaction. Answers the number of facts.
///
/// # Errors
/// When the database refuses.
pub async fn dispatch(ctx: &Ctx) -> Result<u64, Failure> {
    let waiting = outbox_event::Entity::find()
        .filter(outbox_event::Column::DispatchedAt.is_null())
        .limit(1)
        .one(&ctx.db.reader())
        .await?;
    if waiting.is_none() {
        return Ok(0);
    }
    ctx.db.write(async |tx| dispatch_in(ctx, tx).await).await
}

async fn dispatch_in(ctx: &Ctx, tx: &Tx) -> Result<u64, Failure> {
    let rows = outbox_event::Entity::find()
        .filter(outbox_event::Column::DispatchedAt.is_null())
        .order_by_asc(outbox_event::Column::Id)
        .limit(200)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    let count = rows.len() as u64;
    for row in rows {
        for consumer in ctx
            .registry
            .consumers
            .iter()
            .filter(|c| c.topic == row.topic)
        {
            let payload = serde_json::json!({
                "event_id": row.id,
                "topic": row.topic,
                "alliance_id": row.alliance_id,
                "payload": row.payload,
            });
            queue::enqueue(
                tx,
                ctx.ids,
                &format!("event:{}", consumer.name),
                payload,
                tx.now(),
            )
            .await?;
        }
        outbox_event::Entity::update_many()
            .col_expr(outbox_event::Column::DispatchedAt, Expr::value(tx.now()))
            .filter(outbox_event::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    Ok(count)
}
