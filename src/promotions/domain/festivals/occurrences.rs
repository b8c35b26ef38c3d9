//! Which festivals fall into a range of dates. An occurrence is keyed by festival and date: Laba
//! comes twice in 2022 and not at all in 2023.

use crate::promotions::domain::festivals::calendars;
use crate::promotions::domain::festivals::catalogue;
use crate::promotions::domain::festivals::catalogue::CATALOGUE;
use crate::promotions::domain::festivals::easter;
use crate::promotions::domain::festivals::rule::Festival;
use crate::promotions::domain::festivals::rule::LunarCalendar;
use crate::promotions::domain::festivals::rule::Rule;
use crate::promotions::domain::festivals::rule::Table;
use crate::promotions::domain::festivals::solar_terms;
use crate::promotions::domain::refusal::CalendarRefused;
use chrono::Datelike;
use chrono::Days;
use chrono::Months;
use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono::Weekday;

/// The first year whose dates are vouched for.
pub const FIRST_YEAR: i32 = 1901;
/// The last year whose dates are vouched for.
pub const LAST_YEAR: i32 = 2100;
/// The longest range that is answered at once.
const MOST_MONTHS: Months = Months::new(120);

/// A festival on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Which.
    pub festival: &'static Festival,
    /// Its Gregorian date.
    pub date: NaiveDate,
}

/// A festival without a table for a part of the range, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub festival: &'static Festival,
    /// First day without a table.
    pub from: NaiveDate,
    /// Last day of the range without a table.
    pub to: NaiveDate,
}

/// The festivals from `from` to `to`, both inclusive, by date and then in the catalogue's order;
/// and what has no table for a part of that range.
///
/// # Errors
/// `YearOutOfRange` outside 1901 to 2100; `RangeInvalid` if the range runs backwards or is longer
/// than ten years.
pub fn occurrences(
    from: NaiveDate,
    to: NaiveDate,
) -> Result<(Vec<Occurrence>, Vec<Gap>), CalendarRefused> {
    check(from, to)?;
    if from
        .checked_add_months(MOST_MONTHS)
        .is_none_or(|end| to > end)
    {
        return Err(CalendarRefused::RangeInvalid { from, to });
    }
    let mut found = Vec::new();
    let mut gaps = Vec::new();
    for festival in CATALOGUE {
        let dates = dates_between(&festival.rule, from, to);
        found.extend(dates.into_iter().map(|date| Occurrence { festival, date }));
        gaps.extend(gaps_between(festival, from, to));
    }
    found.sort_by_key(|occurrence| occurrence.date);
    Ok((found, gaps))
}

/// The dates of one rule from `from` to `to`, both inclusive, ascending; any length of range.
///
/// # Errors
/// `YearOutOfRange` outside 1901 to 2100; `RangeInvalid` if the range runs backwards.
pub fn dates(
    rule: &Rule,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<NaiveDate>, CalendarRefused> {
    check(from, to)?;
    Ok(dates_between(rule, from, to))
}

pub(super) fn check(from: NaiveDate, to: NaiveDate) -> Result<(), CalendarRefused> {
    for year in [from.year(), to.year()] {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(CalendarRefused::YearOutOfRange {
                year,
                first: FIRST_YEAR,
                last: LAST_YEAR,
            });
        }
    }
    if from > to {
        return Err(CalendarRefused::RangeInvalid { from, to });
    }
    Ok(())
}

pub(super) fn dates_between(rule: &Rule, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let mut dates = candidates(rule, from, to);
    dates.retain(|date| (from..=to).contains(date));
    dates.sort_unstable();
    dates
}

/// Dates of every year of the rule's own calendar that can reach into the range.
fn candidates(rule: &Rule, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    // A lunar year ends in the next Gregorian year; an offset may cross New Year either way.
    let years = from.year() - 1..=to.year() + 1;
    match rule {
        Rule::Gregorian { month, day } => years
            .filter_map(|year| NaiveDate::from_ymd_opt(year, *month, *day))
            .collect(),
        Rule::NthWeekday { month, weekday, n } => years
            .filter_map(|year| nth_weekday(year, *month, *weekday, *n))
            .collect(),
        Rule::Offset { of, days } => catalogue::find(of)
            .map(|base| candidates(&base.rule, from, to))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|date| date.checked_add_signed(TimeDelta::days(*days)))
            .collect(),
        Rule::Lunar {
            calendar,
            month,
            day,
        } => years
            .filter_map(|year| calendars::lunar(*calendar, year, *month, *day))
            .collect(),
        Rule::LunarYearEnd => years
            .filter_map(|year| calendars::lunar(LunarCalendar::Chinese, year, 1, 1)?.pred_opt())
            .collect(),
        Rule::SolarTerm { term } => years
            .filter_map(|year| solar_terms::solar_term(*term).date(year))
            .collect(),
        Rule::Easter { tradition, days } => years
            .filter_map(|year| {
                easter::sunday(*tradition, year)?.checked_add_signed(TimeDelta::days(*days))
            })
            .collect(),
        Rule::Hijri { month, day, .. } => hijri_dates(*month, *day, from, to),
        Rule::Table { dates } => years.filter_map(|year| dates.date(year)).collect(),
    }
}

fn hijri_dates(month: u8, day: u8, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    match (calendars::hijri_year(from), calendars::hijri_year(to)) {
        (Some(first), Some(last)) => (first..=last)
            .filter_map(|year| calendars::hijri(year, month, day))
            .collect(),
        _ => Vec::new(),
    }
}

fn nth_weekday(year: i32, month: u32, weekday: Weekday, n: i8) -> Option<NaiveDate> {
    if let Ok(n) = u8::try_from(n) {
        return NaiveDate::from_weekday_of_month_opt(year, month, weekday, n);
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
    let back = last.weekday().days_since(weekday);
    last.checked_sub_days(Days::new(u64::from(back)))
}

fn gaps_between(festival: &'static Festival, from: NaiveDate, to: NaiveDate) -> Vec<Gap> {
    let Some((first, last)) = table_of(&festival.rule).and_then(covered) else {
        return Vec::new();
    };
    let mut gaps = Vec::new();
    if let (true, Some(end)) = (from < first, first.pred_opt()) {
        let to = to.min(end);
        gaps.push(Gap { festival, from, to });
    }
    if let (true, Some(start)) = (to > last, last.succ_opt()) {
        let from = from.max(start);
        gaps.push(Gap { festival, from, to });
    }
    gaps
}

fn table_of(rule: &Rule) -> Option<&'static Table> {
    match rule {
        Rule::SolarTerm { term } => Some(solar_terms::solar_term(*term)),
        Rule::Table { dates } => Some(dates),
        Rule::Offset { of, .. } => catalogue::find(of).and_then(|base| table_of(&base.rule)),
        Rule::Gregorian { .. }
        | Rule::NthWeekday { .. }
        | Rule::Lunar { .. }
        | Rule::LunarYearEnd
        | Rule::Easter { .. }
        | Rule::Hijri { .. } => None,
    }
}

fn covered(table: &Table) -> Option<(NaiveDate, NaiveDate)> {
    let (first, last) = table.years();
    Some((
        NaiveDate::from_ymd_opt(first, 1, 1)?,
        NaiveDate::from_ymd_opt(last, 12, 31)?,
    ))
}
