//! Schedules on the `cron` crate: a table of lines, one fire per due instant, however many processes race.
//!
//! Lines are evaluated on wall-clock time, because the crate's iterator runs backwards over the end of
//! summer time: a time that does not exist fires at the first instant after the gap, one that exists
//! twice fires the first time.

use std::str::FromStr;

use chrono::DateTime;
use chrono::Datelike;
use chrono::LocalResult;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::Tz;
use entity::schedule;
use entity::schedule_fire;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::TryInsertResult;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::ScheduleId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::platform::queue;

/// A cron line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronRefused {
    #[error("a cron line has five fields: minute, hour, day of month, month, day of week")]
    Malformed,
    #[error("day of month and day of week cannot both be restricted")]
    TwoDays,
    #[error("this line does not fire within five years")]
    NeverFires,
    #[error("this line fires more often than every five minutes")]
    TooOften,
}

/// A cron line breaks a rule.
pub static INVALID_CRON: Kind =
    Kind::unprocessable("invalid_cron", "The cron line cannot be taken");

impl Refusal for CronRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Malformed | Self::TwoDays | Self::NeverFires | Self::TooOften => &INVALID_CRON,
        }
    }
}

/// A checked five-field cron line.
#[derive(Debug, Clone)]
pub struct CronLine(cron::Schedule);

impl CronLine {
    /// Takes a crontab line. Days of the week count as in crontab: 0 and 7 are Sunday, 1 is Monday.
    ///
    /// # Errors
    /// [`CronRefused`].
    pub fn parse(line: &str) -> Result<Self, CronRefused> {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(CronRefused::Malformed);
        };
        if line.len() > 100 {
            return Err(CronRefused::Malformed);
        }
        if !matches!(day, "*" | "?") && !matches!(weekday, "*" | "?") {
            return Err(CronRefused::TwoDays);
        }
        let weekday = weekday_names(weekday).ok_or(CronRefused::Malformed)?;
        let seconds_first = format!("0 {minute} {hour} {day} {month} {weekday}");
        cron::Schedule::from_str(&seconds_first)
            .map(Self)
            .map_err(|_| CronRefused::Malformed)
    }

    /// Refuses lines that never fire or fire more often than every five minutes.
    ///
    /// # Errors
    /// [`CronRefused`].
    pub fn check_pace(&self, zone: Tz, now: Instant) -> Result<(), CronRefused> {
        let first = self.next_after(zone, now).ok_or(CronRefused::NeverFires)?;
        if first > now.plus(TimeDelta::days(5 * 366)) {
            return Err(CronRefused::NeverFires);
        }
        let mut last = first;
        for _ in 0..60 {
            let Some(next) = self.next_after(zone, last) else {
                return Ok(());
            };
            if next.millis() - last.millis() < 300_000 {
                return Err(CronRefused::TooOften);
            }
            last = next;
        }
        Ok(())
    }

    /// The first fire strictly after `after`.
    pub fn next_after(&self, zone: Tz, after: Instant) -> Option<Instant> {
        // One hour earlier on the wall: after a fold, the wall time of `after` may still lie ahead.
        let wall = after.to_utc().with_timezone(&zone).naive_local() - TimeDelta::hours(2);
        self.0
            .after(&Utc.from_utc_datetime(&wall))
            .take_while(|at| at.year() < 2_200)
            .map(|wall| first_instant(zone, wall.naive_utc()))
            .find(|at| *at > after)
    }
}

/// Translates crontab's weekday numbers, of which the crate counts differently, into names.
fn weekday_names(field: &str) -> Option<String> {
    const NAMES: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let name = |word: &str| match word.parse::<usize>() {
        Ok(number) => NAMES.get(number).map(|n| (*n).to_owned()),
        Err(_) => Some(word.to_owned()),
    };
    let mut parts = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let mut words = Vec::new();
        for word in range.split('-') {
            words.push(name(word)?);
        }
        let range = words.join("-");
        parts.push(step.map_or(range.clone(), |step| format!("{range}/{step}")));
    }
    Some(parts.join(","))
}

/// The instant of a wall-clock time: the first of two, or the first after a gap.
pub fn first_instant(zone: Tz, wall: NaiveDateTime) -> Instant {
    let resolve = |at: DateTime<Tz>| Instant::from_utc(at.with_timezone(&Utc));
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => resolve(at),
        LocalResult::Ambiguous(first, _) => resolve(first),
        LocalResult::None => {
            // Gaps are whole minutes; the first minute that exists again ends the gap.
            (1..=180)
                .find_map(|minutes| {
                    zone.from_local_datetime(&(wall + TimeDelta::minutes(minutes)))
                        .earliest()
                })
                .map_or_else(|| Instant::from_utc(Utc.from_utc_datetime(&wall)), resolve)
        }
    }
}

/// A schedule of the service itself, kept in the table like those of alliances.
pub struct SystemSchedule {
    /// Unique name.
    pub name: &'static str,
    /// Five-field cron line, in UTC.
    pub line: &'static str,
    /// Kind of the job that each fire adds.
    pub job: &'static str,
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
                next_at: Set(line.next_after(Tz::UTC, tx.now())),
                last_at: Set(None),
            })
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
        .await
}

/// Fires every schedule that is due: once, for its newest missed instant. Answers the number of fires.
///
/// # Errors
/// When the database refuses.
pub async fn fire_due(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let due = schedule::Entity::find()
        .filter(schedule::Column::Enabled.eq(true))
        .filter(schedule::Column::NextAt.lte(now))
        .all(&reader)
        .await?;
    let mut fired = 0;
    for row in due {
        fired += ctx.db.write(async |tx| fire(ctx, tx, &row).await).await?;
    }
    Ok(fired)
}

async fn fire(ctx: &Ctx, tx: &Tx, row: &schedule::Model) -> Result<u64, Failure> {
    let Some(fire_at) = row.next_at.filter(|at| *at <= tx.now()) else {
        return Ok(0);
    };
    let line = CronLine::parse(&row.expr)?;
    let zone = row.time_zone.parse().unwrap_or(Tz::UTC);
    let won = claim_fire(ctx, tx, row.id, fire_at).await?;
    if won {
        let payload = serde_json::json!({ "schedule_id": row.id, "fire_at": fire_at, "payload": row.payload });
        queue::enqueue(tx, ctx.ids, &row.job, payload, tx.now()).await?;
    }
    schedule::Entity::update_many()
        .col_expr(
            schedule::Column::NextAt,
            Expr::value(line.next_after(zone, tx.now())),
        )
        .col_expr(schedule::Column::LastAt, Expr::value(fire_at))
        .filter(schedule::Column::Id.eq(row.id))
        .filter(schedule::Column::NextAt.eq(fire_at))
        .exec(tx)
        .await?;
    Ok(u64::from(won))
}

/// One of any number of processes wins the fire of an instant.
async fn claim_fire(ctx: &Ctx, tx: &Tx, id: ScheduleId, fire_at: Instant) -> Result<bool, Failure> {
    let outcome = schedule_fire::Entity::insert(schedule_fire::ActiveModel {
        schedule_id: Set(id),
        fire_at: Set(fire_at),
        claimed_by: Set(ctx.ids.fresh()),
        created_at: Set(tx.now()),
    })
    .on_conflict_do_nothing()
    .exec_without_returning(tx)
    .await?;
    Ok(matches!(outcome, TryInsertResult::Inserted(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(line: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
        let line = CronLine::parse(line).expect("a line");
        let mut at = Instant::parse(after).expect("an instant");
        (0..count)
            .map(|_| {
                at = line.next_after(zone, at).expect("fires");
                at.to_string()
            })
            .collect()
    }

    #[test]
    fn a_daily_line_fires_once_on_both_days_when_the_clocks_change() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(
            fires("30 2 * * *", berlin, "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]
        );
        assert_eq!(
            fires("30 2 * * *", berlin, "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]
        );
    }

    #[test]
    fn weekdays_count_as_in_crontab() {
        assert_eq!(
            fires("0 9 * * 1-5", Tz::UTC, "2026-11-20T10:00:00Z", 2),
            ["2026-11-23T09:00:00.000Z", "2026-11-24T09:00:00.000Z"]
        );
        assert_eq!(
            fires("0 9 * * 0", Tz::UTC, "2026-11-20T10:00:00Z", 1),
            ["2026-11-22T09:00:00.000Z"]
        );
    }

    #[test]
    fn lines_that_cannot_be_meant_are_refused() {
        let now = Instant::parse("2026-11-22T00:00:00Z").expect("an instant");
        let refused = |line: &str| {
            CronLine::parse(line)
                .and_then(|l| l.check_pace(Tz::UTC, now))
                .expect_err(line)
        };
        assert_eq!(refused("0 0 30 2 *"), CronRefused::NeverFires);
        assert_eq!(refused("0 0 1 * 1"), CronRefused::TwoDays);
        assert_eq!(refused("* * * * *"), CronRefused::TooOften);
        assert_eq!(refused("0 0 0 * * *"), CronRefused::Malformed);
        assert_eq!(refused("0 25 * * *"), CronRefused::Malformed);
    }
}
