//! The calendar without the paperwork: calculators and the festival catalogue.

use crate::support::Database;
use crate::support::TestApp;
use serde_json::Value;
use serde_json::json;

fn vectors(kind: &str) -> Vec<Value> {
    let text = include_str!("../../vectors/festival.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let cases = file["cases"].as_array().expect("a list");
    cases
        .iter()
        .filter(|c| c["kind"] == kind)
        .cloned()
        .collect()
}

#[actix_web::test]
async fn every_published_case_is_answered_by_its_calculator() {
    let app = TestApp::start(Database::Sqlite).await;
    let kinds = [
        ("phases", "phase_template"),
        ("phases", "timeline"),
        ("phases", "phase_validation"),
        ("conflicts", "conflict"),
    ];
    for (route, kind) in kinds {
        for case in vectors(kind) {
            let mut body = case["given"].clone();
            body["kind"] = json!(kind);
            let path = format!("/v1/calculators/{route}");
            let answer = app.nobody().post(&path, body).await;
            answer.expect(200);
            for (key, value) in case["expect"].as_object().expect("an object") {
                assert_eq!(&answer.body[key], value, "{}", case["id"]);
            }
        }
    }
}

#[actix_web::test]
async fn the_festivals_of_a_year_are_listed_in_both_languages() {
    let app = TestApp::start(Database::Sqlite).await;
    let list = |query: &'static str| {
        let nobody = app.nobody();
        async move { nobody.get(&format!("/v1/festivals?{query}")).await }
    };
    let year = list("from=2027-01-01&to=2027-12-31&locale=en").await;
    year.expect(200);
    let items = year.body["items"].as_array().expect("a list");
    let spring = json!({
        "festival": "spring_festival", "name": "Spring Festival",
        "names": {"zh-CN": "春节", "en": "Spring Festival"},
        "date": "2027-02-06", "provisional": false,
    });
    assert!(items.contains(&spring), "{}", year.text);
    let late = list("from=2037-01-01&to=2037-12-31").await;
    late.expect(200);
    assert!(late.body["incomplete"].as_array().is_some_and(|gaps| {
        gaps.contains(&json!({"festival": "diwali", "from": "2037-01-01", "to": "2037-12-31"}))
    }));
    list("from=1900-01-01&to=1901-12-31")
        .await
        .expect_problem(422, "year_out_of_range");
    list("from=2020-01-01&to=2031-12-31")
        .await
        .expect_problem(422, "range_invalid");
    list("from=today&to=2031-12-31")
        .await
        .expect_problem(400, "invalid_parameter");
    list("from=2020-01-01")
        .await
        .expect_problem(400, "invalid_parameter");
    list("from=2020-01-01&to=2020-12-31&locale=fr")
        .await
        .expect_problem(400, "invalid_parameter");
}

#[actix_web::test]
async fn every_published_date_of_every_festival_from_2015_to_2035_is_listed() {
    let app = TestApp::start(Database::Sqlite).await;
    let mut listed: std::collections::BTreeMap<String, Vec<String>> =
        std::collections::BTreeMap::new();
    for (from, to) in [(2015, 2024), (2025, 2034), (2035, 2035)] {
        let path = format!("/v1/festivals?from={from}-01-01&to={to}-12-31&locale=zh-CN");
        let answer = app.nobody().get(&path).await;
        answer.expect(200);
        assert_eq!(answer.body["incomplete"], json!([]));
        for item in answer.body["items"].as_array().expect("a list") {
            assert_eq!(item["name"], item["names"]["zh-CN"]);
            let text = |key: &str| item[key].as_str().expect("a text").to_owned();
            listed
                .entry(text("festival"))
                .or_default()
                .push(text("date"));
        }
    }
    let cases = vectors("festival_dates");
    assert_eq!((cases.len(), listed.len()), (57, 57));
    for case in cases {
        let festival = case["given"]["festival"].as_str().expect("an id");
        let years = case["expect"].as_object().expect("years");
        let covered = |year: &str| (2015..=2035).contains(&year.parse::<i32>().expect("a year"));
        let published: Vec<&Value> = years
            .iter()
            .filter(|(year, _)| covered(year))
            .flat_map(|(_, dates)| dates.as_array().expect("dates"))
            .collect();
        assert_eq!(json!(published), json!(listed[festival]), "{festival}");
    }
}
