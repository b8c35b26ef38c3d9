//! Funds: levies, payments, spending and the close of a season, in money that adds up.

mod books;
mod closing;
mod dues;
mod giving;
mod joining;
mod ledger;
mod levies;
mod levy_refusals;
mod owing;
mod payments;
mod placements;
mod races;
mod recount;
mod refusals;
mod reversing;
mod season;
mod settling;
mod sizes;
mod spending;
pub mod world;

use serde_json::json;

use crate::support::Database;
use crate::support::TestApp;

#[actix_web::test]
async fn every_money_calculator_answers_anybody() {
    let app = TestApp::start(Database::Sqlite).await;
    let document = app.nobody().get("/openapi.json").await;
    for name in [
        "apportionment",
        "true-up",
        "levy",
        "levy-owner-cap",
        "instalments",
        "refund",
        "sponsor-match",
        "fund-closing",
    ] {
        let path = format!("/v1/calculators/{name}");
        let content =
            &document.body["paths"][&path]["post"]["requestBody"]["content"]["application/json"];
        let schema = content["schema"]["$ref"].as_str().expect("a named schema");
        let schema = schema.rsplit('/').next().expect("a name");
        let example = document.body["components"]["schemas"][schema]["example"].clone();
        let answer = app.nobody().post(&path, example).await;
        answer.expect(200);
    }
}

#[actix_web::test]
async fn infeasible_bounds_are_refused_with_the_arithmetic() {
    let app = TestApp::start(Database::Sqlite).await;
    let member = |id: &str| json!({ "id": id, "weight": 1, "floor": 600 });
    let body =
        json!({ "kind": "budget_split", "budget": 1000, "members": [member("a"), member("b")] });
    let answer = app
        .nobody()
        .post("/v1/calculators/apportionment", body)
        .await;
    answer.expect_problem(422, "floors_exceed_budget");
    assert_eq!(answer.body["params"]["floors"], 1200);
    assert_eq!(answer.body["params"]["excess"], 200);
}
