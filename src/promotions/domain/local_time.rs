//! From local wall time to instants. A local time that a change of the clocks skips is moved
//! forward by the gap; one that comes twice means the first. Gaps need not be an hour.

use crate::promotions::domain::refusal::CalendarRefused;
use crate::words;
use chrono::DateTime;
use chrono::Days;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::Offset;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::GapInfo;
use chrono_tz::Tz;

words! {
    /// How a local time reads on the zone's clocks.
    pub enum Reading {
        /// Exactly once.
        Normal = "normal",
        /// Never: the clocks jump over it.
        Gap = "gap",
        /// Twice: the clocks come back to it.
        Fold = "fold",
    }
}

/// Parses the IANA name of a time zone.
///
/// # Errors
/// `TimeZoneUnknown`.
pub fn zone(name: &str) -> Result<Tz, CalendarRefused> {
    name.parse().map_err(|_| CalendarRefused::TimeZoneUnknown {
        zone: name.to_owned(),
    })
}

/// The instant of a local time in a zone, and how it was read.
///
/// # Errors
/// `TimeOutOfRange` at the ends of the calendar.
pub fn instant(local: NaiveDateTime, tz: Tz) -> Result<(DateTime<Utc>, Reading), CalendarRefused> {
    match tz.from_local_datetime(&local) {
        chrono::LocalResult::Single(at) => Ok((at.with_timezone(&Utc), Reading::Normal)),
        chrono::LocalResult::Ambiguous(first, _) => Ok((first.with_timezone(&Utc), Reading::Fold)),
        chrono::LocalResult::None => after_gap(local, tz)
            .map(|at| (at, Reading::Gap))
            .ok_or_else(|| out_of_range(local)),
    }
}

/// Reading a skipped time by the offset before the gap moves it forward by the gap.
fn after_gap(local: NaiveDateTime, tz: Tz) -> Option<DateTime<Utc>> {
    let (_, before) = GapInfo::new(&local, &tz)?.begin?;
    local
        .checked_sub_offset(before.fix())
        .map(|utc| utc.and_utc())
}

/// From local midnight to local midnight `days` later, half-open: 23 or 25 hours a day where the
/// clocks change.
///
/// # Errors
/// `TimeOutOfRange` at the ends of the calendar.
pub fn all_day(
    date: NaiveDate,
    days: u32,
    tz: Tz,
) -> Result<(DateTime<Utc>, DateTime<Utc>), CalendarRefused> {
    let start = date.and_time(NaiveTime::MIN);
    let end = start
        .checked_add_days(Days::new(u64::from(days)))
        .ok_or_else(|| out_of_range(start))?;
    Ok((instant(start, tz)?.0, instant(end, tz)?.0))
}

/// The refusal of a local time without an instant.
pub(super) fn out_of_range(local: NaiveDateTime) -> CalendarRefused {
    CalendarRefused::TimeOutOfRange {
        time: local.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::vectors;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn every_local_time_has_its_published_instant() {
        for case in vectors::cases("local_to_utc") {
            let given = &case["given"];
            let tz = zone(given["tz"].as_str().expect("a zone")).expect("known");
            let local = given["local"]
                .as_str()
                .expect("a time")
                .parse()
                .expect("a time");
            let (utc, reading) = instant(local, tz).expect("in range");
            assert_eq!(
                case["expect"],
                json!({"utc": utc, "kind": reading}),
                "{}",
                case["id"]
            );
        }
    }

    #[test]
    fn every_all_day_window_is_as_long_as_published() {
        for case in vectors::cases("all_day") {
            let given = &case["given"];
            let tz = zone(given["tz"].as_str().expect("a zone")).expect("known");
            let date = given["date"]
                .as_str()
                .expect("a date")
                .parse()
                .expect("a date");
            let days = u32::try_from(given["days"].as_u64().expect("days")).expect("few");
            let (start, end) = all_day(date, days, tz).expect("in range");
            let found = json!({"start": start, "end": end, "seconds": (end - start).num_seconds()});
            assert_eq!(case["expect"], found, "{}", case["id"]);
        }
    }

    #[test]
    fn a_whole_skipped_day_is_shifted_by_a_day() {
        let apia = zone("Pacific/Apia").expect("known");
        let skipped = "2011-12-30T12:00:00".parse().expect("a time");
        let (utc, reading) = instant(skipped, apia).expect("in range");
        assert_eq!(reading, Reading::Gap);
        assert_eq!(
            utc.with_timezone(&apia).naive_local().to_string(),
            "2011-12-31 12:00:00"
        );
    }

    proptest! {
        #[test]
        fn an_instant_reads_back_as_its_local_time_unless_skipped(
            minutes in 0_i64..20_000_000,
            zone_index in 0_usize..6,
        ) {
            let names = ["Europe/London", "America/New_York", "Australia/Lord_Howe",
                "America/Santiago", "Asia/Shanghai", "Africa/Casablanca"];
            let tz = zone(names[zone_index]).expect("known");
            let epoch: NaiveDateTime = "2000-01-01T00:00:00".parse().expect("a time");
            let local = epoch + chrono::TimeDelta::minutes(minutes);
            let (utc, reading) = instant(local, tz).expect("in range");
            let back = utc.with_timezone(&tz).naive_local();
            if reading == Reading::Gap {
                prop_assert!(back > local);
            } else {
                prop_assert_eq!(back, local);
            }
        }
    }
}
