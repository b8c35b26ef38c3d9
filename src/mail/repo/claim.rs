//! Claiming due deliveries under a lease. Leases live on real time, due times on the sandbox's.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::delivery;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail::repo::refusals;
use crate::mail::repo::refusals::Refusals;
use crate::mail::repo::refusals::Watches;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// A claimed row that is not being sent is free again after this.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(2);

/// What one claim took.
#[derive(Debug, Default)]
pub struct Claim {
    pub rows: Vec<delivery::Model>,
    /// Rows that ended here: refused by their recipients, or too late.
    pub settled: u64,
}

fn waits(now: Instant) -> Condition {
    Condition::all()
        .add(delivery::Column::State.is_in(["queued", "deferred"]))
        .add(delivery::Column::OnHold.eq(false))
        .add(delivery::Column::DueAt.lte(now))
}

fn abandoned(now: Instant) -> Condition {
    Condition::all()
        .add(delivery::Column::State.is_in(["claimed", "sending"]))
        .add(delivery::Column::OnHold.eq(false))
        .add(delivery::Column::LeaseUntil.lt(now))
}

/// Whether a claim may find something.
///
/// # Errors
/// When the database refuses.
pub async fn anything_due(ctx: &Ctx) -> Result<bool, DbErr> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    for which in [waits(now), abandoned(now)] {
        let found = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::Id)
            .filter(which)
            .limit(1)
            .into_tuple::<DeliveryId>()
            .one(&reader)
            .await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes up to `limit` rows: first those whose lease ended, then the due ones, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn claim(ctx: &Ctx, limit: u64) -> Result<Claim, Failure> {
    ctx.db
        .write(async |tx| Ok(claim_in(ctx, tx, limit).await?))
        .await
}

async fn claim_in(ctx: &Ctx, tx: &Tx, limit: u64) -> Result<Claim, DbErr> {
    refusals::take_turns(tx, false).await?;
    let mut rows = locked(
        tx,
        abandoned(tx.real_now()),
        delivery::Column::LeaseUntil,
        limit,
    )
    .await?;
    let rest = limit.saturating_sub(rows.len() as u64);
    rows.extend(locked(tx, waits(tx.now()), delivery::Column::DueAt, rest).await?);
    let watches = Watches::of(tx, &rows).await?;
    let refusals = Refusals::of(ctx, tx, &rows).await?;
    let mut late = Vec::new();
    let mut unwanted: HashMap<&'static str, Vec<DeliveryId>> = HashMap::new();
    let mut taken = Vec::new();
    for row in rows {
        if row.expires_at <= tx.now() {
            late.push(row.id);
        } else if let Some(reason) = refusals.reason(&row) {
            unwanted.entry(reason).or_default().push(row.id);
        } else {
            taken.push(row);
        }
    }
    settle(tx, &late, "failed", "expired before it could be sent").await?;
    for (reason, ids) in &unwanted {
        settle(tx, ids, "suppressed", reason).await?;
    }
    lease(ctx, tx, &mut taken).await?;
    watches.note(tx, &taken).await?;
    Ok(Claim {
        rows: taken,
        settled: (late.len() + unwanted.values().map(Vec::len).sum::<usize>()) as u64,
    })
}

async fn locked(
    tx: &Tx,
    which: Condition,
    order: delivery::Column,
    limit: u64,
) -> Result<Vec<delivery::Model>, DbErr> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    delivery::Entity::find()
        .filter(which)
        .order_by_asc(order)
        .order_by_asc(delivery::Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await
}

async fn settle(tx: &Tx, ids: &[DeliveryId], state: &str, reason: &str) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(state))
        .col_expr(delivery::Column::DoneAt, Expr::value(tx.now()))
        .col_expr(delivery::Column::Reason, Expr::value(reason))
        .col_expr(delivery::Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(delivery::Column::LeaseUntil, Expr::value(None::<Instant>))
        .filter(delivery::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// A row found `sending` may have arrived: its copy counts as a new try.
async fn lease(ctx: &Ctx, tx: &Tx, rows: &mut [delivery::Model]) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let token: Uuid = ctx.ids.fresh();
    let ids = |rows: &[&delivery::Model]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let unsure = ids(&rows
        .iter()
        .filter(|r| r.state == "sending")
        .collect::<Vec<_>>());
    let first = ids(&rows
        .iter()
        .filter(|r| r.first_try_at.is_none())
        .collect::<Vec<_>>());
    let all = ids(&rows.iter().collect::<Vec<_>>());
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value("claimed"))
        .col_expr(delivery::Column::LeaseToken, Expr::value(token))
        .col_expr(
            delivery::Column::LeaseUntil,
            Expr::value(tx.real_now().plus(CLAIM_LEASE)),
        )
        .filter(delivery::Column::Id.is_in(all))
        .exec(tx)
        .await?;
    if !first.is_empty() {
        delivery::Entity::update_many()
            .col_expr(delivery::Column::FirstTryAt, Expr::value(tx.now()))
            .filter(delivery::Column::Id.is_in(first))
            .exec(tx)
            .await?;
    }
    if !unsure.is_empty() {
        delivery::Entity::update_many()
            .col_expr(
                delivery::Column::Attempts,
                Expr::col(delivery::Column::Attempts).add(1),
            )
            .filter(delivery::Column::Id.is_in(unsure))
            .exec(tx)
            .await?;
    }
    for row in rows {
        row.attempts += i32::from(row.state == "sending");
        row.lease_token = Some(token);
        row.first_try_at.get_or_insert(tx.now());
        "claimed".clone_into(&mut row.state);
    }
    Ok(())
}
