//! Planning back, and instants as a cache of local times.

use crate::promotions::ground::Ground;
use crate::promotions::scheduled;
use crate::promotions::window;
use crate::schedules::program;
use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use entity::promotion;
use entity::promotion_phase;
use entity::schedule;
use guildhall::app::recompute;
use guildhall::kernel::time::Instant;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_timetable_is_planned_back_and_tells_what_is_too_late => timetable;
    wrong_instants_are_computed_anew_from_their_local_times => recomputed;
}

fn milestone(body: &Value, step: &str) -> Value {
    let milestones = body["milestones"].as_array().expect("milestones");
    let found = milestones.iter().find(|m| m["step"] == step);
    found
        .unwrap_or_else(|| panic!("no {step} in {body}"))
        .clone()
}

async fn timetable(app: TestApp) {
    app.clock_to("2027-09-10T00:00:00Z").await;
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let path = format!("/v1/alliances/{}/timetables", ground.alliance);
    let plan = json!({ "festival": "double_eleven", "year": 2027, "lead_days": { "vote": 5 } });
    let planned = ground.organizer.post(&path, plan).await;
    planned.expect(200);
    let body = &planned.body;
    assert_eq!(body["main_day"], "2027-11-11");
    assert_eq!(body["in_time"], false);
    let proposed = milestone(body, "propose");
    assert_eq!(proposed["local"], "2027-09-08T12:00:00");
    assert_eq!(proposed["at"], "2027-09-08T04:00:00.000Z");
    // The clock goes on while the test runs.
    let late = proposed["late_s"].as_i64().expect("seconds") - (2 * 86_400 - 4 * 3_600);
    assert!((0..60).contains(&late), "{proposed}");
    assert_eq!(body["start_by"], "2027-09-08T04:00:00.000Z", "the proposal");
    assert_eq!(milestone(body, "ballot_closes")["too_late"], false);
    assert_eq!(
        milestone(body, "first_sale")["local"],
        "2027-11-01T00:00:00"
    );
    assert_eq!(body["phases"].as_array().expect("phases").len(), 12);
    refused(&ground.organizer, &path).await;
    let promotion = scheduled(
        &ground,
        json!({"name": "One day", "main_day": "2027-12-12"}),
    )
    .await;
    let shown = app.nobody().get(&format!("{promotion}/timetable")).await;
    shown.expect(200);
    assert_eq!(shown.body["in_time"], true);
    assert_eq!(
        milestone(&shown.body, "enrolment_closes")["local"],
        "2027-11-28T00:00:00"
    );
    app.clock_to("2027-11-29T00:00:00Z").await;
    let shown = app.nobody().get(&format!("{promotion}/timetable")).await;
    assert_eq!(milestone(&shown.body, "enrolment_closes")["too_late"], true);
    assert_eq!(milestone(&shown.body, "first_sale")["late_s"], Value::Null);
}

async fn refused(organizer: &Person, path: &str) {
    for (plan, code) in [
        (
            json!({ "festival": "laba", "year": 2023 }),
            "festival_not_once",
        ),
        (
            json!({ "festival": "mayday", "year": 2027 }),
            "festival_unknown",
        ),
        (
            json!({ "main_day": "2027-11-11", "lead_days": { "vote": 366 } }),
            "validation_failed",
        ),
        (json!({}), "validation_failed"),
        (
            json!({ "main_day": "2027-11-11", "phases": [
            { "phase": "warmup", "from": "2027-11-11T00:00:00", "to": "2027-11-12T00:00:00" } ] }),
            "phases_invalid",
        ),
    ] {
        organizer.post(path, plan).await.expect_problem(422, code);
    }
}

/// As if all instants had been computed by other rules, an hour off.
async fn break_instants(app: &TestApp) {
    let hour = chrono::TimeDelta::hours(1);
    let ctx = app.ctx();
    let phases = promotion_phase::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("rows");
    let promotions = promotion::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("rows");
    let schedules = schedule::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("rows");
    let written = ctx.db.write(async |tx| {
        use sea_orm::ColumnTrait;
        use sea_orm::QueryFilter;
        for row in &phases {
            let off = |at: Instant| Expr::value(at.plus(hour));
            promotion_phase::Entity::update_many()
                .col_expr(promotion_phase::Column::StartsAt, off(row.starts_at))
                .col_expr(promotion_phase::Column::EndsAt, off(row.ends_at))
                .filter(promotion_phase::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
        for row in &promotions {
            promotion::Entity::update_many()
                .col_expr(
                    promotion::Column::MainFrom,
                    Expr::value(row.main_from.plus(hour)),
                )
                .col_expr(
                    promotion::Column::MainTo,
                    Expr::value(row.main_to.plus(hour)),
                )
                .filter(promotion::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
        for row in schedules.iter().filter(|row| row.alliance_id.is_some()) {
            let off = row.next_at.map(|at| at.plus(hour));
            schedule::Entity::update_many()
                .col_expr(schedule::Column::NextAt, Expr::value(off))
                .filter(schedule::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
        Ok(())
    });
    written.await.expect("written");
}

async fn recomputed(mut app: TestApp) {
    app.clock_to("2027-05-10T00:00:00Z").await;
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let path = scheduled(
        &ground,
        json!({"name": "One day", "main_day": "2027-06-01", "template": "one_day"}),
    )
    .await;
    app.clock_to("2027-05-20T00:00:00Z").await;
    let body = json!({ "name": "Monday", "line": "0 9 * * 1", "action": { "kind": "digest" } });
    let schedules = format!("/v1/alliances/{}/schedules", ground.alliance);
    let made = ground.organizer.post(&schedules, body).await;
    let schedule = format!("/v1/schedules/{}", made.id());
    let fires = made.body["next_fires"][0].clone();
    let right = window(&app.nobody().get(&path).await.body, "main");
    break_instants(&app).await;
    assert_ne!(window(&app.nobody().get(&path).await.body, "main"), right);
    let moved = recompute::run(app.ctx()).await.expect("computed");
    // Enrolment lies in the past: what has begun and ended did so when it did.
    assert_eq!(moved, [("phases of promotions", 8), ("schedules", 1)]);
    let body = app.nobody().get(&path).await.body;
    assert_eq!(window(&body, "main"), right);
    assert_eq!(
        ground.organizer.get(&schedule).await.body["next_fires"][0],
        fires
    );
    let journal =
        |action: &str| format!("SELECT count(*) AS n FROM audit_event WHERE action = '{action}'");
    for action in ["promotion.recomputed", "schedule.recomputed"] {
        assert_eq!(
            crate::machinery::count(&app, &journal(action)).await,
            1,
            "{action}"
        );
    }
    let again = recompute::run(app.ctx()).await.expect("computed");
    assert_eq!(again, [("phases of promotions", 0), ("schedules", 0)]);
    // A start that finds another edition of the time zones computes by itself.
    break_instants(&app).await;
    let old = app.ctx().db.write(async |tx| {
        tx.execute_unprepared("UPDATE time_zone_edition SET edition = '1999a'")
            .await?;
        Ok(())
    });
    old.await.expect("written");
    app.restart(true, &[]).await;
    assert_eq!(window(&app.nobody().get(&path).await.body, "main"), right);
    let edition = "SELECT count(*) AS n FROM time_zone_edition WHERE edition <> '1999a'";
    assert_eq!(crate::machinery::count(&app, edition).await, 1);
}

#[actix_web::test]
async fn the_command_that_computes_anew_says_what_moved_and_logs_it() {
    let app = TestApp::start(Database::Sqlite).await;
    app.clock_to("2027-05-01T00:00:00Z").await;
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let sale = json!({"name": "One day", "main_day": "2027-06-01", "template": "one_day"});
    let path = scheduled(&ground, sale).await;
    let right = window(&app.nobody().get(&path).await.body, "main");
    break_instants(&app).await;
    let run = || {
        let done = program(&app, &["recompute-times", "--sandbox"]).output();
        let done = done.expect("runs");
        assert!(done.status.success());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&done.stdout), text(&done.stderr))
    };
    let (said, logged) = run();
    assert!(
        said.contains("phases of promotions: 10 instants moved\n"),
        "{said}"
    );
    assert!(said.contains("schedules: 0 instants moved\n"), "{said}");
    let line = logged
        .lines()
        .find(|line| line.contains("instants were computed anew") && line.contains("promotions"));
    let line = line.unwrap_or_else(|| panic!("no line in {logged}"));
    assert!(line.contains("moved") && line.contains("10"), "{line}");
    assert_eq!(window(&app.nobody().get(&path).await.body, "main"), right);
    assert!(run().0.contains("phases of promotions: 0 instants moved\n"));
}
