//! Levies beyond the published tables: order of steps, soundness of rules, owner caps.

use serde_json::Value;
use serde_json::json;

use super::Days;
use super::LevyRefusal;
use super::Rule;
use super::Subject;
use super::assess;
use crate::kernel::rational::Exact;

fn rule(rule: Value) -> Rule {
    serde_json::from_value(rule).expect("a rule")
}

fn sized(measure: &str, size: i64) -> Subject {
    Subject {
        sizes: [(measure.to_owned(), Exact::whole(size))].into(),
        ..Subject::default()
    }
}

fn steps(steps: Value) -> Rule {
    rule(json!({"base": {"kind": "flat", "amount": 1000}, "steps": steps}))
}

#[test]
fn steps_run_in_the_order_written() {
    let cap = json!({"step": "cap", "amount": 600});
    let half = json!({"step": "multiply", "factor": "0.5"});
    let capped_last = steps(json!([half, cap]));
    let capped_first = steps(json!([cap, half]));
    let subject = Subject::default();
    assert_eq!(assess(&capped_last, &subject).map(|a| a.amount), Ok(500));
    assert_eq!(assess(&capped_first, &subject).map(|a| a.amount), Ok(300));
}

#[test]
fn an_assessment_names_the_steps_that_changed_the_value() {
    let rule = steps(json!([
        {"step": "floor", "amount": 10},
        {"step": "multiply", "factor": "1/3"},
        {"step": "cap", "amount": 300, "class": "charity"},
    ]));
    let found = assess(&rule, &Subject::default()).expect("charged");
    assert_eq!(found.amount, 333);
    let applied: Vec<_> = found
        .applied
        .iter()
        .map(|(i, v)| (*i, v.to_string()))
        .collect();
    assert_eq!(applied, [(1, "1000/3".to_owned())]);
}

#[test]
fn an_exemption_is_tested_before_the_base_needs_anything() {
    let rule = rule(json!({
        "base": {"kind": "rate", "measure": "woz", "rate": "0.01"},
        "steps": [{"step": "exempt_class", "classes": ["worship"]}],
    }));
    let subject = Subject {
        class: Some("worship".into()),
        ..Subject::default()
    };
    let found = assess(&rule, &subject).expect("exempt");
    assert_eq!((found.amount, found.exempt_by), (0, Some(0)));
}

#[test]
fn a_rule_by_the_day_needs_days_within_the_period() {
    let rule = steps(json!([{"step": "prorate_days"}]));
    let of = |liable, period| Subject {
        days: Some(Days { liable, period }),
        ..Subject::default()
    };
    assert_eq!(
        assess(&rule, &Subject::default()),
        Err(LevyRefusal::DaysMissing)
    );
    assert_eq!(assess(&rule, &of(1, 3)).map(|a| a.amount), Ok(333));
    let (days, period_days) = (4, 3);
    let outside = LevyRefusal::DaysOutOfRange { days, period_days };
    assert_eq!(assess(&rule, &of(days, period_days)), Err(outside));
}

#[test]
fn indexing_stops_at_a_century_and_at_the_precision_it_can_hold() {
    let rule = |factor: &str| steps(json!([{"step": "index", "factor": factor}]));
    let after = |years_elapsed| Subject {
        years_elapsed,
        ..Subject::default()
    };
    assert_eq!(
        assess(&rule("1.03"), &after(3)).map(|a| a.amount),
        Ok(1_093)
    );
    let years_elapsed = 101;
    let refused = assess(&rule("1.03"), &after(years_elapsed));
    assert_eq!(refused, Err(LevyRefusal::YearsOutOfRange { years_elapsed }));
    let refused = assess(&rule("1.000000000000000000000000001"), &after(100));
    assert!(
        matches!(refused, Err(LevyRefusal::Overflow(_))),
        "{refused:?}"
    );
}

#[test]
fn unsound_rules_are_refused_with_the_place() {
    let bands =
        |bands: Value| rule(json!({"base": {"kind": "bands", "measure": "m", "bands": bands}}));
    for (rule, at, reason) in [
        (bands(json!([])), "/base/bands", "empty"),
        (
            bands(json!([{"from": 2, "amount": 1}, {"from": 2, "amount": 3}])),
            "/base/bands",
            "not_ascending",
        ),
        (
            bands(json!([{"from": 0, "amount": 1}, {"from": 2, "amount": -3}])),
            "/base/bands/1",
            "negative",
        ),
        (
            rule(json!({"base": {"kind": "sum", "terms": []}})),
            "/base/terms",
            "empty",
        ),
        (
            rule(json!({"base": {"kind": "flat", "amount": 1}, "round": {"quantum": 0}})),
            "/round/quantum",
            "not_positive",
        ),
    ] {
        let at = at.to_owned();
        let refused = Err(LevyRefusal::RuleInvalid { at, reason });
        assert_eq!(assess(&rule, &sized("m", 3)), refused);
    }
}

#[test]
fn unknown_fields_of_a_rule_are_not_read() {
    for unknown in [
        json!({"base": {"kind": "flat", "amount": 1, "more": 2}}),
        json!({"base": {"kind": "flat", "amount": 1}, "steps": [{"step": "prorate_days", "x": 1}]}),
        json!({"base": {"kind": "flat", "amount": 1}, "note": "why"}),
        json!({"base": {"kind": "flat", "amount": 1}, "round": {"to": 1}}),
    ] {
        assert!(
            serde_json::from_value::<Rule>(unknown.clone()).is_err(),
            "{unknown}"
        );
    }
}

#[test]
fn a_levy_beyond_the_range_of_amounts_is_an_overflow() {
    let rule = rule(json!({"base": {"kind": "rate", "measure": "m", "rate": 2}}));
    let refused = assess(&rule, &sized("m", i64::MAX));
    assert!(
        matches!(refused, Err(LevyRefusal::Overflow(_))),
        "{refused:?}"
    );
}
