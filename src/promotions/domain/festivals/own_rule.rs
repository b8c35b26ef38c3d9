//! The dates of an alliance's own rules, and what makes a rule unusable.

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono::Weekday;

use crate::kernel::problem::FieldError;
use crate::promotions::domain::festivals::catalogue;
use crate::promotions::domain::festivals::occurrences;
use crate::promotions::domain::festivals::own::DayOfWeek;
use crate::promotions::domain::festivals::own::Missing;
use crate::promotions::domain::festivals::own::OwnFestival;
use crate::promotions::domain::festivals::own::OwnRule;
use crate::promotions::domain::festivals::own::TABLE_MAX;
use crate::promotions::domain::festivals::rule::Rule;

/// Furthest offset from a festival, either way.
const OFFSET_MAX: i64 = 366;

/// The dates of a rule from `from` to `to`, both inclusive, ascending.
pub(super) fn dates(rule: &OwnRule, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let known = match rule {
        OwnRule::Gregorian { month, day } => Rule::Gregorian {
            month: *month,
            day: *day,
        },
        OwnRule::NthWeekday { month, weekday, n } => Rule::NthWeekday {
            month: *month,
            weekday: on(*weekday),
            n: *n,
        },
        OwnRule::Lunar {
            calendar,
            month,
            day,
        } => Rule::Lunar {
            calendar: *calendar,
            month: *month,
            day: *day,
        },
        OwnRule::Offset { of, days } => return after(of, *days, from, to),
        OwnRule::Table { dates } => {
            let mut dates = dates.clone();
            dates.retain(|date| (from..=to).contains(date));
            dates.sort_unstable();
            dates.dedup();
            return dates;
        }
    };
    occurrences::dates_between(&known, from, to)
}

fn after(of: &str, days: i64, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let span = TimeDelta::days(days);
    let ends = (from.checked_sub_signed(span), to.checked_sub_signed(span));
    let (Some(base), (Some(first), Some(last))) = (catalogue::find(of), ends) else {
        return Vec::new();
    };
    occurrences::dates_between(&base.rule, first, last)
        .into_iter()
        .filter_map(|date| date.checked_add_signed(span))
        .collect()
}

/// A table says nothing about years outside its first and its last.
pub(super) fn gaps(own: &OwnFestival, from: NaiveDate, to: NaiveDate) -> Vec<Missing> {
    let OwnRule::Table { dates } = &own.rule else {
        return Vec::new();
    };
    let ends = dates.iter().min().zip(dates.iter().max());
    let covered = ends.and_then(|(first, last)| {
        let first = NaiveDate::from_ymd_opt(first.year(), 1, 1)?;
        let last = NaiveDate::from_ymd_opt(last.year(), 12, 31)?;
        Some((first, last))
    });
    let Some((first, last)) = covered else {
        return Vec::new();
    };
    let gap = |from: NaiveDate, to: NaiveDate| {
        (from <= to).then(|| Missing {
            key: own.key.clone(),
            from,
            to,
        })
    };
    let before = first.pred_opt().and_then(|end| gap(from, to.min(end)));
    let behind = last.succ_opt().and_then(|start| gap(from.max(start), to));
    before.into_iter().chain(behind).collect()
}

/// What is wrong with a rule, field by field.
pub fn faults(rule: &OwnRule) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |wrong: bool, field: &str, code: &str, detail: &str| {
        if wrong {
            faults.push(FieldError::new(format!("#/rule/{field}"), code, detail));
        }
    };
    match rule {
        OwnRule::Gregorian { month, day } => {
            // 2024 is a leap year: what it lacks never comes.
            let never = NaiveDate::from_ymd_opt(2024, *month, *day).is_none();
            fault(never, "day", "date_never", "No year has this date.");
        }
        OwnRule::NthWeekday { month, n, .. } => {
            let months = (1..=12).contains(month);
            fault(!months, "month", "out_of_range", "A month is 1 to 12.");
            let places = *n == -1 || (1..=5).contains(n);
            fault(!places, "n", "out_of_range", "1 to 5, or -1 for the last.");
        }
        OwnRule::Offset { of, days } => {
            let unknown = catalogue::find(of).is_none();
            let detail = "The catalogue has no such festival.";
            fault(unknown, "of", "festival_unknown", detail);
            let far = days.abs() > OFFSET_MAX;
            fault(far, "days", "out_of_range", "At most 366 days either way.");
        }
        OwnRule::Lunar { month, day, .. } => {
            let months = (1..=12).contains(month);
            fault(!months, "month", "out_of_range", "A month is 1 to 12.");
            let days = (1..=30).contains(day);
            fault(!days, "day", "out_of_range", "A lunar day is 1 to 30.");
        }
        OwnRule::Table { dates } => {
            let number = (1..=TABLE_MAX).contains(&dates.len());
            fault(!number, "dates", "length", "From 1 to 400 dates.");
            let years = occurrences::FIRST_YEAR..=occurrences::LAST_YEAR;
            let outside = dates.iter().any(|date| !years.contains(&date.year()));
            let detail = "Dates from 1901 to 2100.";
            fault(outside, "dates", "year_out_of_range", detail);
        }
    }
    faults
}

const fn on(day: DayOfWeek) -> Weekday {
    match day {
        DayOfWeek::Monday => Weekday::Mon,
        DayOfWeek::Tuesday => Weekday::Tue,
        DayOfWeek::Wednesday => Weekday::Wed,
        DayOfWeek::Thursday => Weekday::Thu,
        DayOfWeek::Friday => Weekday::Fri,
        DayOfWeek::Saturday => Weekday::Sat,
        DayOfWeek::Sunday => Weekday::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::festivals::rule::LunarCalendar;

    fn of(rule: &OwnRule, year: i32) -> Vec<String> {
        let end = |month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a date");
        let found = dates(rule, end(1, 1), end(12, 31));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_kind_of_rule_finds_its_dates() {
        let leap = OwnRule::Gregorian { month: 2, day: 29 };
        assert_eq!((of(&leap, 2028).len(), of(&leap, 2027).len()), (1, 0));
        let last = OwnRule::NthWeekday {
            month: 10,
            weekday: DayOfWeek::Saturday,
            n: -1,
        };
        assert_eq!(of(&last, 2026), ["2026-10-31"]);
        let korean = |calendar| OwnRule::Lunar {
            calendar,
            month: 1,
            day: 1,
        };
        assert_eq!(of(&korean(LunarCalendar::Chinese), 2027), ["2027-02-06"]);
        assert_eq!(of(&korean(LunarCalendar::Dangi), 2027), ["2027-02-07"]);
        let eve = OwnRule::Offset {
            of: "double_eleven".into(),
            days: -1,
        };
        assert_eq!(of(&eve, 2026), ["2026-11-10"]);
    }

    #[test]
    fn unusable_rules_are_told_field_by_field() {
        let codes = |rule: OwnRule| -> Vec<String> {
            faults(&rule).into_iter().map(|fault| fault.code).collect()
        };
        assert_eq!(
            codes(OwnRule::Gregorian { month: 2, day: 30 }),
            ["date_never"]
        );
        assert_eq!(
            codes(OwnRule::Offset {
                of: "mayday".into(),
                days: 400
            }),
            ["festival_unknown", "out_of_range"]
        );
        assert_eq!(codes(OwnRule::Table { dates: Vec::new() }), ["length"]);
        let lunar = OwnRule::Lunar {
            calendar: LunarCalendar::Chinese,
            month: 13,
            day: 31,
        };
        assert_eq!(codes(lunar), ["out_of_range", "out_of_range"]);
    }
}
