//! Every festival vector, and properties over the whole range of years.

use super::calendars;
use super::catalogue;
use super::catalogue::CATALOGUE;
use super::occurrences::dates;
use super::occurrences::occurrences;
use super::rule::LunarCalendar;
use super::rule::Rule;
use super::rule::SolarTerm;
use super::solar_terms;
use crate::promotions::domain::refusal::CalendarRefused;
use chrono::NaiveDate;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../tests/vectors/festival.json")).expect("JSON")
}

fn cases(kind: &str) -> Vec<Value> {
    let file = vectors();
    let cases = file["cases"].as_array().expect("cases");
    cases
        .iter()
        .filter(|case| case["kind"] == kind)
        .cloned()
        .collect()
}

fn ymd(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn in_year(festival: &str, year: i32) -> Vec<String> {
    let rule = &catalogue::find(festival).expect("known").rule;
    let from = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
    let to = NaiveDate::from_ymd_opt(year, 12, 31).expect("a date");
    let found = dates(rule, from, to).expect("in range");
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn the_catalogue_is_the_published_one() {
    let file = vectors();
    let published = file["catalogue"].as_array().expect("a list");
    assert_eq!(published.len(), 57);
    assert_eq!(CATALOGUE.len(), published.len());
    for (ours, theirs) in CATALOGUE.iter().zip(published) {
        assert_eq!(theirs["id"], ours.id);
        assert_eq!(theirs["name_en"], ours.name_en);
        assert_eq!(theirs["name_zh"], ours.name_zh);
        assert_eq!(
            theirs["rule"],
            serde_json::to_value(ours.rule).expect("JSON")
        );
        assert_eq!(
            theirs["provisional"] == true,
            ours.provisional,
            "{}",
            ours.id
        );
    }
}

#[test]
fn every_festival_falls_on_its_published_dates() {
    let cases = cases("festival_dates");
    assert_eq!(cases.len(), 57);
    for case in cases {
        let festival = case["given"]["festival"].as_str().expect("an id");
        for (year, expected) in case["expect"].as_object().expect("years") {
            let year = year.parse().expect("a year");
            assert_eq!(
                &json!(in_year(festival, year)),
                expected,
                "{festival} {year}"
            );
        }
    }
}

#[test]
fn a_festival_comes_as_often_as_published() {
    for case in cases("festival_count") {
        let year = case["given"]["year"].as_i64().expect("a year");
        let festival = case["given"]["festival"].as_str().expect("an id");
        let found = in_year(festival, i32::try_from(year).expect("small"));
        assert_eq!(case["expect"]["count"], found.len(), "{}", case["id"]);
        assert_eq!(case["expect"]["dates"], json!(found), "{}", case["id"]);
    }
}

#[test]
fn every_lunar_year_is_made_up_as_published() {
    for case in cases("lunar_year") {
        let year = case["given"]["lunar_year"].as_i64().expect("a year");
        let year = calendars::lunar_year(i32::try_from(year).expect("small")).expect("known");
        let found = json!({"months": year.months, "leap_month": year.leap_month,
            "days": year.days, "last_month_days": year.last_month_days,
            "new_years_eve_lunar_day": year.last_month_days});
        assert_eq!(case["expect"], found, "{}", case["id"]);
    }
}

#[test]
fn the_tables_are_the_checked_solar_terms() {
    let file = include_str!("../../../../tests/vectors/solar_terms_2014_2036.json");
    let terms: Value = serde_json::from_str(file).expect("JSON");
    let names = ["立春", "清明", "立秋", "冬至"];
    for (term, name) in SolarTerm::ALL.iter().zip(names) {
        let table = solar_terms::solar_term(*term);
        assert_eq!(table.years(), (1901, 2100));
        for year in 2014..=2036 {
            let date = table.date(year).expect("an entry").to_string();
            assert_eq!(terms[format!("{name}:{year}")], date);
        }
    }
}

#[test]
fn a_solar_term_comes_every_year_between_its_neighbours() {
    for term in SolarTerm::ALL {
        let table = solar_terms::solar_term(*term);
        let found: Vec<NaiveDate> = (1901..=2100).filter_map(|y| table.date(y)).collect();
        assert_eq!(found.len(), 200, "{term}");
        // The tropical year: 365 days, or 366 where a leap day lies between.
        let steps = found.windows(2).map(|pair| (pair[1] - pair[0]).num_days());
        assert!(
            steps.clone().all(|days| days == 365 || days == 366),
            "{term}"
        );
    }
}

#[test]
fn seoul_keeps_new_year_a_day_later_in_2027() {
    let new_year = |calendar| calendars::lunar(calendar, 2027, 1, 1).map(|d| d.to_string());
    assert_eq!(
        new_year(LunarCalendar::Chinese).as_deref(),
        Some("2027-02-06")
    );
    assert_eq!(
        new_year(LunarCalendar::Dangi).as_deref(),
        Some("2027-02-07")
    );
}

#[test]
fn a_range_outside_the_known_years_is_refused() {
    let refused = |from, to| occurrences(ymd(from), ymd(to)).map(|_| ());
    let year = |year| {
        Err(CalendarRefused::YearOutOfRange {
            year,
            first: 1901,
            last: 2100,
        })
    };
    assert_eq!(refused("1900-12-31", "1901-01-01"), year(1900));
    assert_eq!(refused("2100-12-31", "2101-01-01"), year(2101));
    assert_eq!(refused("1901-01-01", "1901-12-31"), Ok(()));
    assert_eq!(refused("2100-01-01", "2100-12-31"), Ok(()));
    assert!(refused("2026-02-02", "2026-02-01").is_err());
    assert!(refused("2020-01-01", "2031-01-01").is_err());
    assert!(refused("2020-01-01", "2029-12-31").is_ok());
}

#[test]
fn what_has_no_table_is_named_for_the_part_it_misses() {
    let (_, gaps) = occurrences(ymd("2035-06-01"), ymd("2038-05-31")).expect("in range");
    let found: Vec<(&str, String, String)> = gaps
        .iter()
        .map(|gap| (gap.festival.id, gap.from.to_string(), gap.to.to_string()))
        .collect();
    let expected = [("diwali", "2036-01-01".to_owned(), "2038-05-31".to_owned())];
    assert_eq!(found, expected);
    let (_, none) = occurrences(ymd("2026-01-01"), ymd("2026-12-31")).expect("in range");
    assert!(none.is_empty());
}

#[test]
fn coincidences_are_listed_in_the_catalogues_order() {
    let (found, _) = occurrences(ymd("2033-06-01"), ymd("2033-06-01")).expect("in range");
    let ids: Vec<&str> = found.iter().map(|o| o.festival.id).collect();
    assert_eq!(ids, ["childrens_day", "dragon_boat"]);
}

#[test]
fn every_computed_festival_exists_throughout_the_range() {
    for festival in CATALOGUE {
        if matches!(festival.rule, Rule::Table { .. }) {
            continue;
        }
        let found = dates(&festival.rule, ymd("1901-01-01"), ymd("2100-12-31")).expect("in range");
        let expected = if festival.id == "leap_day" {
            49..=49
        } else {
            199..=207
        };
        assert!(
            expected.contains(&found.len()),
            "{} {}",
            festival.id,
            found.len()
        );
        assert!(
            found.windows(2).all(|pair| pair[0] < pair[1]),
            "{}",
            festival.id
        );
    }
}

proptest! {
    #[test]
    fn a_range_is_the_sum_of_its_parts(start in 0_i64..70_000, first in 0_i64..400, second in 1_i64..400) {
        let from = ymd("1901-01-01") + chrono::TimeDelta::days(start);
        let middle = from + chrono::TimeDelta::days(first);
        let to = middle + chrono::TimeDelta::days(second);
        let next = middle.succ_opt().expect("a date");
        let (whole, _) = occurrences(from, to).expect("in range");
        let (mut parts, _) = occurrences(from, middle).expect("in range");
        parts.extend(occurrences(next, to).expect("in range").0);
        prop_assert_eq!(whole, parts);
    }
}
