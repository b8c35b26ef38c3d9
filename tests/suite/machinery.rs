//! The machinery: what was acknowledged is on the disk, work is done once, and faults stay small.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use guildhall::kernel::problem::Failure;
use guildhall::kernel::problem::Refused;
use guildhall::kernel::problem::kinds;
use guildhall::platform::act;
use guildhall::platform::act::Act;
use guildhall::platform::idempotency;
use guildhall::platform::idempotency::Key;
use guildhall::platform::queue;
use guildhall::platform::queue::JobFailure;
use guildhall::platform::worker;
use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;
use sea_orm::Statement;
use serde_json::json;

use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_refused_use_case_leaves_nothing_behind => rolls_back;
    the_journal_refuses_to_be_rewritten => append_only;
    a_job_is_tried_again_and_given_up_visibly => jobs;
    a_lease_that_ran_out_is_taken_again_and_the_late_worker_changes_nothing => leases;
    a_serialization_failure_runs_the_use_case_again => retried;
    one_key_has_one_effect_however_many_send_it => one_effect;
    the_schema_goes_down_and_up_again => migrations;
}

pub async fn count(app: &TestApp, sql: &str) -> i64 {
    let reader = app.ctx().db.reader();
    let row = reader
        .query_one_raw(Statement::from_string(
            app.ctx().db.backend(),
            sql.to_owned(),
        ))
        .await
        .expect("answers")
        .expect("a row");
    row.try_get("", "n").expect("a count")
}

async fn note(act: &Act<'_>) -> Result<(), Failure> {
    act.record("test.noted", None, act.fresh(), json!({}))
        .await?;
    act.publish("test.noted", None, json!({})).await?;
    Ok(())
}

const NOTES: &str = "SELECT count(*) AS n FROM audit_event WHERE action = 'test.noted'";

async fn rolls_back(app: TestApp) {
    let outcome: Result<(), Failure> = act::perform_as_system(app.ctx(), "test", async |act| {
        note(act).await?;
        Err(Refused::new(&kinds::CONFLICT, "no").into())
    })
    .await;
    assert!(outcome.is_err());
    assert_eq!(count(&app, NOTES).await, 0);
    assert_eq!(
        count(&app, "SELECT count(*) AS n FROM outbox_event").await,
        0
    );
    act::perform_as_system(app.ctx(), "test", async |act| note(act).await)
        .await
        .expect("written");
    assert_eq!(count(&app, NOTES).await, 1);
}

async fn append_only(app: TestApp) {
    act::perform_as_system(app.ctx(), "test", async |act| note(act).await)
        .await
        .expect("written");
    for sql in [
        "UPDATE audit_event SET actor = 'x'",
        "DELETE FROM audit_event",
    ] {
        let outcome = app
            .ctx()
            .db
            .write(async |tx| {
                tx.execute_unprepared(sql).await?;
                Ok(())
            })
            .await;
        assert!(matches!(outcome, Err(Failure::Store(_))), "{sql}");
    }
    assert_eq!(count(&app, NOTES).await, 1);
}

async fn enqueue(app: &TestApp, kind: &'static str) {
    act::perform_as_system(app.ctx(), "test", async |act| {
        act.enqueue(kind, json!({}), act.now()).await?;
        Ok(())
    })
    .await
    .expect("enqueued");
}

async fn jobs(app: TestApp) {
    enqueue(&app, "test.unknown").await;
    let ran = app.drain().await;
    assert_eq!(ran["ran"]["job test.unknown"], 1);
    let given_up =
        "SELECT count(*) AS n FROM job WHERE state = 'given_up' AND last_error LIKE '%no handler%'";
    assert_eq!(count(&app, given_up).await, 1);
    enqueue(&app, "test.other").await;
    let claimed = queue::claim(app.ctx(), 10).await.expect("claimed");
    assert_eq!(claimed.len(), 1);
    let broken = Err(JobFailure::Retry(anyhow::anyhow!("not now").into()));
    queue::finish(app.ctx(), &claimed[0], broken)
        .await
        .expect("stored");
    assert!(
        queue::claim(app.ctx(), 10)
            .await
            .expect("claims")
            .is_empty(),
        "it waits"
    );
    assert_eq!(
        count(
            &app,
            "SELECT count(*) AS n FROM job WHERE state = 'queued' AND attempts = 1"
        )
        .await,
        1
    );
}

async fn leases(app: TestApp) {
    enqueue(&app, "test.slow").await;
    let first = queue::claim(app.ctx(), 10).await.expect("claims");
    assert!(
        queue::claim(app.ctx(), 10)
            .await
            .expect("claims")
            .is_empty()
    );
    let move_on = json!({ "advance_s": 121 });
    // Moving the clock drains, which takes the job whose lease ran out and gives it up.
    app.nobody()
        .put("/sandbox/clock", move_on)
        .await
        .expect(200);
    queue::finish(app.ctx(), &first[0], Ok(()))
        .await
        .expect("ignored");
    assert_eq!(
        count(
            &app,
            "SELECT count(*) AS n FROM job WHERE state = 'given_up' AND attempts = 2"
        )
        .await,
        1
    );
}

async fn retried(app: TestApp) {
    if app.ctx().db.backend() != DbBackend::Postgres {
        return;
    }
    let runs = AtomicU32::new(0);
    app.ctx()
        .db
        .write(async |tx| {
            if runs.fetch_add(1, Ordering::Relaxed) < 3 {
                tx.execute_unprepared(
                    "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$",
                )
                .await?;
            }
            Ok(())
        })
        .await
        .expect("the fourth run succeeds");
    assert_eq!(runs.load(Ordering::Relaxed), 4);
}

async fn one_effect(app: TestApp) {
    let key = Key {
        principal: "user:test".to_owned(),
        key: "the-key".to_owned(),
        digest: vec![1],
    };
    let send = || async {
        app.ctx()
            .db
            .write(async |tx| {
                idempotency::check(tx, &key).await?;
                tx.execute_unprepared("INSERT INTO sandbox_clock (id, offset_ms) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET offset_ms = sandbox_clock.offset_ms + 1")
                    .await?;
                let answer = guildhall::kernel::problem::StoredAnswer {
                    status: 201,
                    location: None,
                    etag: None,
                    body: "{}".to_owned(),
                };
                Ok(idempotency::store(tx, &key, &answer).await?)
            })
            .await
    };
    let outcomes = futures_util::future::join_all((0..20).map(|_| send())).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert_eq!(
        count(&app, "SELECT offset_ms AS n FROM sandbox_clock").await,
        1
    );
    let other = Key {
        digest: vec![2],
        ..key.clone()
    };
    let reused = app
        .ctx()
        .db
        .write(async |tx| idempotency::check(tx, &other).await)
        .await;
    assert_eq!(
        reused.expect_err("refused").kind().code,
        "idempotency_key_reused"
    );
}

async fn migrations(app: TestApp) {
    use migration::Migrator;
    use migration::MigratorTrait;
    let connection = app.ctx().db.for_migration();
    Migrator::down(connection, None).await.expect("down");
    Migrator::up(connection, None).await.expect("up again");
    app.nobody().get("/readyz").await.expect(200);
}

/// SQLite rolls back by itself on a full disk; without the guard on acquire every later commit would
/// be acknowledged and lost.
#[actix_web::test]
async fn nothing_acknowledged_is_lost_when_the_disk_was_full() {
    let app = TestApp::start(Database::Sqlite).await;
    let db = &app.ctx().db;
    let insert = async |n: u32| {
        db.write(async |tx| {
            let big = "x".repeat(20_000);
            act_row(tx, n, &big).await?;
            Ok(())
        })
        .await
    };
    let limit = async |pages: &str| {
        db.for_migration()
            .execute_unprepared(&format!("PRAGMA max_page_count = {pages}"))
            .await
            .expect("set");
    };
    let pages = count(&app, "SELECT page_count AS n FROM pragma_page_count").await;
    limit(&(pages + 40).to_string()).await;
    let (mut acknowledged, mut refused) = (0, 0);
    for n in 0..20 {
        match insert(n).await {
            Ok(()) => acknowledged += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "the disk was full");
    // A use case that refuses would roll back to a savepoint that stays open: everything after it is
    // then acknowledged inside a transaction that nobody commits.
    let refusal: Result<(), Failure> = db
        .write(async |_| Err(Refused::new(&kinds::CONFLICT, "no").into()))
        .await;
    assert!(refusal.is_err());
    // The guard may have cost the connection that held the limit; the new one has room again.
    limit("1073741823").await;
    for n in 20..40 {
        insert(n).await.expect("there is room again");
        acknowledged += 1;
    }
    // Another process sees what is on the disk.
    let file = app.folder.path().join("guildhall.db");
    let fresh = guildhall::platform::db::connect(&format!("sqlite://{}", file.display()), 1, true)
        .await
        .expect("opens");
    let row = fresh
        .reader()
        .query_one_raw(Statement::from_string(
            DbBackend::Sqlite,
            "SELECT count(*) AS n FROM idempotency_key",
        ))
        .await
        .expect("answers")
        .expect("a row");
    assert_eq!(row.try_get::<i64>("", "n").expect("a count"), acknowledged);
}

async fn act_row(tx: &guildhall::platform::db::Tx, n: u32, body: &str) -> Result<(), Failure> {
    let key = Key {
        principal: "disk".to_owned(),
        key: n.to_string(),
        digest: vec![0],
    };
    let answer = guildhall::kernel::problem::StoredAnswer {
        status: 200,
        location: None,
        etag: None,
        body: body.to_owned(),
    };
    Ok(idempotency::store(tx, &key, &answer).await?)
}

#[actix_web::test]
async fn readers_of_sqlite_cannot_write() {
    let app = TestApp::start(Database::Sqlite).await;
    let outcome = app
        .ctx()
        .db
        .reader()
        .execute_unprepared("DELETE FROM job")
        .await;
    assert!(outcome.is_err());
    worker::drain(app.ctx()).await.expect("still works");
}
