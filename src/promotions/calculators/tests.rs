//! Every vector of phases and conflicts through the JSON of its calculator.

use super::*;
use crate::promotions::domain::vectors;
use serde_json::Value;
use serde_json::json;

fn with_kind(case: &Value) -> Value {
    let mut body = case["given"].clone();
    body["kind"] = case["kind"].clone();
    body
}

fn phases_of(body: Value) -> Result<Value, CalendarRefused> {
    let request: PhasesRequest = serde_json::from_value(body).expect("a request");
    phases(&request).map(|answer| serde_json::to_value(answer).expect("JSON"))
}

/// Whether `found` has at least the keys of `expected`, with equal values, at every depth.
fn covers(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => expected
            .iter()
            .all(|(key, value)| found.get(key).is_some_and(|f| covers(f, value))),
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(f, e)| covers(f, e))
        }
        _ => found == expected,
    }
}

#[test]
fn every_template_timeline_and_validation_is_answered_as_published() {
    for kind in ["phase_template", "timeline", "phase_validation"] {
        for case in vectors::cases(kind) {
            let found = phases_of(with_kind(&case)).expect("an answer");
            assert!(covers(&found, &case["expect"]), "{}: {found}", case["id"]);
        }
    }
}

#[test]
fn every_conflict_is_answered_as_published() {
    for case in vectors::cases("conflict") {
        for body in [with_kind(&case), case["given"].clone()] {
            let request: ConflictsRequest = serde_json::from_value(body).expect("a request");
            let found = serde_json::to_value(conflicts(&request).expect("few")).expect("JSON");
            assert_eq!(found, case["expect"], "{}", case["id"]);
        }
    }
}

#[test]
fn unknown_fields_are_not_readable() {
    for kind in ["phase_template", "timeline", "phase_validation"] {
        for case in vectors::cases(kind) {
            let mut body = with_kind(&case);
            body["surprise"] = json!(1);
            assert!(serde_json::from_value::<PhasesRequest>(body).is_err());
        }
    }
    for case in vectors::cases("conflict") {
        let mut body = with_kind(&case);
        body["promotions"][0]["surprise"] = json!(1);
        assert!(serde_json::from_value::<ConflictsRequest>(body).is_err());
    }
}

#[test]
fn an_unknown_zone_and_a_phase_of_no_kind_are_named() {
    let body = json!({"kind": "timeline", "tz": "Mars/Olympus", "phases": []});
    let refused = phases_of(body).expect_err("no such zone");
    assert_eq!(
        refused,
        CalendarRefused::TimeZoneUnknown {
            zone: "Mars/Olympus".into()
        }
    );
    let body = json!({"kind": "phase_validation", "phases": [
        {"phase": "party", "from": "2026-11-11T00:00:00", "to": "2026-11-12T00:00:00"}]});
    let found = phases_of(body).expect("an answer");
    let expected = json!({"errors": [
        {"code": "phase_unknown", "phase": "party"}, {"code": "main_missing"}]});
    assert_eq!(found, expected);
}
