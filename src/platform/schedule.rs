//! Schedules: a table of cron lines, one fire per due time, however many processes race.
//!
//! A fire is one transaction: its row, the job that it adds, and the time of the next. Who is killed
//! before the commit has done nothing; afterwards the job is there. The row is keyed by the instant and
//! by the local minute, so that neither a second process nor new time zone rules fire it again.

use chrono::TimeDelta;
use chrono_tz::IANA_TZDB_VERSION;
use chrono_tz::Tz;
use entity::schedule;
use entity::schedule_fire;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;

use crate::kernel::ids::ScheduleId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::cron_line::CronLine;
use crate::platform::cron_line::Occurrence;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::platform::guard;
use crate::platform::journal;
use crate::platform::queue;

/// A fire that comes later than this was missed.
const ON_TIME: TimeDelta = TimeDelta::seconds(60);
/// Where the clocks of process and database differ by this, the log says so; and by this, nothing fires.
const SKEW_WARNS: TimeDelta = TimeDelta::seconds(2);
const SKEW_STOPS: TimeDelta = TimeDelta::seconds(60);
/// Schedules that one look takes.
const BATCH: u64 = 200;
/// The service's own housekeeping is caught up with after longer pauses.
const SYSTEM_LATE_S: i64 = 7 * 86_400;

crate::words! {
    /// What becomes of the newest missed fire; older ones are never made up for.
    pub enum Misfire {
        /// It is skipped as well.
        Skip = "skip",
        /// It is run, unless it is too late.
        Once = "once",
    }
}

crate::words! {
    /// What a fire was.
    pub enum FireOutcome {
        /// Its work was ordered.
        Ran = "ran",
        /// It was missed, and too late.
        Skipped = "skipped",
    }
}

/// How local minutes are stored.
const MINUTE: &str = "%Y-%m-%dT%H:%M";

/// A schedule of the service itself, kept in the table like those of alliances.
pub struct SystemSchedule {
    /// Unique name.
    pub name: &'static str,
    /// Five-field cron line, in UTC.
    pub line: &'static str,
    /// Kind of the job that each fire adds.
    pub job: &'static str,
}

/// What the job of a fire is told.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Fired {
    pub schedule_id: ScheduleId,
    pub fire_at: Instant,
    pub payload: serde_json::Value,
}

/// Makes sure that a schedule of the service exists.
///
/// # Errors
/// When the database refuses, or the line is no cron line.
pub async fn ensure(ctx: &Ctx, system: &SystemSchedule) -> Result<(), Failure> {
    let line = CronLine::parse(system.line)?;
    ctx.db
        .write(async |tx| {
            schedule::Entity::insert(schedule::ActiveModel {
                id: Set(ctx.ids.fresh()),
                alliance_id: Set(None),
                name: Set(system.name.to_owned()),
                expr: Set(system.line.to_owned()),
                time_zone: Set("UTC".to_owned()),
                job: Set(system.job.to_owned()),
                payload: Set(serde_json::json!({})),
                enabled: Set(true),
                next_at: Set(line.next_after(Tz::UTC, tx.now()).map(|fire| fire.at)),
                last_at: Set(None),
                misfire: Set(Misfire::Once.as_str().to_owned()),
                max_late_s: Set(SYSTEM_LATE_S),
                tzdb: Set(IANA_TZDB_VERSION.to_owned()),
                version: Set(1),
                created_by: Set(None),
                created_at: Set(Some(tx.now())),
                deleted_at: Set(None),
            })
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
        .await
}

/// Fires every schedule that is due, each in a transaction of its own. Answers the number of fires.
///
/// # Errors
/// When the database refuses.
pub async fn fire_due(ctx: &Ctx) -> Result<u64, Failure> {
    if !guard::clock_goes_on(ctx).await? {
        return Ok(0);
    }
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let due: Vec<ScheduleId> = schedule::Entity::find()
        .select_only()
        .column(schedule::Column::Id)
        .filter(schedule::Column::NextAt.lte(now))
        .order_by_asc(schedule::Column::NextAt)
        .limit(BATCH)
        .into_tuple()
        .all(&reader)
        .await?;
    let mut fired = 0;
    for id in due {
        fired += ctx.db.write(async |tx| fire(ctx, tx, id).await).await?;
    }
    Ok(fired)
}

/// Of rivals one holds the row; the others pass on and find it fired.
async fn fire(ctx: &Ctx, tx: &Tx, id: ScheduleId) -> Result<u64, Failure> {
    let row = schedule::Entity::find_by_id(id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx)
        .await?;
    let due = |row: &schedule::Model| row.enabled && row.next_at.is_some_and(|at| at <= tx.now());
    let Some(row) = row.filter(due) else {
        return Ok(0);
    };
    if is_skewed(ctx, tx) {
        return Ok(0);
    }
    let (Ok(line), Ok(zone)) = (CronLine::parse(&row.expr), row.time_zone.parse::<Tz>()) else {
        tracing::error!(schedule = %id, line = row.expr, zone = row.time_zone, "a schedule cannot be read");
        set_next(tx, &row, None, None).await?;
        return Ok(0);
    };
    let first = row.next_at.unwrap_or(tx.now());
    let Some(newest) = line.newest(zone, first, tx.now()) else {
        // The rules of the zone changed under a stored instant.
        let next = line.next_after(zone, tx.now()).map(|fire| fire.at);
        set_next(tx, &row, next, None).await?;
        return Ok(0);
    };
    let late = TimeDelta::milliseconds(tx.now().millis() - newest.at.millis());
    let runs = late < ON_TIME
        || (row.misfire == Misfire::Once.as_str() && late.num_seconds() <= row.max_late_s);
    let outcome = if runs {
        FireOutcome::Ran
    } else {
        FireOutcome::Skipped
    };
    let won = claim(ctx, tx, id, newest, outcome).await?;
    if won && runs {
        let fired = Fired {
            schedule_id: id,
            fire_at: newest.at,
            payload: row.payload.clone(),
        };
        let fired = serde_json::to_value(fired).map_err(anyhow::Error::from)?;
        queue::enqueue(tx, ctx.ids, &row.job, fired, tx.now()).await?;
    }
    let next = line.next_after(zone, tx.now()).map(|fire| fire.at);
    set_next(tx, &row, next, Some(newest.at)).await?;
    Ok(u64::from(won))
}

/// On PostgreSQL several machines share the work. Where this one's clock is far from the database's,
/// something is wrong that a mailing would only make worse.
fn is_skewed(ctx: &Ctx, tx: &Tx) -> bool {
    if !tx.is_postgres() {
        return false;
    }
    let apart = (ctx.clock.now().millis() - tx.real_now().millis()).abs();
    let apart = TimeDelta::milliseconds(apart);
    if apart >= SKEW_STOPS {
        tracing::error!(
            seconds = apart.num_seconds(),
            "schedules rest: the clocks of process and database differ"
        );
        return true;
    }
    if apart >= SKEW_WARNS {
        tracing::warn!(
            seconds = apart.num_seconds(),
            "the clocks of process and database differ"
        );
    }
    false
}

async fn claim(
    ctx: &Ctx,
    tx: &Tx,
    id: ScheduleId,
    fire: Occurrence,
    outcome: FireOutcome,
) -> Result<bool, Failure> {
    let inserted = schedule_fire::Entity::insert(schedule_fire::ActiveModel {
        schedule_id: Set(id),
        fire_at: Set(fire.at),
        claimed_by: Set(ctx.ids.fresh()),
        created_at: Set(tx.now()),
        local_minute: Set(Some(fire.wall.format(MINUTE).to_string())),
        outcome: Set(outcome.as_str().to_owned()),
        campaign_id: Set(None),
        result: Set(None),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Without a next time, the schedule rests.
async fn set_next(
    tx: &Tx,
    row: &schedule::Model,
    next: Option<Instant>,
    last: Option<Instant>,
) -> Result<(), Failure> {
    let mut update = schedule::Entity::update_many()
        .col_expr(schedule::Column::NextAt, Expr::value(next))
        .col_expr(schedule::Column::Tzdb, Expr::value(IANA_TZDB_VERSION));
    if last.is_some() {
        update = update.col_expr(schedule::Column::LastAt, Expr::value(last));
    }
    update
        .filter(schedule::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Computes anew when the schedules fire next. Answers how many instants moved.
///
/// # Errors
/// When the database refuses.
pub async fn recompute(ctx: &Ctx) -> Result<u64, Failure> {
    let rows = schedule::Entity::find()
        .filter(schedule::Column::NextAt.is_not_null())
        .order_by_asc(schedule::Column::Id)
        .all(&ctx.db.reader())
        .await?;
    let mut moved = 0;
    for row in rows {
        moved += ctx
            .db
            .write(async |tx| retime(ctx, tx, row.id).await)
            .await?;
    }
    Ok(moved)
}

async fn retime(ctx: &Ctx, tx: &Tx, id: ScheduleId) -> Result<u64, Failure> {
    let row = schedule::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?;
    // What is due already is for the next look.
    let ahead = |row: &schedule::Model| row.next_at.is_some_and(|at| at > tx.now());
    let Some(row) = row.filter(ahead) else {
        return Ok(0);
    };
    let (Ok(line), Ok(zone)) = (CronLine::parse(&row.expr), row.time_zone.parse::<Tz>()) else {
        return Ok(0);
    };
    let next = line.next_after(zone, tx.now()).map(|fire| fire.at);
    if next == row.next_at {
        return Ok(0);
    }
    set_next(tx, &row, next, None).await?;
    let entry = journal::Entry {
        alliance: row.alliance_id,
        actor: &crate::kernel::caller::Caller::System,
        action: "schedule.recomputed",
        object: id.0,
        data: serde_json::json!({ "from": row.next_at, "to": next, "tzdb": IANA_TZDB_VERSION }),
        request_id: "recompute_times",
    };
    journal::record(tx, ctx.ids, entry).await?;
    Ok(1)
}
