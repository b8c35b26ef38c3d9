//! Lunisolar and Islamic dates, by icu_calendar's tables.
//!
//! The Chinese table agrees with the Hong Kong Observatory from 1901 to 2100. Months are asked for
//! by number and never as leap months: after a leap month ordinals shift by one.

use crate::promotions::domain::festivals::rule::LunarCalendar;
use chrono::Datelike;
use chrono::NaiveDate;
use icu_calendar::Date;
use icu_calendar::Iso;
use icu_calendar::cal::Hijri;
use icu_calendar::types::Month;

/// The Gregorian date of a lunar month and day in the lunar year named after `year`; `None` if
/// that month has no such day.
pub fn lunar(calendar: LunarCalendar, year: i32, month: u8, day: u8) -> Option<NaiveDate> {
    let month = Month::new(month);
    let iso = match calendar {
        LunarCalendar::Chinese => Date::try_new_chinese_traditional(year, month, day)
            .ok()?
            .to_calendar(Iso),
        LunarCalendar::Dangi => Date::try_new_korean_traditional(year, month, day)
            .ok()?
            .to_calendar(Iso),
    };
    gregorian(iso)
}

/// The Gregorian date of an Islamic (Umm al-Qura) month and day.
pub fn hijri(year: i32, month: u8, day: u8) -> Option<NaiveDate> {
    let date =
        Date::try_new_hijri_with_calendar(year, month, day, Hijri::new_umm_al_qura()).ok()?;
    gregorian(date.to_calendar(Iso))
}

/// The Islamic (Umm al-Qura) year in which a Gregorian date lies.
pub fn hijri_year(date: NaiveDate) -> Option<i32> {
    let (month, day) = (
        u8::try_from(date.month()).ok()?,
        u8::try_from(date.day()).ok()?,
    );
    let iso = Date::try_new_iso(date.year(), month, day).ok()?;
    Some(
        iso.to_calendar(Hijri::new_umm_al_qura())
            .year()
            .extended_year(),
    )
}

fn gregorian(iso: Date<Iso>) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(
        iso.year().extended_year(),
        u32::from(iso.month().number()),
        u32::from(iso.day_of_month().0),
    )
}

/// The make-up of one Chinese lunar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LunarYear {
    /// 12 or 13.
    pub months: u8,
    /// The month that is followed by its leap month.
    pub leap_month: Option<u8>,
    /// Days from its first day to the next year's.
    pub days: u16,
    /// Days of the last month, which is the lunar day of New Year's Eve.
    pub last_month_days: u8,
}

/// The make-up of the Chinese lunar year named after `year`.
pub fn lunar_year(year: i32) -> Option<LunarYear> {
    let first = Date::try_new_chinese_traditional(year, Month::new(1), 1).ok()?;
    let next = lunar(LunarCalendar::Chinese, year + 1, 1, 1)?;
    let leap = |month: &u8| Date::try_new_chinese_traditional(year, Month::leap(*month), 1).is_ok();
    let last = Date::try_new_chinese_traditional(year, Month::new(12), 1).ok()?;
    let days = next - gregorian(first.to_calendar(Iso))?;
    Some(LunarYear {
        months: first.months_in_year(),
        leap_month: (1..=12).find(leap),
        days: u16::try_from(days.num_days()).ok()?,
        last_month_days: last.days_in_month(),
    })
}
