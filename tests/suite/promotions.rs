//! Promotions: festivals, phases in local time, a life by the clock, and enrolment up to a limit.

mod calendar;
mod clashes;
mod editions;
mod enrolments;
mod feasts;
mod feeds;
mod files;
mod ground;
mod guild;
mod offers;
mod own_festivals;
mod planning;
mod plans;
mod rechecks;

use crate::support::Answer;
use crate::support::Person;
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
use uuid::Uuid;

on_both! {
    the_clock_runs_ends_and_settles_even_after_a_long_sleep => clock_driven;
    a_draft_changes_until_it_is_proposed => changing;
    a_new_date_moves_every_phase_and_keeps_its_id => re_dated;
    only_a_decision_for_exactly_this_publishes_where_by_laws_ask_for_one => by_ballot;
    roles_decide_who_writes_and_publication_who_reads => roles;
}

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
    let id: Uuid = answer.id().parse().expect("an id");
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
            subject: id,
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
    drafts_are_hidden(&app, &ground, [&mei, &tom, &obi], &stranger, body).await;
}

/// A draft is the alliance's; what is scheduled is everybody's to read, and still its organizers' to change.
async fn drafts_are_hidden(
    app: &TestApp,
    ground: &Ground,
    inside: [&Person; 3],
    stranger: &Person,
    body: Value,
) {
    let answer = draft(ground, body.clone()).await;
    let path = format!("/v1/promotions/{}", answer.id());
    let changes = json!({"name": "y"});
    for inside in inside {
        inside.get(&path).await.expect(200);
        inside
            .patch(&path, changes.clone())
            .await
            .expect_problem(403, "role_required");
    }
    for outside in [stranger, &app.nobody()] {
        outside.get(&path).await.expect_problem(404, "not_found");
        outside
            .get(&format!("{path}/phases"))
            .await
            .expect_problem(404, "not_found");
    }
    let path = scheduled(ground, body).await;
    let [mei, tom, obi] = inside;
    for anybody in [mei, tom, obi, stranger, &app.nobody()] {
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
