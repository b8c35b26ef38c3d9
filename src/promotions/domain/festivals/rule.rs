//! The rule of a festival as data.

use crate::words;
use chrono::NaiveDate;
use chrono::Weekday;
use serde::Serialize;
use serde::Serializer;

words! {
    /// The lunisolar calendar of a festival; a property of the festival, not of a time zone.
    pub enum LunarCalendar {
        /// Computed at UTC+8, observed on the local date of the same number.
        Chinese = "chinese",
        /// Computed for Korea; at times a day later than the Chinese one.
        Dangi = "dangi",
    }
}

words! {
    /// Solar terms that merchants keep.
    pub enum SolarTerm {
        Lichun = "lichun", Qingming = "qingming", Liqiu = "liqiu", Dongzhi = "dongzhi",
    }
}

words! {
    /// Which churches' Easter.
    pub enum Tradition { Western = "western", Orthodox = "orthodox" }
}

words! {
    /// Which table of Islamic months.
    pub enum HijriVariant { UmmAlQura = "umm_al_qura" }
}

/// How the dates of a festival are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Rule {
    /// The same date every year; 29 February exists in leap years only.
    Gregorian { month: u32, day: u32 },
    /// The n-th weekday of a month; -1 is the last.
    NthWeekday {
        month: u32,
        #[serde(serialize_with = "two_letters")]
        weekday: Weekday,
        n: i8,
    },
    /// Days after another festival.
    Offset { of: &'static str, days: i64 },
    /// A day of a lunar month; never in a leap month.
    Lunar {
        #[serde(skip_serializing_if = "is_chinese")]
        calendar: LunarCalendar,
        month: u8,
        day: u8,
    },
    /// The day before the first of the first lunar month: the 29th or the 30th.
    LunarYearEnd,
    /// The civil date, at UTC+8, of a solar term.
    SolarTerm { term: SolarTerm },
    /// Days after Easter Sunday.
    Easter { tradition: Tradition, days: i64 },
    /// A day of an Islamic month.
    Hijri {
        variant: HijriVariant,
        month: u8,
        day: u8,
    },
    /// Dates that nobody computes.
    Table {
        #[serde(skip)]
        dates: &'static Table,
    },
}

/// One date per Gregorian year, from a first year on.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The year of the first entry.
    pub first_year: i32,
    /// The date of each year.
    pub days: Days,
}

/// Dates, year after year.
#[derive(Debug, PartialEq, Eq)]
pub enum Days {
    /// Month and day.
    Each(&'static [(u32, u32)]),
    /// Always in the same month: one digit a year, to be added to the first possible day.
    Within {
        month: u32,
        first_day: u32,
        later: &'static str,
    },
}

impl Table {
    /// First and last year with an entry.
    pub fn years(&self) -> (i32, i32) {
        let count = match &self.days {
            Days::Each(days) => days.len(),
            Days::Within { later, .. } => later.len(),
        };
        let count = i32::try_from(count).unwrap_or(0);
        (self.first_year, self.first_year + count - 1)
    }

    /// The date in `year`, if the table has one.
    pub fn date(&self, year: i32) -> Option<NaiveDate> {
        let index = usize::try_from(year - self.first_year).ok()?;
        let (month, day) = match &self.days {
            Days::Each(days) => *days.get(index)?,
            Days::Within {
                month,
                first_day,
                later,
            } => {
                let digit = later.as_bytes().get(index)?.checked_sub(b'0')?;
                (*month, first_day + u32::from(digit))
            }
        };
        NaiveDate::from_ymd_opt(year, month, day)
    }
}

/// A named festival of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Festival {
    /// Stable id.
    pub id: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Chinese name.
    pub name_zh: &'static str,
    /// How its dates are found.
    pub rule: Rule,
    /// Dates are advisory; an alliance confirms them before money depends on them.
    pub provisional: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_chinese(calendar: &LunarCalendar) -> bool {
    *calendar == LunarCalendar::Chinese
}

/// RFC 5545 spelling of a weekday.
fn two_letters<S: Serializer>(weekday: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match weekday {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    })
}
