use super::*;
use crate::promotions::domain::feasts::feasts;

fn at(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

fn event(from: &str, to: &str, zone: Tz) -> Event {
    Event {
        uid: "1@guildhall".to_owned(),
        summary: "双十一全球狂欢节；预售, 第一波".repeat(3),
        description: "a\nb; c, d\\".to_owned(),
        category: "SALE",
        url: Some("https://g.example/v1/promotions/1".to_owned()),
        when: When::of(at(from), at(to), zone),
        status: EventStatus::Confirmed,
        sequence: 2,
        changed: "2026-05-01T10:00:00.250Z".parse().expect("an instant"),
    }
}

fn calendar(events: Vec<Event>) -> Calendar {
    Calendar {
        name: "West Lake, \"tea\"".to_owned(),
        organizer: ("West Lake \"tea\"".to_owned(), "g@g.example".to_owned()),
        changed: "2026-05-01T10:00:00Z".parse().expect("an instant"),
        refreshes: true,
        events,
    }
}

#[test]
fn whole_days_are_dates_and_times_name_their_zone() {
    let zone = chrono_tz::Asia::Shanghai;
    let text = write(&calendar(vec![
        event("2026-11-11T00:00:00", "2026-11-12T00:00:00", zone),
        event("2026-10-31T20:00:00", "2026-11-01T00:00:00", zone),
    ]));
    assert!(text.contains("DTSTART;VALUE=DATE:20261111\r\nDTEND;VALUE=DATE:20261112\r\n"));
    assert!(text.contains(
        "DTSTART;TZID=Asia/Shanghai:20261031T200000\r\nDTEND;TZID=Asia/Shanghai:20261101T000000\r\n"
    ));
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert!(text.contains("DTSTAMP:20260501T100000Z\r\n"));
    assert!(text.contains("ORGANIZER;CN=\"West Lake 'tea'\":mailto:g@g.example\r\n"));
    assert!(text.contains("NAME:West Lake\\, \"tea\"\r\n"));
    assert!(!text.contains("RRULE"));
}

#[test]
fn no_line_is_longer_than_75_octets_and_every_line_ends_with_crlf() {
    let zone = chrono_tz::Europe::Berlin;
    let text = write(&calendar(vec![event(
        "2026-10-31T20:00:00",
        "2026-11-01T00:00:00",
        zone,
    )]));
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    assert!(
        text.split("\r\n")
            .all(|line| line.len() <= 75 && !line.contains('\n'))
    );
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let events = || {
        let zone = chrono_tz::America::New_York;
        let mut events = vec![event("2026-11-26T20:00:00", "2026-11-28T00:00:00", zone)];
        events.extend(feasts(2026, Locale::En, &[]));
        events
    };
    assert_eq!(write(&calendar(events())), write(&calendar(events())));
}
