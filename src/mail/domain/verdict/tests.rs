use super::*;

fn rule(code: &str, enhanced: &str, pattern: &str, verdict: Verdict) -> AnswerRule {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    AnswerRule::new(
        some(code),
        some(enhanced),
        some(pattern).as_deref(),
        verdict,
    )
    .expect("a rule")
}

#[test]
fn without_rules_the_class_of_the_code_decides() {
    assert_eq!(judge(&[], 451, None, "greylisted"), Verdict::Transient);
    assert_eq!(judge(&[], 354, None, "go on"), Verdict::Transient);
    assert_eq!(judge(&[], 550, None, "no"), Verdict::Refused);
}

#[test]
fn the_first_rule_that_matches_decides() {
    let rules = [
        rule("", "", "frequency limited|rate limit", Verdict::SlowDown),
        rule("4", "", "", Verdict::Transient),
        rule("", "5.1.1", "", Verdict::Hard),
        rule("", "5.7.", "", Verdict::Policy),
    ];
    for (code, enhanced, text, verdict) in [
        (550, None, "Ip Frequency Limited", Verdict::SlowDown),
        (451, None, "later", Verdict::Transient),
        (550, Some("5.1.1"), "no such user", Verdict::Hard),
        (550, Some("5.1.10"), "null MX", Verdict::Refused),
        (550, Some("5.7.515"), "unauthenticated", Verdict::Policy),
        (554, None, "no", Verdict::Refused),
    ] {
        assert_eq!(judge(&rules, code, enhanced, text), verdict, "{text}");
    }
}

#[test]
fn an_enhanced_code_has_three_numbers() {
    assert_eq!(enhanced("5.1.1 no such user").as_deref(), Some("5.1.1"));
    assert_eq!(enhanced("5.7.515 x").as_deref(), Some("5.7.515"));
    for none in [
        "",
        "no",
        "1.2.3 x",
        "5.1 x",
        "5.1.x",
        "127.0.0.1 x",
        "5.1.1.1 x",
    ] {
        assert_eq!(enhanced(none), None, "{none}");
    }
}

#[test]
fn a_server_may_say_how_long_it_wants_to_be_left_alone() {
    for (text, seconds) in [
        ("4.7.1 try again in 300 seconds", Some(300)),
        ("please retry after two minutes", Some(120)),
        ("come back in 1 hour", Some(3_600)),
        ("wait 99999 hours", Some(HINT_MAX_S)),
        ("greylisted", None),
        ("0 seconds", None),
    ] {
        assert_eq!(hint(text), seconds.map(TimeDelta::seconds), "{text}");
    }
}

#[test]
fn steps_repeat_their_last_and_move_by_a_fifth() {
    let steps = [TimeDelta::minutes(2), TimeDelta::minutes(10)];
    for (attempt, minutes) in [(0, 2), (1, 2), (2, 10), (3, 10), (99, 10)] {
        assert_eq!(pause(&steps, attempt, 200), TimeDelta::minutes(minutes));
        assert_eq!(
            pause(&steps, attempt, 0) * 5,
            TimeDelta::minutes(minutes) * 4
        );
        assert_eq!(
            pause(&steps, attempt, 400) * 5,
            TimeDelta::minutes(minutes) * 6
        );
    }
}

#[test]
fn a_receiver_is_left_alone_twice_as_long_each_time_up_to_six_hours() {
    let minutes: Vec<i64> = (0..8).map(|n| closing(n).num_minutes()).collect();
    assert_eq!(minutes, [10, 20, 40, 80, 160, 320, 360, 360]);
}
