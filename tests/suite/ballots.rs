//! Ballots: the counting rules as calculators, and a question from its draft to its declaration.

use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;

on_both! {
    every_ballot_vector_is_answered_by_its_calculator => vectors;
}

async fn vectors(app: TestApp) {
    let text = include_str!("../vectors/ballot.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let nobody = app.nobody();
    for case in file["cases"].as_array().expect("cases") {
        let kind = case["kind"].as_str().expect("a kind");
        let name = match kind {
            "tally" | "tally_aggregate" => "tally",
            "early_close" => "early-close",
            "resolve" => "votes",
            other => other,
        };
        let mut body = case["given"].clone();
        body["kind"] = case["kind"].clone();
        let answer = nobody.post(&format!("/v1/calculators/{name}"), body).await;
        let expect = &case["expect"];
        if let Some(code) = expect["error"].as_str() {
            answer.expect_problem(422, code);
            for (key, value) in expect["detail"].as_object().into_iter().flatten() {
                assert_eq!(&answer.body["params"][key], value, "{}: {key}", case["id"]);
            }
            continue;
        }
        answer.expect(200);
        for (key, value) in expect.as_object().expect("an object") {
            assert_eq!(&answer.body[key], value, "{}: {key}", case["id"]);
        }
    }
}
