//! Cron lines of five fields, evaluated on wall-clock time.
//!
//! The `cron` crate counts weekdays from Sunday = 1, and its iterator runs backwards over the end of
//! summer time. So weekdays are given to it by name, and it never sees a zone: it walks the wall clock,
//! and each time that it finds is then read as an instant. A time that the clocks skip fires at the
//! first instant after the gap, one that comes twice fires the first time.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::DateTime;
use chrono::LocalResult;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::GapInfo;
use chrono_tz::Tz;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::time::Instant;

/// Longest line, in characters.
pub const MOST_CHARACTERS: usize = 100;
/// A line has to fire within this many days.
const WITHIN_DAYS: i64 = 366;
/// Least time between two fires of an alliance's line.
pub const LEAST_PACE: TimeDelta = TimeDelta::minutes(5);
/// Fires whose distances are looked at: more than a day of the densest line, and years of a thin one.
const PACED: usize = 3_000;

/// A cron line that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronRefused {
    /// It is no line of five fields, or too long.
    #[error(
        "A cron line has five fields of numbers, names, lists, ranges and steps: minute, hour, day of month, month, day of week; at most {MOST_CHARACTERS} characters."
    )]
    Malformed,
    /// Crontabs read two restricted fields as either of them, people as both.
    #[error("Day of month and day of week cannot both be restricted: leave one of them '*'.")]
    TwoDays,
    /// Such as 30 February.
    #[error("This line does not fire within {WITHIN_DAYS} days.")]
    NeverFires,
    /// It would mail people day and night.
    #[error("This line fires {seconds} s after the fire before; at least {} s are needed.", LEAST_PACE.num_seconds())]
    TooOften { seconds: i64 },
}

/// A cron line cannot be read.
pub static INVALID_CRON: Kind = Kind::unprocessable("invalid_cron", "The cron line cannot be read");
/// A cron line restricts two fields that contradict each other.
pub static CRON_TWO_DAYS: Kind =
    Kind::unprocessable("cron_two_days", "The cron line names two kinds of days");
/// A cron line fires never, or too rarely.
pub static CRON_NEVER_FIRES: Kind = Kind::unprocessable(
    "cron_never_fires",
    "The cron line does not fire within a year",
);
/// A cron line fires too often.
pub static CRON_TOO_OFTEN: Kind =
    Kind::unprocessable("cron_too_often", "The cron line fires too often");

impl Refusal for CronRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Malformed => &INVALID_CRON,
            Self::TwoDays => &CRON_TWO_DAYS,
            Self::NeverFires => &CRON_NEVER_FIRES,
            Self::TooOften { .. } => &CRON_TOO_OFTEN,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts = match self {
            Self::Malformed => json!({ "max_characters": MOST_CHARACTERS }),
            Self::TwoDays => json!({}),
            Self::NeverFires => json!({ "within_days": WITHIN_DAYS }),
            Self::TooOften { seconds } => {
                json!({ "seconds": seconds, "least_seconds": LEAST_PACE.num_seconds() })
            }
        };
        facts.as_object().cloned().unwrap_or_default()
    }
}

/// One fire of a line: what the clocks on the wall show, and when that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Local time that the line names; with the schedule it is the key of the fire.
    pub wall: NaiveDateTime,
    /// When it fires.
    pub at: Instant,
}

/// A checked five-field cron line.
#[derive(Debug, Clone)]
pub struct CronLine(cron::Schedule);

impl CronLine {
    /// Takes a crontab line. Days of the week count as in crontab: 0 and 7 are Sunday, 1 is Monday.
    ///
    /// # Errors
    /// [`CronRefused::Malformed`] and [`CronRefused::TwoDays`].
    pub fn parse(line: &str) -> Result<Self, CronRefused> {
        if line.chars().count() > MOST_CHARACTERS {
            return Err(CronRefused::Malformed);
        }
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(CronRefused::Malformed);
        };
        let steps_by_zero = |field: &&str| {
            field
                .split('/')
                .skip(1)
                .any(|step| step.trim_start_matches('0').split(',').next() == Some(""))
        };
        if fields.iter().any(steps_by_zero) {
            return Err(CronRefused::Malformed);
        }
        let is_any = |field: &str| matches!(field, "*" | "?");
        if !is_any(day) && !is_any(weekday) {
            return Err(CronRefused::TwoDays);
        }
        let weekday = weekdays(weekday).ok_or(CronRefused::Malformed)?;
        let seconds_first = format!("0 {minute} {hour} {day} {month} {weekday}");
        cron::Schedule::from_str(&seconds_first)
            .map(Self)
            .map_err(|_| CronRefused::Malformed)
    }

    /// Refuses lines that fire too rarely or, unless `any_pace`, too often. Distances are those on the
    /// wall: a gap may bring two fires nearer once a year.
    ///
    /// # Errors
    /// [`CronRefused::NeverFires`] and [`CronRefused::TooOften`].
    pub fn check_pace(&self, zone: Tz, now: Instant, any_pace: bool) -> Result<(), CronRefused> {
        let wall = local(zone, now);
        let mut walls = self.walls_after(wall);
        let end = wall + TimeDelta::days(WITHIN_DAYS);
        let first = walls.next().filter(|first| *first <= end);
        let mut last = first.ok_or(CronRefused::NeverFires)?;
        if any_pace {
            return Ok(());
        }
        for next in walls.take(PACED) {
            if next - last < LEAST_PACE {
                let seconds = (next - last).num_seconds();
                return Err(CronRefused::TooOften { seconds });
            }
            last = next;
        }
        Ok(())
    }

    /// The wall times that the line names after `wall`, ascending.
    fn walls_after(&self, wall: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + '_ {
        self.0
            .after_owned(Utc.from_utc_datetime(&wall))
            .map(|at| at.naive_utc())
    }

    /// The first fire strictly after `after`. Reading walls as instants keeps their order, so the walk
    /// may begin at the wall time of `after`.
    pub fn next_after(&self, zone: Tz, after: Instant) -> Option<Occurrence> {
        self.walls_after(local(zone, after))
            .map(|wall| Occurrence {
                wall,
                at: first_instant(zone, wall),
            })
            .find(|fire| fire.at > after)
    }

    /// The newest fire from `first` to `now`, both included: of those that were missed, the one that
    /// may still make sense. Looks back in growing steps, so that years of downtime cost little.
    pub fn newest(&self, zone: Tz, first: Instant, now: Instant) -> Option<Occurrence> {
        let first = first.plus(-TimeDelta::milliseconds(1));
        for hours in [1, 24, 24 * 7, 24 * 31, 24 * 366, 24 * 366 * 8] {
            let since = now.plus(-TimeDelta::hours(hours));
            let mut newest = None;
            let mut after = since.max(first);
            while let Some(fire) = self.next_after(zone, after).filter(|fire| fire.at <= now) {
                newest = Some(fire);
                after = fire.at;
            }
            if newest.is_some() || since <= first {
                return newest;
            }
        }
        None
    }
}

fn local(zone: Tz, at: Instant) -> NaiveDateTime {
    at.to_utc().with_timezone(&zone).naive_local()
}

/// Translates crontab's weekdays, ranges and steps into a list of names, which the crate cannot misread.
fn weekdays(field: &str) -> Option<String> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    if matches!(field, "*" | "?") {
        return Some("*".to_owned());
    }
    let number = |word: &str| -> Option<usize> {
        let named = NAMES.iter().position(|n| n.eq_ignore_ascii_case(word));
        let plain = word.bytes().all(|b| b.is_ascii_digit());
        named.or_else(|| word.parse().ok().filter(|n| plain && *n <= 7))
    };
    let mut days = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|s| (1..=7).contains(s))?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None if range == "*" => (0, 6),
            // A single day has no steps.
            None if part.contains('/') => return None,
            None => (number(range)?, number(range)?),
        };
        // From Friday to Sunday, and from Saturday to Monday: the week goes round.
        let to = if to < from { to + 7 } else { to };
        days.extend((from..=to).step_by(step).map(|day| day % 7));
    }
    let names: Vec<&str> = days.into_iter().map(|day| NAMES[day]).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// The instant of a wall-clock time: the first of two, or the first after a gap.
pub fn first_instant(zone: Tz, wall: NaiveDateTime) -> Instant {
    let resolve = |at: DateTime<Tz>| Instant::from_utc(at.with_timezone(&Utc));
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => resolve(at),
        LocalResult::None => GapInfo::new(&wall, &zone)
            .and_then(|gap| gap.end)
            .map_or_else(|| Instant::from_utc(Utc.from_utc_datetime(&wall)), resolve),
    }
}

#[cfg(test)]
mod tests;
