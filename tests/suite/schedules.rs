//! Schedules: cron lines that fire once at each due time, and what their fires do.

mod actions;
mod guards;
mod processes;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use guildhall::platform::schedule;
use serde_json::Value;
use serde_json::json;
use std::process::Command;

on_both! {
    a_line_fires_once_at_each_of_its_times => fires_once;
    of_missed_fires_the_newest_is_made_up_for_unless_it_is_too_late => misfires;
    what_cannot_be_is_refused_and_nothing_is_stored => refusals;
    a_paused_schedule_rests_and_a_deleted_one_is_gone => life;
}

/// An alliance in Shanghai with an organizer and a member who reads English.
pub struct Stage {
    pub olga: Person,
    pub ben: Person,
    pub alliance: String,
}

impl Stage {
    pub async fn new(app: &TestApp) -> Self {
        app.clock_to("2027-03-01T00:00:00Z").await;
        let olga = app.person("olga").await;
        let ben = app.person("ben").await;
        let alliance = olga.found_alliance("West Lake").await;
        olga.admit(&alliance, &ben, "Ben & Sons").await;
        Self {
            olga,
            ben,
            alliance,
        }
    }

    /// The same people, after a new start of the service.
    pub fn again(&self, app: &TestApp) -> Self {
        Self {
            olga: self.olga.at(&app.url),
            ben: self.ben.at(&app.url),
            alliance: self.alliance.clone(),
        }
    }

    pub fn path(&self, tail: &str) -> String {
        format!("/v1/alliances/{}/{tail}", self.alliance)
    }

    pub async fn post(&self, body: Value) -> Answer {
        self.olga.post(&self.path("schedules"), body).await
    }

    /// Makes a schedule; answers its path.
    pub async fn make(&self, line: &str, action: Value, more: Value) -> String {
        let mut body = json!({ "name": line, "line": line, "action": action });
        let fields = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("fields").extend(fields);
        let made = self.post(body).await;
        made.expect(201);
        format!("/v1/schedules/{}", made.id())
    }

    /// When, and what became of it; newest first.
    pub async fn fires(&self, path: &str) -> Vec<(String, String, String)> {
        let list = self.olga.get(&format!("{path}/fires")).await;
        list.expect(200);
        let text = |fire: &Value, key: &str| fire[key].as_str().unwrap_or("-").to_owned();
        let items = list.body["items"].as_array().expect("items").iter();
        items
            .map(|fire| {
                (
                    text(fire, "local_minute"),
                    text(fire, "outcome"),
                    text(fire, "result"),
                )
            })
            .collect()
    }
}

/// The program, on the data of a service.
pub fn program(app: &TestApp, arguments: &[&str]) -> Command {
    let settings = &app.ctx().settings;
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command
        .args(arguments)
        .env("GUILDHALL_DATABASE_URL", &settings.database_url.0)
        .env("GUILDHALL_DATABASE_CONNECTIONS", "4")
        .env("GUILDHALL_KEY_FILE", &settings.key_file)
        .env("GUILDHALL_DATA_DIR", &settings.data_dir)
        .env("GUILDHALL_MIN_FREE_DISK_MIB", "1");
    command
}

fn fire(minute: &str, outcome: &str, result: &str) -> (String, String, String) {
    (minute.to_owned(), outcome.to_owned(), result.to_owned())
}

fn digest() -> Value {
    json!({ "kind": "digest" })
}

async fn fires_once(app: TestApp) {
    let stage = Stage::new(&app).await;
    let path = stage.make("30 9 * * 1", digest(), json!({})).await;
    let seen = stage.olga.get(&path).await;
    assert_eq!(seen.body["time_zone"], "Asia/Shanghai");
    assert_eq!(seen.body["state"], "active");
    assert_eq!(
        seen.body["next_fires"].as_array().expect("fires")[..2],
        [
            json!({"at": "2027-03-01T01:30:00.000Z", "local": "2027-03-01T09:30:00"}),
            json!({"at": "2027-03-08T01:30:00.000Z", "local": "2027-03-08T09:30:00"}),
        ]
    );
    app.clock_to("2027-03-01T01:28:00Z").await;
    assert!(stage.fires(&path).await.is_empty());
    app.clock_to("2027-03-01T01:30:00Z").await;
    let once = [fire("2027-03-01T09:30", "ran", "nothing_coming")];
    assert_eq!(stage.fires(&path).await, once);
    app.drain().await;
    assert_eq!(stage.fires(&path).await, once);
    // Rivals of one process, while the next fire is due.
    let due = "UPDATE sandbox_clock SET offset_ms = offset_ms + 604800000";
    let moved = app.ctx().db.write(async |tx| {
        use sea_orm::ConnectionTrait;
        tx.execute_unprepared(due).await?;
        Ok(())
    });
    moved.await.expect("moved");
    let rivals = (0..8).map(|_| schedule::fire_due(app.ctx()));
    let fired = futures_util::future::join_all(rivals).await;
    let fired: u64 = fired.into_iter().map(|f| f.expect("fires")).sum();
    assert!(fired > 0, "the service's own schedules may fire too");
    app.drain().await;
    let second = fire("2027-03-08T09:30", "ran", "nothing_coming");
    assert_eq!(stage.fires(&path).await, [second, once[0].clone()]);
    let page = stage.olga.get(&format!("{path}/fires?limit=1")).await;
    assert_eq!(page.body["items"][0]["local_minute"], "2027-03-08T09:30");
    let cursor = page.body["next_cursor"]
        .as_str()
        .expect("a cursor")
        .to_owned();
    let page = stage
        .olga
        .get(&format!("{path}/fires?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(page.body["items"][0]["local_minute"], "2027-03-01T09:30");
}

async fn misfires(app: TestApp) {
    let stage = Stage::new(&app).await;
    let skip = stage
        .make("0 9 * * *", digest(), json!({ "misfire": "skip" }))
        .await;
    let once = stage.make("0 9 * * *", digest(), json!({})).await;
    let late = stage
        .make("0 9 * * *", digest(), json!({ "max_late_s": 3_600 }))
        .await;
    // Three times of each were missed; the newest is two hours late.
    app.clock_to("2027-03-03T03:00:00Z").await;
    let newest = "2027-03-03T09:00";
    assert_eq!(stage.fires(&skip).await, [fire(newest, "skipped", "-")]);
    assert_eq!(
        stage.fires(&once).await,
        [fire(newest, "ran", "nothing_coming")]
    );
    assert_eq!(stage.fires(&late).await, [fire(newest, "skipped", "-")]);
    // Eleven hours are too late for six.
    app.clock_to("2027-03-04T12:00:00Z").await;
    assert_eq!(
        stage.fires(&once).await[0],
        fire("2027-03-04T09:00", "skipped", "-")
    );
    app.clock_to("2027-03-05T01:00:30Z").await;
    for path in [&skip, &once, &late] {
        assert_eq!(
            stage.fires(path).await[0],
            fire("2027-03-05T09:00", "ran", "nothing_coming")
        );
    }
}

/// The id of nothing.
const NOWHERE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn refusals(app: TestApp) {
    let stage = Stage::new(&app).await;
    let with = |line: &str, more: Value| {
        let mut body = json!({ "name": "x", "line": line, "action": digest() });
        let fields = more.as_object().expect("fields").clone();
        body.as_object_mut().expect("fields").extend(fields);
        body
    };
    let long = format!("{}0 0 * * *", "0,".repeat(60));
    for (body, code) in [
        (with("0 9 * *", json!({})), "invalid_cron"),
        (with(&long, json!({})), "invalid_cron"),
        (with("0 0 30 2 *", json!({})), "cron_never_fires"),
        (with("0 9 1 * 1", json!({})), "cron_two_days"),
        (
            with("0 9 * * 1", json!({ "time_zone": "Europe/Atlantis" })),
            "time_zone_unknown",
        ),
        (
            with("0 9 * * 1", json!({ "max_late_s": 604_801 })),
            "validation_failed",
        ),
        (
            with(
                "0 9 * * 1",
                json!({ "action": { "kind": "digest", "days": 32 } }),
            ),
            "validation_failed",
        ),
        (
            with("0 9 * * 1", json!({ "action": { "kind": "campaign" } })),
            "validation_failed",
        ),
        (
            with(
                "0 9 * * 1",
                json!({ "action": { "kind": "campaign", "template_id": NOWHERE } }),
            ),
            "validation_failed",
        ),
        (
            with(
                "0 9 * * 1",
                json!({ "action": { "kind": "campaign", "campaign_id": NOWHERE } }),
            ),
            "validation_failed",
        ),
        (
            with("0 9 * * 1", json!({ "name": "a\nb" })),
            "validation_failed",
        ),
    ] {
        stage.post(body).await.expect_problem(422, code);
    }
    let body = with("0 9 * * 1", json!({ "action": { "kind": "explode" } }));
    stage.post(body).await.expect_problem(400, "invalid_body");
    let list = stage.olga.get(&stage.path("schedules")).await;
    assert_eq!(list.body["items"], json!([]), "nothing is stored");
    tried_out(&app).await;
}

/// The same rules without the paperwork.
async fn tried_out(app: &TestApp) {
    let tried = |line: &str, zone: &str| json!({ "line": line, "time_zone": zone, "after": "2026-03-28T12:00:00Z", "count": 2 });
    let path = "/v1/calculators/schedule";
    let fires = app
        .nobody()
        .post(path, tried("30 2 * * *", "Europe/Berlin"))
        .await;
    fires.expect(200);
    assert_eq!(
        fires.body["fires"],
        json!([
            {"at": "2026-03-29T01:00:00.000Z", "local": "2026-03-29T02:30:00"},
            {"at": "2026-03-30T00:30:00.000Z", "local": "2026-03-30T02:30:00"},
        ])
    );
    let never = app
        .nobody()
        .post(path, tried("0 0 31 2 *", "Europe/Berlin"))
        .await;
    never.expect_problem(422, "cron_never_fires");
    assert_eq!(never.body["params"]["within_days"], 366);
    app.nobody()
        .post(path, tried("0 0 * * *", "Mars"))
        .await
        .expect_problem(422, "time_zone_unknown");
}

async fn life(app: TestApp) {
    let stage = Stage::new(&app).await;
    let path = stage.make("0 9 * * *", digest(), json!({})).await;
    let olga = &stage.olga;
    olga.post_bare(&format!("{path}/pause"))
        .await
        .expect_problem(428, "precondition_required");
    olga.transition(&path, "resume", None)
        .await
        .expect_problem(409, "illegal_transition");
    let paused = olga.transition(&path, "pause", None).await;
    paused.expect(200);
    assert_eq!(paused.body["state"], "paused");
    assert_eq!(paused.body["next_fires"], json!([]));
    let again = olga.transition(&path, "pause", None).await;
    again.expect_problem(409, "illegal_transition");
    assert_eq!(again.body["params"]["allowed"], json!(["resume", "delete"]));
    app.clock_to("2027-03-02T01:00:00Z").await;
    assert!(stage.fires(&path).await.is_empty());
    let resumed = olga.transition(&path, "resume", None).await;
    assert_eq!(
        resumed.body["next_fires"][0]["at"],
        "2027-03-03T01:00:00.000Z"
    );
    app.clock_to("2027-03-03T01:00:00Z").await;
    assert_eq!(stage.fires(&path).await.len(), 1);
    stage
        .ben
        .delete(&path)
        .await
        .expect_problem(403, "role_required");
    olga.delete(&path).await.expect(204);
    olga.delete(&path).await.expect_problem(404, "not_found");
    olga.get(&path).await.expect_problem(404, "not_found");
    app.clock_to("2027-03-04T01:00:00Z").await;
    let fires = "SELECT count(*) AS n FROM schedule_fire f JOIN schedule s ON s.id = f.schedule_id WHERE s.alliance_id IS NOT NULL";
    assert_eq!(crate::machinery::count(&app, fires).await, 1);
}
