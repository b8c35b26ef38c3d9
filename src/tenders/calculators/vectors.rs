//! Runs the examples in `tests/vectors/negotiation` through a calculator's JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;

use crate::kernel::problem::Refusal;

/// The examples of one file; never empty.
pub(crate) fn load(file: &str) -> Vec<Value> {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/tests/vectors/negotiation/{file}.json");
    let text = std::fs::read_to_string(&path).expect(&path);
    let all: Value = serde_json::from_str(&text).expect("the file is JSON");
    let vectors = all["vectors"].as_array().expect("a list").clone();
    assert!(!vectors.is_empty(), "{file}");
    vectors
}

/// Every example of `file`: its input answers at least its expected keys; a list is answered as `items`.
pub(crate) fn check<Q, A, E>(file: &str, calculate: impl Fn(Q) -> Result<A, E>)
where
    Q: DeserializeOwned,
    A: Serialize,
    E: Refusal,
{
    check_kinds(file, None, calculate);
}

/// As [`check`], with each example's `kind` in the request and `kept` deciding which keys are compared.
pub(crate) fn check_kinds<Q, A, E>(
    file: &str,
    kept: Option<fn(&Value, &str) -> bool>,
    calculate: impl Fn(Q) -> Result<A, E>,
) where
    Q: DeserializeOwned,
    A: Serialize,
    E: Refusal,
{
    for vector in load(file) {
        let mut input = vector["input"].clone();
        if let Some(kind) = vector.get("kind") {
            input["kind"] = kind.clone();
        }
        let request: Q = serde_json::from_str(&input.to_string()).expect("a request");
        let answer = calculate(request).unwrap_or_else(|e| panic!("{}: {e}", vector["id"]));
        let answer = serde_json::to_value(answer).expect("an answer");
        let mut expected = vector["expected"].clone();
        if expected.is_array() {
            expected = json!({ "items": expected });
        }
        if let (Some(kept), Some(keys)) = (kept, expected.as_object_mut()) {
            let whole = Value::Object(keys.clone());
            keys.retain(|key, _| kept(&whole, key));
        }
        assert_covers(&answer, &expected, &vector["id"].to_string());
    }
}

/// `answer` has at least the keys of `expected`, with equal values.
pub(crate) fn assert_covers(answer: &Value, expected: &Value, place: &str) {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            for (key, value) in expected {
                let found = answer.get(key).unwrap_or(&Value::Null);
                assert!(answer.contains_key(key), "{place}.{key} is missing");
                assert_covers(found, value, &format!("{place}.{key}"));
            }
        }
        (Value::Array(answer), Value::Array(expected)) => {
            assert_eq!(answer.len(), expected.len(), "{place}");
            for (index, (answer, expected)) in answer.iter().zip(expected).enumerate() {
                assert_covers(answer, expected, &format!("{place}[{index}]"));
            }
        }
        _ => assert_eq!(answer, expected, "{place}"),
    }
}
