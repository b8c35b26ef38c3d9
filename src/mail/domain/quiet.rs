//! Quiet hours: nobody is written to at night, by the clock of their own place.

use chrono::Days;
use chrono::NaiveTime;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Timelike;
use chrono_tz::Tz;

use crate::kernel::time::Instant;

/// Messages that waited for the morning leave over this time, not at once.
const SPREAD_MS: u64 = 15 * 60 * 1_000;

/// When a message may leave that is due `now`; `None`: at once. Quiet hours run from the minute `from` of
/// the day to the minute `to`, over midnight where `to` is smaller; equal ones are none. `spread` is any
/// number; it places the message within the quarter of an hour after the quiet hours.
pub fn allowed_at(now: Instant, zone: Tz, from: i32, to: i32, spread: u64) -> Option<Instant> {
    let local = now.to_utc().with_timezone(&zone);
    let minute = i32::try_from(local.num_seconds_from_midnight() / 60).unwrap_or(0);
    let quiet = if from <= to {
        (from..to).contains(&minute)
    } else {
        minute >= from || minute < to
    };
    if !quiet {
        return None;
    }
    let today = local.date_naive();
    let day = if minute < to {
        today
    } else {
        today.checked_add_days(Days::new(1))?
    };
    let seconds = u32::try_from(to).ok()?.checked_mul(60)?;
    let end = day.and_time(NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?);
    // A time that the clocks skip: an hour later it exists.
    let end = zone.from_local_datetime(&end).earliest().or_else(|| {
        zone.from_local_datetime(&(end + TimeDelta::hours(1)))
            .earliest()
    })?;
    let spread = i64::try_from(spread % SPREAD_MS).unwrap_or(0);
    Some(Instant::from_utc(end.to_utc()).plus(TimeDelta::milliseconds(spread)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).expect("a time")
    }

    #[test]
    fn the_night_of_the_recipient_is_quiet() {
        let (from, to) = (21 * 60, 8 * 60);
        let shanghai: Tz = "Asia/Shanghai".parse().expect("a zone");
        let berlin: Tz = "Europe/Berlin".parse().expect("a zone");
        for (now, zone, allowed) in [
            (
                "2026-11-25T15:00:00Z",
                shanghai,
                Some("2026-11-26T00:00:00Z"),
            ),
            (
                "2026-11-25T20:00:00Z",
                shanghai,
                Some("2026-11-26T00:00:00Z"),
            ),
            ("2026-11-25T02:00:00Z", shanghai, None),
            ("2026-11-25T15:00:00Z", berlin, None),
            ("2026-11-25T20:00:00Z", berlin, Some("2026-11-26T07:00:00Z")),
            ("2026-03-28T21:30:00Z", berlin, Some("2026-03-29T06:00:00Z")),
        ] {
            assert_eq!(
                allowed_at(at(now), zone, from, to, 0),
                allowed.map(at),
                "{now}"
            );
        }
    }

    #[test]
    fn the_morning_is_spread_over_a_quarter_of_an_hour() {
        let zone: Tz = "Asia/Shanghai".parse().expect("a zone");
        let now = at("2026-11-25T15:00:00Z");
        let last = allowed_at(now, zone, 1_260, 480, SPREAD_MS - 1).expect("later");
        assert_eq!(last, at("2026-11-26T00:14:59.999Z"));
        assert_eq!(allowed_at(now, zone, 480, 480, 0), None);
    }

    #[test]
    fn an_hour_that_the_clocks_skip_ends_the_quiet_after_it() {
        let zone: Tz = "Europe/Berlin".parse().expect("a zone");
        let allowed = allowed_at(at("2026-03-29T00:30:00Z"), zone, 0, 150, 0);
        assert_eq!(allowed, Some(at("2026-03-29T01:30:00Z")));
    }
}
