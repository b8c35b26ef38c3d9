//! What keeps schedules from firing: a copied database, a clock that goes back, an alliance that has ended; and how
//! many there may be.

use crate::schedules::Stage;
use crate::schedules::digest;
use crate::schedules::fire;
use crate::schedules::program;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use guildhall::mandates::Matter;
use guildhall::platform::guard;
use sea_orm::ConnectionTrait;
use serde_json::json;

on_both! {
    a_copy_of_a_database_sends_nothing_until_it_is_adopted => copied;
    nothing_fires_while_the_clock_stands_before_a_time_that_was_seen => backwards;
    the_schedules_of_a_dissolved_alliance_end_with_it => dissolved;
    of_schedules_made_at_once_no_more_are_kept_than_are_allowed => limit;
}

/// `guildhall adopt`, as an operator runs it.
fn adopt(app: &TestApp) {
    let done = program(app, &["adopt", "--sandbox"])
        .output()
        .expect("runs");
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{error}");
}

async fn copied(mut app: TestApp) {
    let stage = Stage::new(&app).await;
    let path = stage.make("0 9 * * *", digest(), json!({})).await;
    app.clock_to("2027-03-01T01:00:00Z").await;
    assert_eq!(stage.fires(&path).await.len(), 1);
    let file = guard::file_of(&app.ctx().settings);
    let ours = std::fs::read_to_string(&file).expect("a word");
    // Tokens name the address that the service began with.
    let same = [("GUILDHALL_PUBLIC_URL", app.url.clone())];
    // As on a machine that was given the database and the keys, or with another installation's file.
    for other in [None, Some("another installation\n")] {
        match other {
            Some(word) => std::fs::write(&file, word).expect("written"),
            None => std::fs::remove_file(&file).expect("removed"),
        }
        app.restart(true, &same).await;
        let stage = stage.again(&app);
        app.advance(86_400).await;
        assert_eq!(app.drain().await["ran"], json!({}), "its worker rests");
        assert_eq!(stage.fires(&path).await.len(), 1, "reading goes on");
    }
    // The original goes on as before.
    std::fs::write(&file, &ours).expect("written");
    app.restart(true, &same).await;
    let stage = stage.again(&app);
    app.drain().await;
    assert_eq!(stage.fires(&path).await.len(), 2);
    // A copy that takes over, without a new start.
    std::fs::remove_file(&file).expect("removed");
    app.restart(true, &same).await;
    let stage = stage.again(&app);
    app.advance(86_400).await;
    assert_eq!(stage.fires(&path).await.len(), 2);
    adopt(&app);
    app.drain().await;
    assert_eq!(stage.fires(&path).await.len(), 3);
    let adopted = std::fs::read_to_string(&file).expect("a word");
    assert_ne!(adopted, ours, "under a word of its own");
}

async fn move_back(app: &TestApp, hours: i64) {
    let sql = format!("UPDATE sandbox_clock SET offset_ms = offset_ms - {hours} * 3600000");
    let moved = app.ctx().db.write(async |tx| {
        tx.execute_unprepared(&sql).await?;
        Ok(())
    });
    moved.await.expect("moved");
}

async fn backwards(app: TestApp) {
    let stage = Stage::new(&app).await;
    let first = stage.make("0 9 * * *", digest(), json!({})).await;
    app.clock_to("2027-03-02T01:00:00Z").await;
    let once = fire("2027-03-02T09:00", "ran", "nothing_coming");
    assert_eq!(stage.fires(&first).await[0], once);
    let before = stage.fires(&first).await.len();
    // Ten hours back; a schedule that is made now is due before the time that was seen.
    move_back(&app, 10).await;
    let second = stage.make("0 0 * * *", digest(), json!({})).await;
    app.advance(3 * 3_600).await;
    assert!(stage.fires(&second).await.is_empty(), "schedules rest");
    app.advance(7 * 3_600 + 60).await;
    assert_eq!(stage.fires(&second).await.len(), 1, "time has come again");
    assert_eq!(stage.fires(&first).await.len(), before, "nothing twice");
    // The clock had run ahead: somebody says that it is right now.
    app.clock_to("2027-04-01T00:30:00Z").await;
    move_back(&app, 24 * 20).await;
    let third = stage.make("*/30 * * * *", digest(), json!({})).await;
    app.advance(3_600).await;
    assert!(stage.fires(&third).await.is_empty());
    adopt(&app);
    app.drain().await;
    assert_eq!(stage.fires(&third).await.len(), 1);
}

async fn dissolved(app: TestApp) {
    let stage = Stage::new(&app).await;
    let runs = stage.make("0 9 * * *", digest(), json!({})).await;
    let rests = stage.make("0 10 * * *", digest(), json!({})).await;
    stage
        .olga
        .transition(&rests, "pause", None)
        .await
        .expect(200);
    let body =
        json!({ "reasons": "The street is rebuilt.", "plan": "The tents go to the school." });
    let proposed = stage.olga.post(&stage.path("dissolutions"), body).await;
    proposed.expect(201);
    let id = proposed.id();
    app.decide(&stage.alliance, Matter::Dissolution, &id).await;
    let path = format!("/v1/dissolutions/{id}");
    stage
        .olga
        .transition(&path, "execute", None)
        .await
        .expect(200);
    // Due before anybody followed the fact: the fire comes to nothing by itself.
    let fired = "UPDATE sandbox_clock SET offset_ms = offset_ms + 3600000";
    let moved = app.ctx().db.write(async |tx| {
        tx.execute_unprepared(fired).await?;
        Ok(())
    });
    moved.await.expect("moved");
    app.drain().await;
    let fires = stage.fires(&runs).await;
    let nothing = fire("2027-03-01T09:00", "ran", "alliance_dissolved");
    assert!(fires.is_empty() || fires == [nothing], "{fires:?}");
    for path in [&runs, &rests] {
        let seen = stage.olga.get(path).await;
        seen.expect(200);
        assert_eq!(seen.body["state"], "paused");
        assert_eq!(seen.body["next_fires"], json!([]));
        let resumed = stage.olga.transition(path, "resume", None).await;
        resumed.expect_problem(409, "alliance_dissolved");
    }
    app.clock_to("2027-03-09T00:00:00Z").await;
    assert_eq!(stage.fires(&runs).await, fires);
    assert!(stage.fires(&rests).await.is_empty());
    let body = json!({ "name": "x", "line": "0 9 * * *", "action": digest() });
    stage
        .post(body)
        .await
        .expect_problem(409, "alliance_dissolved");
}

async fn limit(app: TestApp) {
    let stage = Stage::new(&app).await;
    for _ in 0..46 {
        stage.make("0 9 1 1 *", digest(), json!({})).await;
    }
    let body = json!({ "name": "x", "line": "0 9 1 1 *", "action": digest() });
    let answers = join_all((0..9).map(|_| stage.post(body.clone()))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 4);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.expect_problem(409, "too_many_schedules");
        assert_eq!(answer.body["params"]["limit"], 50);
    }
}
