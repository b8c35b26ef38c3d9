use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

fn fires(line: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
    let line = CronLine::parse(line).expect("a line");
    let mut after = at(after);
    (0..count)
        .map(|_| {
            after = line.next_after(zone, after).expect("fires").at;
            after.to_string()
        })
        .collect()
}

#[test]
fn a_daily_line_fires_once_on_both_days_when_the_clocks_change() {
    let berlin = chrono_tz::Europe::Berlin;
    assert_eq!(
        fires("30 2 * * *", berlin, "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]
    );
    assert_eq!(
        fires("30 2 * * *", berlin, "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]
    );
}

#[test]
fn times_within_one_gap_fire_once_and_in_order() {
    let berlin = chrono_tz::Europe::Berlin;
    assert_eq!(
        fires("*/30 1-3 * * *", berlin, "2026-03-28T23:59:00Z", 4),
        [
            "2026-03-29T00:00:00.000Z",
            "2026-03-29T00:30:00.000Z",
            "2026-03-29T01:00:00.000Z",
            "2026-03-29T01:30:00.000Z"
        ]
    );
    assert_eq!(
        fires("*/30 2-3 * * *", berlin, "2026-10-24T23:00:00Z", 4),
        [
            "2026-10-25T00:00:00.000Z",
            "2026-10-25T00:30:00.000Z",
            "2026-10-25T02:00:00.000Z",
            "2026-10-25T02:30:00.000Z"
        ]
    );
}

#[test]
fn gaps_are_as_long_as_they_are() {
    let howe = chrono_tz::Australia::Lord_Howe;
    assert_eq!(
        fires("15 2 * * *", howe, "2026-10-03T12:00:00Z", 1),
        ["2026-10-03T15:30:00.000Z"],
        "half an hour is skipped at 02:00"
    );
    let apia = chrono_tz::Pacific::Apia;
    assert_eq!(
        fires("0 12 30 12 *", apia, "2011-12-29T12:00:00Z", 1),
        ["2011-12-30T10:00:00.000Z"],
        "a whole day is skipped"
    );
}

#[test]
fn weekdays_count_as_in_crontab() {
    for (line, expected) in [
        ("0 9 * * 1-5", "2026-11-23T09:00:00.000Z"),
        ("0 9 * * mon", "2026-11-23T09:00:00.000Z"),
        ("0 9 * * 0", "2026-11-22T09:00:00.000Z"),
        ("0 9 * * 7", "2026-11-22T09:00:00.000Z"),
        ("0 9 * * 5-7", "2026-11-21T09:00:00.000Z"),
        ("0 9 * * 6-1", "2026-11-21T09:00:00.000Z"),
        ("0 9 * * 1-5/2", "2026-11-23T09:00:00.000Z"),
        ("0 9 * * Tue,THU", "2026-11-24T09:00:00.000Z"),
        ("0 9 ? * *", "2026-11-21T09:00:00.000Z"),
        ("0 9 1 jan *", "2027-01-01T09:00:00.000Z"),
    ] {
        assert_eq!(
            fires(line, Tz::UTC, "2026-11-20T10:00:00Z", 1),
            [expected],
            "{line}"
        );
    }
}

#[test]
fn lines_that_cannot_be_meant_are_refused() {
    let now = at("2026-11-22T00:00:00Z");
    let refused = |line: &str| {
        CronLine::parse(line)
            .and_then(|l| l.check_pace(Tz::UTC, now, false))
            .expect_err(line)
    };
    for line in [
        "0 0 0 * * *",
        "0 25 * * *",
        "60 0 * * *",
        "0 0 * * 8",
        "0 0 * * 1/2",
        "*/0 0 * * *",
        "0 0 * * 1-",
        "0 0 32 * *",
        "0 0 * 13 *",
        "@daily",
        "",
        "x",
        "0 0 * * -1",
        "0 0 * * +1",
    ] {
        assert_eq!(refused(line), CronRefused::Malformed, "{line}");
    }
    let long = format!("{}0 0 * * *", "0,".repeat(50));
    assert_eq!(refused(&long), CronRefused::Malformed);
    for line in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 29 2 *"] {
        assert_eq!(refused(line), CronRefused::NeverFires, "{line}");
    }
    assert_eq!(refused("0 0 1 * 1"), CronRefused::TwoDays);
    for (line, seconds) in [
        ("* * * * *", 60),
        ("*/4 * * * *", 240),
        ("0,59 0-1 * * *", 60),
        ("0,59 0,23 1,31 1,12 *", 60),
    ] {
        assert_eq!(refused(line), CronRefused::TooOften { seconds }, "{line}");
    }
    let every = CronLine::parse("* * * * *").expect("a line");
    assert_eq!(every.check_pace(Tz::UTC, now, true), Ok(()));
    let fives = CronLine::parse("*/5 * * * *").expect("a line");
    assert_eq!(fives.check_pace(Tz::UTC, now, false), Ok(()));
}

#[test]
fn the_newest_of_the_missed_fires_is_found_however_long_the_sleep() {
    let newest = |line: &str, first: &str, now: &str| {
        let line = CronLine::parse(line).expect("a line");
        let found = line.newest(chrono_tz::Asia::Shanghai, at(first), at(now));
        found.map(|fire| (fire.wall.to_string(), fire.at.to_string()))
    };
    let pair = |wall: &str, at: &str| Some((wall.to_owned(), at.to_owned()));
    assert_eq!(
        newest("0 9 * * *", "2026-11-01T01:00:00Z", "2026-11-20T03:00:00Z"),
        pair("2026-11-20 09:00:00", "2026-11-20T01:00:00.000Z")
    );
    assert_eq!(
        newest("0 9 1 1 *", "2020-01-01T01:00:00Z", "2026-11-20T03:00:00Z"),
        pair("2026-01-01 09:00:00", "2026-01-01T01:00:00.000Z")
    );
    let first = "2026-11-20T01:00:00Z";
    assert_eq!(
        newest("0 9 * * *", first, first),
        pair("2026-11-20 09:00:00", "2026-11-20T01:00:00.000Z"),
        "the first itself counts"
    );
    assert_eq!(
        newest("0 9 * * *", "2026-11-20T01:00:01Z", "2026-11-20T03:00:00Z"),
        None
    );
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(line in ".{0,120}") {
        let _ = CronLine::parse(&line);
    }

    #[test]
    fn fires_go_forward_each_at_its_own_instant(
        minute in 0_u32..60, hour in 0_u32..24, zone in 0_usize..5, day in 0_i64..1_500,
    ) {
        let zone = [
            chrono_tz::Europe::Berlin, chrono_tz::America::New_York, chrono_tz::Australia::Lord_Howe,
            chrono_tz::Antarctica::Troll, chrono_tz::Africa::Casablanca,
        ][zone];
        let line = CronLine::parse(&format!("{minute},{} {hour} * * *", (minute + 30) % 60)).expect("a line");
        let mut last = at("2024-01-01T00:00:00Z").plus(TimeDelta::days(day));
        let mut walls = std::collections::BTreeSet::new();
        for _ in 0..8 {
            let fire = line.next_after(zone, last).expect("fires");
            prop_assert!(fire.at > last);
            prop_assert!(walls.insert(fire.wall), "a wall time fires once");
            prop_assert_eq!(fire.at, first_instant(zone, fire.wall));
            last = fire.at;
        }
    }
}
