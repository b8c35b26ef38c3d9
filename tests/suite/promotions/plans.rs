//! Planning: the main day, phases in local time, and every reason against a plan.

use crate::promotions::draft;
use crate::promotions::from_to;
use crate::promotions::ground::Ground;
use crate::promotions::window;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    double_eleven_and_spring_festival_fall_on_their_instants => known_sales;
    a_sale_keeps_its_local_hours_where_the_clocks_change => changing_clocks;
    every_fault_of_the_phases_is_named_at_once => every_fault;
    what_cannot_be_planned_is_refused => refused_plans;
}

async fn known_sales(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let eleven = json!({"name": "Double Eleven", "festival": "double_eleven", "year": 2026});
    let eleven = draft(&ground, eleven).await;
    eleven.expect(201);
    assert_eq!(eleven.header("etag"), "\"v1\"");
    assert_eq!(eleven.body["main_day"], "2026-11-11");
    assert_eq!(eleven.body["state"], "draft");
    assert_eq!(eleven.body["template"], "double_eleven");
    for (phase, from, to) in [
        (
            "enrolment",
            "2026-09-17T04:00:00.000Z",
            "2026-09-24T16:00:00.000Z",
        ),
        (
            "w1_deposit",
            "2026-10-20T16:00:00.000Z",
            "2026-10-31T14:00:00.000Z",
        ),
        (
            "w1_main",
            "2026-10-31T16:00:00.000Z",
            "2026-11-03T16:00:00.000Z",
        ),
        (
            "w2_final_payment",
            "2026-11-10T16:30:00.000Z",
            "2026-11-11T16:00:00.000Z",
        ),
        (
            "w2_main",
            "2026-11-10T16:00:00.000Z",
            "2026-11-11T16:00:00.000Z",
        ),
    ] {
        assert_eq!(window(&eleven.body, phase), from_to(from, to), "{phase}");
    }
    let spring = json!({"name": "New Year", "festival": "spring_festival", "year": 2027, "template": "one_day"});
    let spring = draft(&ground, spring).await;
    spring.expect(201);
    assert_eq!(spring.body["main_day"], "2027-02-06");
    let day = from_to("2027-02-05T16:00:00.000Z", "2027-02-06T16:00:00.000Z");
    assert_eq!(window(&spring.body, "main"), day);
    let phases = format!("/v1/promotions/{}/phases", spring.id());
    let phases = ground.organizer.get(&phases).await;
    phases.expect(200);
    assert_eq!(phases.body["items"], spring.body["phases"]);
}

async fn changing_clocks(app: TestApp) {
    let ground = Ground::new(&app, "America/New_York").await;
    let body = json!({
        "name": "Clocks", "main_day": "2027-03-14",
        "phases": [
            {"phase": "main", "from": "2027-03-14T00:00:00", "to": "2027-03-15T00:00:00"},
            {"phase": "returns", "from": "2027-11-07T00:00:00", "to": "2027-11-08T00:00:00"},
        ],
    });
    let answer = draft(&ground, body).await;
    answer.expect(201);
    // 23 hours and 25 hours.
    let spring = from_to("2027-03-14T05:00:00.000Z", "2027-03-15T04:00:00.000Z");
    let autumn = from_to("2027-11-07T04:00:00.000Z", "2027-11-08T05:00:00.000Z");
    assert_eq!(window(&answer.body, "main"), spring);
    assert_eq!(window(&answer.body, "returns"), autumn);
    assert_eq!(answer.body["phases"][0]["from"], "2027-03-14T00:00:00");
    assert_eq!(answer.body["time_zone"], "America/New_York");
}

/// A plan under a name, unless it brings its own.
fn named(plan: Value) -> Value {
    let mut body = json!({"name": "x"});
    let fields = plan.as_object().expect("fields").clone();
    body.as_object_mut().expect("fields").extend(fields);
    body
}

async fn every_fault(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let body = named(json!({"main_day": "2028-06-01", "phases": [
        {"phase": "lunch", "from": "2028-06-01T00:00:00", "to": "2028-06-02T00:00:00"},
        {"phase": "deposit", "from": "2028-06-01T00:00:00", "to": "2028-06-01T00:00:00"},
    ]}));
    let all = draft(&ground, body).await;
    all.expect_problem(422, "phases_invalid");
    let errors = all.body["errors"].as_array().expect("errors");
    let codes: Vec<_> = errors
        .iter()
        .map(|e| json!([e["pointer"], e["code"]]))
        .collect();
    let expected = json!([
        ["#/phases/0", "phase_unknown"],
        ["#/phases/1", "phase_empty"],
        ["#/phases", "main_missing"],
        ["#/phases", "deposit_needs_final_payment"],
    ]);
    assert_eq!(json!(codes), expected);
}

async fn refused_plans(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    for (plan, code) in [
        (
            json!({"festival": "mayday", "year": 2028}),
            "festival_unknown",
        ),
        (
            json!({"festival": "eid_al_fitr", "year": 2028}),
            "festival_provisional",
        ),
        (
            json!({"festival": "laba", "year": 2023}),
            "festival_not_once",
        ),
        (
            json!({"festival": "double_eleven", "year": 1990}),
            "out_of_range",
        ),
        (json!({"festival": "double_eleven"}), "validation_failed"),
        (
            json!({"festival": "double_eleven", "year": 2028, "main_day": "2028-11-11"}),
            "validation_failed",
        ),
        (
            json!({"main_day": "2028-06-01", "capacity": 0}),
            "validation_failed",
        ),
        (
            json!({"name": "a\nb", "main_day": "2028-06-01"}),
            "validation_failed",
        ),
    ] {
        let answer = draft(&ground, named(plan)).await;
        answer.expect_problem(422, code);
    }
    let eid = named(json!({"festival": "eid_al_fitr", "main_day": "2028-02-27"}));
    draft(&ground, eid).await.expect(201);
    let price = named(json!({"main_day": "2028-06-01", "discount": 10}));
    draft(&ground, price)
        .await
        .expect_problem(400, "invalid_body");
}
