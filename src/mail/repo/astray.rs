//! Letters whose senders ended at work, and those of which nobody knows whether they arrived.

use entity::delivery;
use entity::delivery::Column;
use entity::mailing;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::UpdateMany;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail::repo::faults;
use crate::mail::repo::faults::Fault;
use crate::mail::repo::faults::Stage;
use crate::mail::repo::faults::Try;
use crate::mail::repo::tally::Tally;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// Rows of one recovery.
const BATCH: u64 = 500;
/// What is said of a letter whose sender ended between the content and the answer.
pub const CUT_SHORT: &str = "its sender ended at work: it may have arrived";

/// Brings back what lies with senders that ended, and what waits for a second chance. What was not being
/// sent is free again; what was being sent may have arrived.
///
/// # Errors
/// When the database refuses.
pub async fn recover(ctx: &Ctx, shard: i32) -> Result<(), Failure> {
    ctx.db
        .write(async |tx| {
            let mut tally = Tally::default();
            free_claimed(tx, &mut tally).await?;
            doubt_sending(ctx, tx, &mut tally).await?;
            resend_unsure(tx, &mut tally).await?;
            tally.write(tx, shard).await?;
            Ok(())
        })
        .await
}

async fn abandoned(tx: &Tx, state: &str) -> Result<Vec<delivery::Model>, DbErr> {
    delivery::Entity::find()
        // Both: the first names the index of leased rows.
        .filter(Column::State.is_in(["claimed", "sending"]))
        .filter(Column::State.eq(state))
        .filter(Column::LeaseUntil.lt(tx.real_now()))
        .order_by_asc(Column::LeaseUntil)
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await
}

/// An update of rows that takes their leases away.
pub fn without_lease(update: UpdateMany<delivery::Entity>) -> UpdateMany<delivery::Entity> {
    update
        .col_expr(Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<Instant>))
}

fn ids<'a>(rows: impl Iterator<Item = &'a delivery::Model>) -> Vec<DeliveryId> {
    rows.map(|row| row.id).collect()
}

/// Where a row goes back to that was not tried.
pub fn unclaimed(attempts: i32) -> &'static str {
    if attempts == 0 { "queued" } else { "deferred" }
}

async fn free_claimed(tx: &Tx, tally: &mut Tally) -> Result<(), DbErr> {
    let rows = abandoned(tx, "claimed").await?;
    for state in ["queued", "deferred"] {
        let back = ids(rows.iter().filter(|row| unclaimed(row.attempts) == state));
        if back.is_empty() {
            continue;
        }
        without_lease(delivery::Entity::update_many())
            .col_expr(Column::State, Expr::value(state))
            .filter(Column::Id.is_in(back))
            .exec(tx)
            .await?;
    }
    for row in &rows {
        tally.shift(row.campaign_id, "claimed", unclaimed(row.attempts), 1);
    }
    Ok(())
}

async fn doubt_sending(ctx: &Ctx, tx: &Tx, tally: &mut Tally) -> Result<(), DbErr> {
    let rows = abandoned(tx, "sending").await?;
    if rows.is_empty() {
        return Ok(());
    }
    without_lease(delivery::Entity::update_many())
        .col_expr(Column::State, Expr::value("unsure"))
        .col_expr(Column::DueAt, Expr::value(tx.now()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Code, Expr::value(None::<i32>))
        .col_expr(Column::Reason, Expr::value(CUT_SHORT))
        .filter(Column::Id.is_in(ids(rows.iter())))
        .exec(tx)
        .await?;
    let fault = Fault::silent(Stage::Worker, CUT_SHORT);
    let log = rows.iter().map(|row| {
        let of = Try {
            delivery: row.id,
            campaign: row.campaign_id,
            n: row.attempts.saturating_add(1),
            relay: row.relay.clone(),
        };
        faults::logged(tx, ctx.ids.fresh(), of, &fault)
    });
    faults::log(tx, log.collect()).await?;
    for row in &rows {
        tracing::warn!(delivery = %row.id, "a message may have arrived: its sender ended at work");
        tally.shift(row.campaign_id, "sending", "unsure", 1);
    }
    Ok(())
}

/// Rather twice than never. Nothing more leaves of a cancelled campaign.
async fn resend_unsure(tx: &Tx, tally: &mut Tally) -> Result<(), DbErr> {
    let cancelled = Query::select()
        .column(mailing::Column::CampaignId)
        .from(mailing::Entity)
        .and_where(Expr::col(mailing::Column::State).eq("cancelled"))
        .to_owned();
    let of_others = Condition::any()
        .add(Column::CampaignId.is_null())
        .add(Column::CampaignId.not_in_subquery(cancelled));
    let rows = delivery::Entity::find()
        .filter(Column::State.eq("unsure"))
        .filter(Column::OnUnsure.eq("resend"))
        .filter(Column::DueAt.lte(tx.now()))
        .filter(of_others)
        .order_by_asc(Column::DueAt)
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value("queued"))
        .filter(Column::Id.is_in(ids(rows.iter())))
        .exec(tx)
        .await?;
    for row in &rows {
        tally.shift(row.campaign_id, "unsure", "queued", 1);
    }
    Ok(())
}
