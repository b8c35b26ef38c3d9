//! Promotions: festivals, phases in local time, a life by the clock, and enrolment up to a limit.

mod enrolments;
mod ground;

use crate::support::Answer;
use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;
use ground::Ground;
use guildhall::mandates;
use guildhall::mandates::Decision;
use guildhall::mandates::Matter;
use guildhall::platform::act;
use guildhall::promotions as face;
use serde_json::Value;
use serde_json::json;

fn vectors(kind: &str) -> Vec<Value> {
    let text = include_str!("../vectors/festival.json");
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

on_both! {
    double_eleven_and_spring_festival_fall_on_their_instants => known_sales;
    a_sale_keeps_its_local_hours_where_the_clocks_change => changing_clocks;
    the_clock_runs_ends_and_settles_even_after_a_long_sleep => clock_driven;
    what_cannot_be_planned_is_refused_with_every_reason => refused_plans;
    a_draft_changes_until_it_is_proposed => changing;
    a_new_date_moves_every_phase_and_keeps_its_id => re_dated;
    only_a_decision_for_exactly_this_publishes_where_by_laws_ask_for_one => by_ballot;
    roles_decide_who_writes_and_publication_who_reads => roles;
}

/// Drafts a promotion.
async fn draft(ground: &Ground, body: Value) -> Answer {
    let path = format!("/v1/alliances/{}/promotions", ground.alliance);
    ground.organizer.post(&path, body).await
}

/// Drafts, proposes and schedules a promotion; answers its path.
async fn scheduled(ground: &Ground, body: Value) -> String {
    let answer = draft(ground, body).await;
    answer.expect(201);
    let path = format!("/v1/promotions/{}", answer.id());
    for event in ["propose", "schedule"] {
        ground
            .organizer
            .transition(&path, event, None)
            .await
            .expect(200);
    }
    path
}

/// Start and end of a phase.
fn window(body: &Value, name: &str) -> (String, String) {
    let phases = body["phases"].as_array().expect("phases");
    let found = phases.iter().find(|phase| phase["phase"] == name);
    let phase = found.unwrap_or_else(|| panic!("no {name} in {body}"));
    let text = |key: &str| phase[key].as_str().expect("an instant").to_owned();
    (text("starts_at"), text("ends_at"))
}

fn from_to(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
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

async fn clock_driven(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let seen = scheduled(&ground, body.clone()).await;
    let slept = scheduled(&ground, body).await;
    let state = async |path: &str| app.nobody().get(path).await.body["state"].clone();
    for (now, expected) in [
        ("2028-05-31T15:59:59.000Z", "scheduled"),
        ("2028-05-31T16:00:00.000Z", "running"),
        ("2028-06-01T16:00:00.000Z", "ended"),
    ] {
        app.clock_to(now).await;
        assert_eq!(state(&seen).await, expected, "{now}");
    }
    let late = ground.organizer.transition(&seen, "cancel", None).await;
    late.expect_problem(409, "illegal_transition");
    assert_eq!(late.body["params"]["state"], "ended");
    app.clock_to("2029-01-01T00:00:00Z").await;
    assert_eq!(state(&seen).await, "settled");
    assert_eq!(state(&slept).await, "settled");
}

async fn refused_plans(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let refused = async |body: Value, code: &str| {
        let answer = draft(&ground, body).await;
        answer.expect_problem(422, code);
        answer
    };
    let named = |plan: Value| {
        let mut body = json!({"name": "x"});
        let fields = plan.as_object().expect("fields").clone();
        body.as_object_mut().expect("fields").extend(fields);
        body
    };
    let body = named(json!({"main_day": "2028-06-01", "phases": [
        {"phase": "lunch", "from": "2028-06-01T00:00:00", "to": "2028-06-02T00:00:00"},
        {"phase": "deposit", "from": "2028-06-01T00:00:00", "to": "2028-06-01T00:00:00"},
    ]}));
    let all = refused(body, "phases_invalid").await;
    let errors = all.body["errors"].as_array().expect("errors");
    let codes: Vec<_> = errors.iter().map(|e| (&e["pointer"], &e["code"])).collect();
    let expected = [
        (json!("#/phases/0"), json!("phase_unknown")),
        (json!("#/phases/1"), json!("phase_empty")),
        (json!("#/phases"), json!("main_missing")),
        (json!("#/phases"), json!("deposit_needs_final_payment")),
    ];
    let expected: Vec<_> = expected.iter().map(|(p, c)| (p, c)).collect();
    assert_eq!(codes, expected);
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
        refused(named(plan), code).await;
    }
    let eid = named(json!({"festival": "eid_al_fitr", "main_day": "2028-02-27"}));
    draft(&ground, eid).await.expect(201);
    let price = named(json!({"main_day": "2028-06-01", "discount": 10}));
    draft(&ground, price)
        .await
        .expect_problem(400, "invalid_body");
}

async fn changing(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let body = json!({"name": "618", "festival": "six_eighteen", "year": 2028, "capacity": 5});
    let answer = draft(&ground, body).await;
    let path = format!("/v1/promotions/{}", answer.id());
    let moved = ground
        .organizer
        .patch(&path, json!({"year": 2029, "capacity": null}))
        .await;
    moved.expect(200);
    assert_eq!(moved.body["main_day"], "2029-06-18");
    assert_eq!(moved.body["capacity"], Value::Null);
    assert_eq!(moved.body["name"], "618");
    assert_eq!(moved.header("etag"), "\"v2\"");
    assert_eq!(moved.body["phases"][0]["from"], "2029-05-04T12:00:00");
    let stale = [("if-match", "\"v1\"")];
    let stale = ground
        .organizer
        .post_with(&format!("{path}/propose"), &stale, Value::Null)
        .await;
    stale.expect_problem(412, "precondition_failed");
    let bare = ground.organizer.post_bare(&format!("{path}/propose")).await;
    bare.expect_problem(428, "precondition_required");
    ground
        .organizer
        .transition(&path, "schedule", None)
        .await
        .expect_problem(409, "illegal_transition");
    ground
        .organizer
        .transition(&path, "propose", None)
        .await
        .expect(200);
    let late = ground.organizer.patch(&path, json!({"name": "y"})).await;
    late.expect_problem(409, "illegal_transition");
    assert_eq!(
        late.body["params"]["allowed"],
        json!(["schedule", "re-date", "cancel"])
    );
    ground
        .organizer
        .transition(&path, "cancel", None)
        .await
        .expect(200);
}

async fn re_dated(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let path = scheduled(&ground, body).await;
    let before = app.nobody().get(&path).await.body;
    let body = json!({"main_day": "2028-06-08"});
    let after = ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await;
    after.expect(200);
    assert_eq!(after.body["state"], "scheduled");
    assert_eq!(after.body["phases"][2]["id"], before["phases"][2]["id"]);
    assert_eq!(after.body["phases"][2]["from"], "2028-06-08T00:00:00");
    let day = from_to("2028-06-07T16:00:00.000Z", "2028-06-08T16:00:00.000Z");
    assert_eq!(window(&after.body, "main"), day);
    // The warm-up has begun: customers count on the day.
    app.clock_to("2028-06-05T16:00:00Z").await;
    let body = json!({"main_day": "2028-06-15"});
    let late = ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await;
    late.expect_problem(409, "deadline_passed");
    app.clock_to("2028-06-07T16:00:00Z").await;
    assert_eq!(app.nobody().get(&path).await.body["state"], "running");
}

async fn by_ballot(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    ground.ask_for_ballots(&app).await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let answer = draft(&ground, body).await;
    let path = format!("/v1/promotions/{}", answer.id());
    let id = answer.id().parse().expect("an id");
    let subject = async || {
        let reader = app.ctx().db.reader();
        let found = face::ballot_subject(&reader, ground.alliance, id).await;
        found.expect("answers")
    };
    assert_eq!(subject().await, None, "a draft is not voted on");
    ground
        .organizer
        .transition(&path, "propose", None)
        .await
        .expect(200);
    let refused = ground.organizer.transition(&path, "schedule", None).await;
    refused.expect_problem(409, "mandate_missing");
    let carry = async |source: &str, hash: Vec<u8>| {
        let decision = Decision {
            alliance: ground.alliance,
            matter: Matter::Promotion,
            subject: id.0,
            content_hash: hash,
            source: source.to_owned(),
        };
        let issued = act::perform_as_system(app.ctx(), "test", async |act| {
            mandates::issue(act, decision.clone()).await
        });
        issued.await.expect("issued");
        app.drain().await;
    };
    let old = subject().await.expect("a subject");
    assert_eq!(old.title, "One day");
    let body = json!({"main_day": "2028-06-08"});
    ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await
        .expect(200);
    carry("ballot:1", old.content_hash).await;
    assert_eq!(ground.organizer.get(&path).await.body["state"], "proposed");
    carry("ballot:2", subject().await.expect("a subject").content_hash).await;
    assert_eq!(app.nobody().get(&path).await.body["state"], "scheduled");
    let body = json!({"main_day": "2028-06-15"});
    let again = ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await;
    again.expect(200);
    assert_eq!(
        again.body["state"], "proposed",
        "another day needs another vote"
    );
}

async fn roles(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let (mei, tom, obi) = (
        app.person("mei").await,
        app.person("tom").await,
        app.person("obi").await,
    );
    ground.member(&app, &mei).await;
    ground.grant(&app, &tom, "treasurer").await;
    ground.grant(&app, &obi, "observer").await;
    let stranger = app.person("sam").await;
    let list = format!("/v1/alliances/{}/promotions", ground.alliance);
    let body = json!({"name": "One day", "main_day": "2028-06-01"});
    for inside in [&mei, &tom, &obi] {
        inside
            .post(&list, body.clone())
            .await
            .expect_problem(403, "role_required");
        inside.get(&list).await.expect(200);
    }
    stranger
        .post(&list, body.clone())
        .await
        .expect_problem(404, "not_found");
    stranger.get(&list).await.expect_problem(404, "not_found");
    app.nobody()
        .get(&list)
        .await
        .expect_problem(401, "unauthenticated");
    app.nobody()
        .post(&list, body.clone())
        .await
        .expect_problem(401, "unauthenticated");
    let answer = draft(&ground, body.clone()).await;
    let path = format!("/v1/promotions/{}", answer.id());
    let changes = json!({"name": "y"});
    for inside in [&mei, &tom, &obi] {
        inside.get(&path).await.expect(200);
        inside
            .patch(&path, changes.clone())
            .await
            .expect_problem(403, "role_required");
    }
    for outside in [&stranger, &app.nobody()] {
        outside.get(&path).await.expect_problem(404, "not_found");
        outside
            .get(&format!("{path}/phases"))
            .await
            .expect_problem(404, "not_found");
    }
    let path = scheduled(&ground, body).await;
    for anybody in [&mei, &tom, &obi, &stranger, &app.nobody()] {
        anybody.get(&path).await.expect(200);
        anybody.get(&format!("{path}/phases")).await.expect(200);
    }
    let forged = app.nobody().with_token("x.y.z");
    forged
        .get(&path)
        .await
        .expect_problem(401, "unauthenticated");
    stranger
        .transition(&path, "cancel", None)
        .await
        .expect_problem(404, "not_found");
    mei.transition(&path, "cancel", None)
        .await
        .expect_problem(403, "role_required");
}
