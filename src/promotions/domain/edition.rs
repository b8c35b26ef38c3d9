//! The edition of the next year: the festival's next date by its rule, or the same day a year later.

use chrono::Datelike;
use chrono::Months;
use chrono::NaiveDate;
use chrono::TimeDelta;

use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::local_time;
use crate::promotions::domain::plan;
use crate::promotions::domain::plan::PlanRefused;

/// The main day a year after `day`. Where a festival is kept, the distance to it is kept as well: a sale that
/// began three days before the feast begins three days before the next one.
///
/// # Errors
/// `Provisional` where the festival's next date is not sure, or nobody knows it; an unknown festival.
pub fn next_day(
    day: NaiveDate,
    festival: Option<&str>,
    calendar: &AllianceCalendar,
) -> Result<NaiveDate, PlanRefused> {
    let later = day
        .checked_add_months(Months::new(12))
        .ok_or_else(|| local_time::out_of_range(day.and_time(chrono::NaiveTime::MIN)))?;
    let Some(festival) = festival else {
        return Ok(later);
    };
    plan::known(festival, calendar)?;
    let unsure = |dates: Vec<NaiveDate>| PlanRefused::Provisional {
        festival: festival.to_owned(),
        year: later.year(),
        dates,
    };
    let distance = calendar
        .nearest(festival, day)?
        .map_or(TimeDelta::zero(), |kept| day - kept.date);
    let around = later.checked_sub_signed(distance).unwrap_or(later);
    let next = calendar
        .nearest(festival, around)?
        .ok_or_else(|| unsure(Vec::new()))?;
    if next.provisional {
        return Err(unsure(vec![next.date]));
    }
    next.date
        .checked_add_signed(distance)
        .ok_or_else(|| unsure(vec![next.date]))
}

/// The name of the next edition: a year in the old name becomes the new one.
pub fn next_name(name: &str, from: NaiveDate, to: NaiveDate) -> String {
    name.replace(&from.year().to_string(), &to.year().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn next(day: &str, festival: Option<&str>) -> Result<String, PlanRefused> {
        let none = AllianceCalendar::default();
        next_day(date(day), festival, &none).map(|day| day.to_string())
    }

    #[test]
    fn the_next_edition_follows_the_rule_of_its_festival() {
        let spring = next("2026-02-17", Some("spring_festival"));
        assert_eq!(spring, Ok("2027-02-06".into()));
        assert_eq!(
            next("2032-09-19", Some("mid_autumn")),
            Ok("2033-09-08".into())
        );
        assert_eq!(next("2022-01-10", Some("laba")), Ok("2022-12-30".into()));
        assert_eq!(
            next("2026-11-27", Some("black_friday")),
            Ok("2027-11-26".into())
        );
    }

    #[test]
    fn the_distance_to_the_festival_stays() {
        let before = next("2026-02-14", Some("spring_festival"));
        assert_eq!(before, Ok("2027-02-03".into()));
    }

    #[test]
    fn without_a_festival_the_day_stays() {
        assert_eq!(next("2026-05-20", None), Ok("2027-05-20".into()));
        assert_eq!(next("2028-02-29", None), Ok("2029-02-28".into()));
    }

    #[test]
    fn nothing_follows_from_a_date_that_nobody_confirmed() {
        assert!(next("2026-03-20", Some("eid_al_fitr")).is_err());
        assert!(next("2026-03-20", Some("mayday")).is_err());
        let sure =
            AllianceCalendar::new(Vec::new(), [("eid_al_fitr".to_owned(), date("2027-03-10"))]);
        let day = next_day(date("2026-03-20"), Some("eid_al_fitr"), &sure);
        assert_eq!(day, Ok(date("2027-03-10")));
    }

    #[test]
    fn a_year_in_the_name_moves_on() {
        let (from, to) = (date("2026-11-11"), date("2027-11-11"));
        assert_eq!(
            next_name("Double Eleven 2026", from, to),
            "Double Eleven 2027"
        );
        assert_eq!(next_name("双十一", from, to), "双十一");
    }
}
