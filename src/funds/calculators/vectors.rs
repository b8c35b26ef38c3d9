//! The published vectors, through the JSON of the calculators.

use serde_json::Map;
use serde_json::Value;

use super::apportionment;
use crate::kernel::problem::Failure;

const APPORTION: &str = include_str!("../../../tests/vectors/apportion.json");

/// One answer as the wire has it: the body of a 200, or code and params of a refusal.
type Outcome = Result<Value, (String, Map<String, Value>)>;

fn outcome<A: serde::Serialize>(answer: Result<A, Failure>) -> Outcome {
    match answer {
        Ok(answer) => Ok(serde_json::to_value(answer).expect("answers serialize")),
        Err(Failure::Refused(refusal)) => Err((refusal.kind().code.into(), refusal.params())),
        Err(other) => panic!("not a refusal: {other:?}"),
    }
}

/// Reads a request as the handler does, and runs the calculator.
fn run<R, A>(request: Value, calculator: fn(R) -> Result<A, Failure>) -> Outcome
where
    R: serde::de::DeserializeOwned,
    A: serde::Serialize,
{
    let text = request.to_string();
    let request = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    outcome(calculator(request))
}

/// The cases of a file of the given kinds, without the slips of the sources.
fn cases(file: &str, kinds: &[&str]) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).expect("vectors are JSON");
    let all = file["cases"].as_array().expect("cases").clone();
    let wanted: Vec<Value> = all
        .into_iter()
        .filter(|case| kinds.iter().any(|kind| case["kind"] == *kind))
        .filter(|case| case["oracle"] != false)
        .collect();
    assert!(!wanted.is_empty(), "no case of {kinds:?}");
    wanted
}

/// `given` with the case's kind.
fn request(case: &Value) -> Value {
    let mut request = case["given"].clone();
    request["kind"] = case["kind"].clone();
    request
}

/// Whether the outcome has at least what the case expects.
fn meets(case: &Value, outcome: &Outcome) {
    let id = &case["id"];
    let expect = case["expect"].as_object().expect("an object");
    match (outcome, expect.get("error")) {
        (Err((code, _)), _) if case["optional"] == true && code == "not_offered" => {}
        (Ok(answer), None) => {
            for (key, value) in expect {
                assert_eq!(&answer[key], value, "{id}: {key}");
            }
        }
        (Err((code, params)), Some(error)) => {
            assert_eq!(code, error, "{id}");
            for (key, value) in expect["detail"].as_object().into_iter().flatten() {
                assert_eq!(params.get(key), Some(value), "{id}: {key}");
            }
        }
        (outcome, _) => panic!("{id}: {outcome:?}"),
    }
}

#[test]
fn apportionment_meets_its_vectors() {
    for case in cases(APPORTION, &["budget_split", "mixed_split"]) {
        meets(&case, &run(request(&case), apportionment));
    }
}
