//! Every ballot vector through the JSON of its calculator.

use super::*;
use crate::kernel::problem::Refusal;
use serde_json::Value;
use serde_json::json;

fn cases() -> Vec<Value> {
    let file: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/ballot.json")).expect("JSON");
    file["cases"].as_array().expect("cases").clone()
}

fn run<Q, A>(
    body: Value,
    calculate: impl Fn(&Q) -> Result<A, BallotRefused>,
) -> Result<Value, BallotRefused>
where
    Q: serde::de::DeserializeOwned,
    A: Serialize,
{
    let request: Q = serde_json::from_value(body).expect("a request");
    calculate(&request).map(|answer| serde_json::to_value(answer).expect("JSON"))
}

fn answer(kind: &str, body: Value) -> Result<Value, BallotRefused> {
    match kind {
        "tally" | "tally_aggregate" => run(body, tally),
        "early_close" => run(body, early_close),
        "resolve" => run(body, votes),
        "choice" => run(body, choice),
        other => panic!("unknown kind {other}"),
    }
}

fn with_kind(case: &Value) -> Value {
    let mut body = case["given"].clone();
    body["kind"] = case["kind"].clone();
    body
}

#[test]
fn every_ballot_vector_is_answered_as_printed() {
    let cases = cases();
    assert_eq!(cases.len(), 46);
    for case in cases {
        let kind = case["kind"].as_str().expect("a kind");
        let expect = case["expect"].as_object().expect("an object");
        match answer(kind, with_kind(&case)) {
            Ok(answer) => {
                for (key, value) in expect {
                    assert_eq!(&answer[key], value, "{}: {key}", case["id"]);
                }
            }
            Err(refused) => {
                assert_eq!(expect["error"], refused.kind().code, "{}", case["id"]);
                for (key, value) in expect["detail"].as_object().expect("detail") {
                    assert_eq!(&refused.params()[key], value, "{}: {key}", case["id"]);
                }
            }
        }
    }
}

#[test]
fn the_kind_may_be_left_out_where_there_is_only_one() {
    for case in cases() {
        let kind = case["kind"].as_str().expect("a kind");
        if !kind.starts_with("tally") {
            assert!(
                answer(kind, case["given"].clone()).is_ok(),
                "{}",
                case["id"]
            );
        }
    }
}

#[test]
fn unknown_fields_and_kinds_are_not_readable() {
    for case in cases() {
        let mut extra = with_kind(&case);
        extra["surprise"] = json!(1);
        let mut inner = with_kind(&case);
        if !inner["rule"].is_null() {
            inner["rule"]["surprise"] = json!(1);
            assert!(!readable(&case["kind"], inner), "{}", case["id"]);
        }
        assert!(!readable(&case["kind"], extra), "{}", case["id"]);
        let mut other = with_kind(&case);
        other["kind"] = json!("raffle");
        assert!(!readable(&case["kind"], other), "{}", case["id"]);
    }
}

fn readable(kind: &Value, body: Value) -> bool {
    match kind.as_str().expect("a kind") {
        "early_close" => serde_json::from_value::<EarlyCloseRequest>(body).is_ok(),
        "resolve" => serde_json::from_value::<VotesRequest>(body).is_ok(),
        "choice" => serde_json::from_value::<ChoiceRequest>(body).is_ok(),
        _ => serde_json::from_value::<TallyRequest>(body).is_ok(),
    }
}

#[test]
fn sums_beyond_the_electorate_are_refused() {
    let body = json!({"kind": "tally_aggregate",
        "rule": {"tests": [{"by": "head", "base": "cast", "threshold": "1/2", "strict": true}]},
        "for": {"head": 5, "weight": 5}, "against": {"head": 1, "weight": 0},
        "abstain": {"head": 0, "weight": 0}, "eligible": {"head": 5, "weight": 9}});
    let refused = answer("tally_aggregate", body).expect_err("too many heads");
    assert_eq!(refused, BallotRefused::CastExceedsEligible { by: "head" });
}

#[test]
fn a_missing_kind_is_named_where_there_are_several() {
    let error = serde_json::from_value::<TallyRequest>(json!({})).expect_err("no kind");
    let message = error.to_string();
    assert_eq!(message, "`kind` must be one of: tally tally_aggregate");
}

#[test]
fn the_schema_of_a_choice_of_kinds_is_a_plain_choice_of_shapes() {
    let schema = <TallyRequest as utoipa::PartialSchema>::schema();
    let schema = serde_json::to_value(schema).expect("JSON");
    for (index, shape) in ["TallyInput", "AggregateInput"].iter().enumerate() {
        let reference = format!("#/components/schemas/{shape}");
        assert_eq!(schema["oneOf"][index]["$ref"], reference);
    }
}
