//! Claiming due deliveries under a lease, lane by lane. Leases live on real time, due times on the sandbox's.

use std::collections::BTreeMap;
use std::collections::HashMap;

use chrono::TimeDelta;
use entity::bucket;
use entity::delivery;
use entity::delivery::Column;
use entity::mailing;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;
use sea_orm::sea_query::OnConflict;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail::domain::quiet;
use crate::mail::domain::receiver;
use crate::mail::repo::gates::Gates;
use crate::mail::repo::lanes;
use crate::mail::repo::lanes::Lane;
use crate::mail::repo::refusals;
use crate::mail::repo::refusals::Refusals;
use crate::mail::repo::refusals::Watches;
use crate::mail::repo::tally::Tally;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// A claimed row that is not being sent is free again after this.
const CLAIM_LEASE: TimeDelta = TimeDelta::minutes(2);

/// So many letters of a lane.
#[derive(Debug, Clone)]
pub struct Wish {
    pub lane: Lane,
    pub count: u64,
}

/// What one claim took.
#[derive(Debug, Default)]
pub struct Claim {
    pub rows: Vec<delivery::Model>,
    /// Rows that ended here: refused by their recipients, or too late.
    pub settled: u64,
    /// Rows whose time comes later than it was.
    pub put_off: u64,
}

/// Takes due rows, oldest first in each lane.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    ctx: &Ctx,
    wishes: &[Wish],
    gates: &Gates,
    shard: i32,
) -> Result<Claim, Failure> {
    ctx.db
        .write(async |tx| {
            refusals::take_turns(tx, false).await?;
            let mut claim = Claim::default();
            let mut tally = Tally::default();
            for wish in wishes {
                take(ctx, tx, wish, gates, &mut claim, &mut tally).await?;
            }
            lease(ctx, tx, &mut claim.rows, &mut tally).await?;
            tally.write(tx, shard).await?;
            Ok(claim)
        })
        .await
}

/// Due rows of a lane that nobody else is at, locked.
async fn due(tx: &Tx, wish: &Wish) -> Result<Vec<delivery::Model>, DbErr> {
    lanes::waiting(wish.lane.campaign())
        .filter(Column::DomainGroup.eq(wish.lane.group.as_str()))
        .filter(Column::DueAt.lte(tx.now()))
        .order_by_asc(Column::DueAt)
        .limit(wish.count)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await
}

async fn take(
    ctx: &Ctx,
    tx: &Tx,
    wish: &Wish,
    gates: &Gates,
    claim: &mut Claim,
    tally: &mut Tally,
) -> Result<(), DbErr> {
    let mut kept_until = None;
    if let Some(campaign) = wish.lane.campaign() {
        // Who pauses the campaign waits for this claim, and takes its rows back.
        let open = mailing::Entity::find_by_id(campaign)
            .filter(mailing::Column::State.eq("open"))
            .lock_shared()
            .one(tx)
            .await?;
        let Some(open) = open else {
            return Ok(());
        };
        kept_until = open.keep_until;
    }
    let rows = due(tx, wish).await?;
    let watches = Watches::of(tx, &rows).await?;
    let refusals = Refusals::of(ctx, tx, &rows).await?;
    let mut late = Vec::new();
    let mut unwanted: HashMap<&'static str, Vec<delivery::Model>> = HashMap::new();
    let mut later: BTreeMap<Instant, Vec<DeliveryId>> = BTreeMap::new();
    let mut taken = Vec::new();
    for mut row in rows {
        if let Some(until) = kept_until {
            row.expires_at = std::cmp::max(row.expires_at, until);
        }
        if row.expires_at <= tx.now() {
            late.push(row);
        } else if let Some(reason) = refusals.reason(&row) {
            unwanted.entry(reason).or_default().push(row);
        } else if let Some(until) = waits_until(tx, &wish.lane, gates, &row) {
            later.entry(until).or_default().push(row.id);
        } else {
            taken.push(row);
        }
    }
    within_day(ctx, tx, &wish.lane, &mut taken, &mut later).await?;
    watches.note(tx, &taken).await?;
    claim.settled += late.len() as u64;
    settle(
        tx,
        &late,
        "failed",
        "expired before it could be sent",
        tally,
    )
    .await?;
    for (reason, rows) in &unwanted {
        claim.settled += rows.len() as u64;
        settle(tx, rows, "suppressed", reason, tally).await?;
    }
    for (until, ids) in later {
        claim.put_off += ids.len() as u64;
        put_off(tx, ids, until).await?;
    }
    claim.rows.extend(taken);
    Ok(())
}

/// When a due row may be sent, where that is not now: its receiver is left alone, or it is night there.
fn waits_until(tx: &Tx, lane: &Lane, gates: &Gates, row: &delivery::Model) -> Option<Instant> {
    if !gates.is_empty() {
        let receiver = receiver::name_of(&row.domain_group, &row.to_email);
        if let Some(until) = gates.closed_until(&receiver, tx.now()) {
            return Some(until);
        }
    }
    let mailing = lane.mailing.as_ref()?;
    let (from, to) = (mailing.quiet_from?, mailing.quiet_to?);
    let zone = row.zone.as_ref()?.parse().ok()?;
    // The last bytes of an id are random.
    let spread = u64::from_be_bytes(*row.id.0.as_bytes().last_chunk::<8>()?);
    // Steps of a quarter of a minute, so that a few updates move many rows.
    quiet::allowed_at(tx.now(), zone, from, to, spread / 15_000 * 15_000)
}

/// Leaves as many as the alliance may send today.
async fn within_day(
    ctx: &Ctx,
    tx: &Tx,
    lane: &Lane,
    taken: &mut Vec<delivery::Model>,
    later: &mut BTreeMap<Instant, Vec<DeliveryId>>,
) -> Result<(), DbErr> {
    let alliance = lane.mailing.as_ref().and_then(|m| m.alliance_id);
    let (Some(limit), Some(alliance)) = (ctx.settings.delivery.alliance_per_day, alliance) else {
        return Ok(());
    };
    if taken.is_empty() {
        return Ok(());
    }
    let key = format!("day:{alliance}:{}", tx.now().to_utc().date_naive());
    let row = bucket::ActiveModel {
        key: Set(key.clone()),
        tokens: Set(i64::from(limit)),
        at: Set(tx.now()),
    };
    bucket::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let left = bucket::Entity::find_by_id(key.clone())
        .lock_exclusive()
        .one(tx)
        .await?
        .map_or(0, |row| row.tokens);
    let left = usize::try_from(left).unwrap_or(0).min(taken.len());
    let beyond = taken.split_off(left);
    if !beyond.is_empty() {
        later
            .entry(lanes::next_day(tx.now()))
            .or_default()
            .extend(beyond.iter().map(|row| row.id));
    }
    bucket::Entity::update_many()
        .col_expr(
            bucket::Column::Tokens,
            Expr::col(bucket::Column::Tokens).sub(i64::try_from(left).unwrap_or(0)),
        )
        .filter(bucket::Column::Key.eq(key))
        .exec(tx)
        .await?;
    Ok(())
}

async fn put_off(tx: &Tx, ids: Vec<DeliveryId>, until: Instant) -> Result<(), DbErr> {
    delivery::Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(until))
        .filter(Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(())
}

async fn settle(
    tx: &Tx,
    rows: &[delivery::Model],
    state: &str,
    reason: &str,
    tally: &mut Tally,
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    for row in rows {
        tally.shift(row.campaign_id, &row.state, state, 1);
    }
    delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::DoneAt, Expr::value(tx.now()))
        .col_expr(Column::Reason, Expr::value(reason))
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    Ok(())
}

async fn lease(
    ctx: &Ctx,
    tx: &Tx,
    rows: &mut [delivery::Model],
    tally: &mut Tally,
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let token: Uuid = ctx.ids.fresh();
    delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value("claimed"))
        .col_expr(Column::LeaseToken, Expr::value(token))
        .col_expr(
            Column::LeaseUntil,
            Expr::value(tx.real_now().plus(CLAIM_LEASE)),
        )
        .col_expr(
            Column::FirstTryAt,
            Expr::col(Column::FirstTryAt).if_null(tx.now()),
        )
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    for row in rows {
        tally.shift(row.campaign_id, &row.state, "claimed", 1);
        row.lease_token = Some(token);
        row.first_try_at.get_or_insert(tx.now());
        "claimed".clone_into(&mut row.state);
    }
    Ok(())
}
