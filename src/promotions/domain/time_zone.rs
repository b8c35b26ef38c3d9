//! A time zone as iCalendar wants it told: each change of the clocks in some years, written out.
//!
//! The changes come from the same database of time zones as the stored instants, so that a calendar
//! program shows what the service does.

use chrono::DateTime;
use chrono::Datelike;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::Offset;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::OffsetComponents;
use chrono_tz::OffsetName;
use chrono_tz::Tz;

use crate::promotions::domain::ics;

/// How the clocks stand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Clocks {
    /// Seconds ahead of UTC.
    offset: i32,
    summer: bool,
    name: Option<String>,
}

fn clocks(tz: Tz, at: NaiveDateTime) -> Clocks {
    let offset = tz.offset_from_utc_datetime(&at);
    Clocks {
        offset: offset.fix().local_minus_utc(),
        summer: offset.dst_offset() > TimeDelta::zero(),
        name: offset.abbreviation().map(str::to_owned),
    }
}

/// Appends the `VTIMEZONE` of a zone for local times from `first` to `last`.
pub fn write(out: &mut String, tz: Tz, first: NaiveDateTime, last: NaiveDateTime) {
    let (Some(begin), Some(end)) = (
        NaiveDate::from_ymd_opt(first.year() - 1, 1, 1),
        NaiveDate::from_ymd_opt(last.year() + 2, 1, 1),
    ) else {
        return;
    };
    let (begin, end) = (
        begin.and_time(chrono::NaiveTime::MIN),
        end.and_time(chrono::NaiveTime::MIN),
    );
    ics::fold_into(out, "BEGIN:VTIMEZONE");
    ics::fold_into(out, &format!("TZID:{}", tz.name()));
    let mut now = clocks(tz, begin);
    observance(out, begin, &now, &now);
    let mut at = begin;
    while at < end {
        let next = at + TimeDelta::days(1);
        let then = clocks(tz, next);
        if then != now {
            observance(out, turn(tz, at, next, &now), &now, &then);
            now = then;
        }
        at = next;
    }
    ics::fold_into(out, "END:VTIMEZONE");
}

/// The first second of UTC after `at` at which the clocks no longer stand as `now`; they change once
/// until `next`.
fn turn(tz: Tz, at: NaiveDateTime, next: NaiveDateTime, now: &Clocks) -> NaiveDateTime {
    let (mut before, mut after) = (at, next);
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if clocks(tz, middle) == *now {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// One change of the clocks: it begins at the local time that the old clocks show.
fn observance(out: &mut String, at: NaiveDateTime, old: &Clocks, new: &Clocks) {
    let kind = if new.summer { "DAYLIGHT" } else { "STANDARD" };
    let local = at + TimeDelta::seconds(i64::from(old.offset));
    ics::fold_into(out, &format!("BEGIN:{kind}"));
    ics::fold_into(out, &format!("DTSTART:{}", local.format("%Y%m%dT%H%M%S")));
    ics::fold_into(out, &format!("TZOFFSETFROM:{}", offset(old.offset)));
    ics::fold_into(out, &format!("TZOFFSETTO:{}", offset(new.offset)));
    if let Some(name) = &new.name {
        ics::fold_into(out, &format!("TZNAME:{}", ics::escape(name)));
    }
    ics::fold_into(out, &format!("END:{kind}"));
}

/// `+0800`, with seconds where there are any.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

/// An instant as iCalendar writes it.
pub fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tz: Tz, day: &str) -> String {
        let at = format!("{day}T12:00:00").parse().expect("a time");
        let mut out = String::new();
        write(&mut out, tz, at, at);
        out
    }

    #[test]
    fn every_change_of_the_clocks_is_written_out() {
        let berlin = told(chrono_tz::Europe::Berlin, "2026-06-01");
        assert!(berlin.contains(
            "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n"
        ), "{berlin}");
        assert!(berlin.contains(
            "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"
        ), "{berlin}");
        assert_eq!(
            berlin.matches("BEGIN:DAYLIGHT").count(),
            3,
            "a year on each side"
        );
    }

    #[test]
    fn a_zone_without_changes_has_one_observance() {
        let shanghai = told(chrono_tz::Asia::Shanghai, "2026-06-01");
        assert_eq!(shanghai.matches("BEGIN:STANDARD").count(), 1);
        assert!(shanghai.contains("TZOFFSETTO:+0800"));
    }

    #[test]
    fn lord_howe_moves_by_half_an_hour() {
        let howe = told(chrono_tz::Australia::Lord_Howe, "2026-06-01");
        assert!(
            howe.contains("TZOFFSETFROM:+1100\r\nTZOFFSETTO:+1030"),
            "{howe}"
        );
        assert!(
            howe.contains("TZOFFSETFROM:+1030\r\nTZOFFSETTO:+1100"),
            "{howe}"
        );
    }
}
