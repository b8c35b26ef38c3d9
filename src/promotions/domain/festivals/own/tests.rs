//! Confirmed dates beside computed ones, and tables that end.

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn calendar(confirmed: &[(&str, &str)]) -> AllianceCalendar {
    let own = OwnFestival {
        key: "tea_fair".into(),
        name_zh: "茶市".into(),
        name_en: "Tea Fair".into(),
        rule: OwnRule::Table {
            dates: vec![date("2027-04-10"), date("2029-04-12")],
        },
        provisional: false,
    };
    let after = OwnFestival {
        key: "after_eid".into(),
        name_zh: "节后".into(),
        name_en: "After Eid".into(),
        rule: OwnRule::Offset {
            of: "eid_al_fitr".into(),
            days: 7,
        },
        provisional: false,
    };
    let confirmed = confirmed
        .iter()
        .map(|(key, day)| ((*key).to_owned(), date(day)));
    AllianceCalendar::new(vec![own, after], confirmed)
}

fn shown(calendar: &AllianceCalendar, key: &str, from: &str, to: &str) -> Vec<(String, bool)> {
    let found = calendar.dates(key, date(from), date(to)).expect("in range");
    found
        .into_iter()
        .map(|dated| (dated.date.to_string(), dated.provisional))
        .collect()
}

#[test]
fn a_confirmed_date_takes_the_place_of_the_computed_one_and_the_last_word_counts() {
    let none = calendar(&[]);
    let computed = shown(&none, "eid_al_fitr", "2027-01-01", "2027-12-31");
    assert_eq!(computed, [("2027-03-09".to_owned(), true)]);
    let twice = calendar(&[("eid_al_fitr", "2027-03-11"), ("eid_al_fitr", "2027-03-10")]);
    let sure = shown(&twice, "eid_al_fitr", "2027-01-01", "2027-12-31");
    assert_eq!(sure, [("2027-03-10".to_owned(), false)]);
    let next = shown(&twice, "eid_al_fitr", "2028-01-01", "2028-12-31");
    assert_eq!(next, [("2028-02-26".to_owned(), true)]);
}

#[test]
fn a_date_can_be_confirmed_where_no_table_reaches() {
    let one = calendar(&[("diwali", "2040-11-04")]);
    let found = shown(&one, "diwali", "2040-01-01", "2040-12-31");
    assert_eq!(found, [("2040-11-04".to_owned(), false)]);
}

#[test]
fn a_confirmed_date_beyond_the_edge_of_a_range_hides_the_computed_one_within() {
    let one = calendar(&[("eid_al_fitr", "2027-03-10")]);
    assert_eq!(shown(&one, "eid_al_fitr", "2027-03-01", "2027-03-09"), []);
}

#[test]
fn what_rests_on_a_provisional_date_is_provisional_itself() {
    let calendar = calendar(&[]);
    assert!(calendar.is_provisional("after_eid"));
    assert!(!calendar.is_provisional("tea_fair"));
    assert!(!calendar.is_provisional("double_eleven"));
    let found = shown(&calendar, "after_eid", "2027-01-01", "2027-12-31");
    assert_eq!(found, [("2027-03-16".to_owned(), true)]);
}

#[test]
fn an_own_table_says_where_it_ends() {
    let (seen, missing) = calendar(&[])
        .seen(date("2026-06-01"), date("2030-06-30"))
        .expect("in range");
    let own: Vec<String> = seen
        .iter()
        .filter(|one| one.own && one.key == "tea_fair")
        .map(|one| one.date.to_string())
        .collect();
    assert_eq!(own, ["2027-04-10", "2029-04-12"]);
    let gaps: Vec<String> = missing
        .iter()
        .filter(|gap| gap.key == "tea_fair")
        .map(|gap| format!("{} {}", gap.from, gap.to))
        .collect();
    assert_eq!(gaps, ["2026-06-01 2026-12-31", "2030-01-01 2030-06-30"]);
}

#[test]
fn the_nearest_occurrence_may_lie_in_the_year_before() {
    let day = calendar(&[])
        .nearest("laba", date("2023-01-10"))
        .expect("in range");
    assert_eq!(day.map(|d| d.date), Some(date("2022-12-30")));
}
