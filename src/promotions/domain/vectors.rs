//! The published cases of this slice, for its tests.

use serde_json::Value;

/// The cases of one kind; panics if there is none.
pub fn cases(kind: &str) -> Vec<Value> {
    let text = include_str!("../../../tests/vectors/festival.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let cases = file["cases"].as_array().expect("a list");
    let found: Vec<Value> = cases
        .iter()
        .filter(|c| c["kind"] == kind)
        .cloned()
        .collect();
    assert!(!found.is_empty(), "no case of kind {kind}");
    found
}
