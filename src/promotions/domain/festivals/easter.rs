//! Easter Sunday by the anonymous Gregorian computus and by Meeus's Julian algorithm.

use crate::promotions::domain::festivals::rule::Tradition;
use chrono::Days;
use chrono::NaiveDate;

/// The Gregorian date of Easter Sunday in `year`, from 1583 on.
pub fn sunday(tradition: Tradition, year: i32) -> Option<NaiveDate> {
    match tradition {
        Tradition::Western => western(year),
        Tradition::Orthodox => orthodox(year),
    }
}

fn western(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    month_and_day(year, days)
}

fn orthodox(year: i32) -> Option<NaiveDate> {
    let moon = (19 * (year % 19) + 15) % 30;
    let weekday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
    let julian = month_and_day(year, moon + weekday + 114)?;
    // The calendars drift apart by a day on 29 February of a Julian century year that is no
    // Gregorian leap year; Easter is later in the year than that.
    let gap = year / 100 - year / 400 - 2;
    julian.checked_add_days(Days::new(u64::try_from(gap).ok()?))
}

/// Days are counted so that 31 * month + (day - 1) comes out.
fn month_and_day(year: i32, days: i32) -> Option<NaiveDate> {
    let month = u32::try_from(days / 31).ok()?;
    let day = u32::try_from(days % 31 + 1).ok()?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extreme_easters_are_found() {
        let western = |y| sunday(Tradition::Western, y).map(|d| d.to_string());
        assert_eq!(western(1943).as_deref(), Some("1943-04-25"));
        assert_eq!(western(2008).as_deref(), Some("2008-03-23"));
        assert_eq!(western(2038).as_deref(), Some("2038-04-25"));
        assert_eq!(western(1981).as_deref(), Some("1981-04-19"));
        let orthodox = |y| sunday(Tradition::Orthodox, y).map(|d| d.to_string());
        assert_eq!(orthodox(1983).as_deref(), Some("1983-05-08"));
        assert_eq!(orthodox(2010).as_deref(), Some("2010-04-04"));
    }

    #[test]
    fn both_easters_are_sundays_and_the_orthodox_is_never_earlier() {
        use chrono::Datelike;
        for year in 1901..=2100 {
            let west = sunday(Tradition::Western, year).expect("a date");
            let east = sunday(Tradition::Orthodox, year).expect("a date");
            assert_eq!(west.weekday(), chrono::Weekday::Sun, "{year}");
            assert_eq!(east.weekday(), chrono::Weekday::Sun, "{year}");
            assert!(east >= west, "{year}");
        }
    }
}
