use super::*;
use crate::promotions::domain::festivals::own::OwnFestival;
use crate::promotions::domain::festivals::own::OwnRule;

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// An alliance that vouched for dates of Eid, with a festival of its own.
fn source(name: &str, eids: &[&str]) -> Source {
    let own = OwnFestival {
        key: "mazu".to_owned(),
        name_zh: "妈祖诞".to_owned(),
        name_en: "Mazu's day".to_owned(),
        rule: OwnRule::Gregorian { month: 5, day: 18 },
        provisional: false,
    };
    let words: Vec<Word> = eids
        .iter()
        .zip(1..)
        .map(|(text, hour)| Word {
            festival: "eid_al_fitr".to_owned(),
            date: date(text),
            at: at(&format!("2027-01-01T{hour:02}:00:00Z")),
        })
        .collect();
    let confirmed = words.iter().map(|word| (word.festival.clone(), word.date));
    Source {
        alliance: format!("id-of-{name}"),
        name: name.to_owned(),
        calendar: AllianceCalendar::new(vec![own], confirmed.collect::<Vec<_>>()),
        since: BTreeMap::from([("mazu".to_owned(), at("2026-06-01T00:00:00Z"))]),
        words,
    }
}

fn of<'a>(events: &'a [Event], part: &str) -> Vec<&'a Event> {
    events.iter().filter(|e| e.uid.contains(part)).collect()
}

#[test]
fn lunar_feasts_are_single_events_of_this_and_the_next_two_years() {
    let all = feasts(2026, Locale::ZhCn, &[]);
    for id in ["spring_festival", "mid_autumn", "dongzhi"] {
        assert_eq!(of(&all, &format!("festival-{id}-")).len(), 3, "{id}");
    }
    let none = of(&all, "festival-christmas-");
    assert!(none.is_empty(), "a fixed date needs no single events");
    assert!(
        all.iter().any(
            |e| e.summary == "春节" && e.uid == "festival-spring_festival-2027-02-06@guildhall"
        )
    );
    assert!(feasts(2120, Locale::En, &[]).is_empty());
}

#[test]
fn a_provisional_date_is_tentative_until_somebody_vouches_for_it_and_keeps_its_id() {
    let unsure = feasts(2028, Locale::En, &[source("East", &[])]);
    let unsure = of(&unsure, "eid_al_fitr-2028-02-26");
    assert_eq!(unsure[0].status, EventStatus::Tentative);
    let sure = feasts(
        2028,
        Locale::En,
        &[source("East", &["2028-02-25", "2028-02-27"])],
    );
    let sure = of(&sure, "eid_al_fitr-2028-");
    assert_eq!(sure.len(), 1);
    assert_eq!(sure[0].uid, unsure[0].uid);
    assert_eq!(sure[0].status, EventStatus::Confirmed);
    assert_eq!(day(sure[0]), date("2028-02-27"));
    assert_eq!(sure[0].sequence, 2, "each word counts");
    assert_eq!(sure[0].changed, at("2027-01-01T02:00:00Z"));
    assert_eq!(sure[0].description, "East");
}

#[test]
fn alliances_that_agree_share_an_event_and_others_are_each_shown() {
    let sources = [
        source("East", &["2028-02-27"]),
        source("West", &["2028-02-26"]),
        source("North", &["2028-02-27"]),
    ];
    let all = feasts(2028, Locale::En, &sources);
    let eids = of(&all, "eid_al_fitr-2028-");
    let told: Vec<(String, String)> = eids
        .iter()
        .map(|e| (day(e).to_string(), e.description.replace('\n', " ")))
        .collect();
    assert_eq!(
        told,
        [
            ("2028-02-26".to_owned(), "West".to_owned()),
            ("2028-02-27".to_owned(), "East North".to_owned())
        ]
    );
    let ids: std::collections::BTreeSet<&str> = all.iter().map(|e| e.uid.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "no id comes twice");
}

#[test]
fn festivals_of_an_alliances_own_are_shown_with_its_name() {
    let all = feasts(2027, Locale::ZhCn, &[source("East", &[])]);
    let own = of(&all, "id-of-East-mazu");
    assert_eq!(own.len(), 3);
    assert_eq!(own[0].summary, "妈祖诞");
    assert_eq!(own[0].description, "East");
    assert_eq!(own[0].changed, at("2026-06-01T00:00:00Z"));
    assert_eq!(own[0].uid, "festival-id-of-East-mazu-2027-05-18@guildhall");
}
