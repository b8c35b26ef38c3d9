//! Three worker processes on one PostgreSQL, one of which is killed in the middle of its work.

use std::process::Child;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::machinery::count;
use crate::schedules::Stage;
use crate::schedules::program;
use crate::support::Database;
use crate::support::TestApp;
use crate::support::postgres_is_offered;
use sea_orm::ConnectionTrait;
use serde_json::json;

/// Schedules that become due at the same moment.
const SCHEDULES: usize = 40;
/// Longest time that the workers may take for everything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker of its own process; killed at the end of the test, whatever happens.
struct Worker(Child);

impl Worker {
    fn start(app: &TestApp, folder: &std::path::Path) -> Self {
        let child = program(app, &["serve", "--role", "worker", "--sandbox"])
            .env("GUILDHALL_DATA_DIR", folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a worker");
        Self(child)
    }

    /// SIGKILL: nothing of it is tidied up.
    fn kill(&mut self) {
        self.0.kill().expect("killed");
        self.0.wait().expect("gone");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn move_clock(app: &TestApp, hours: i64) {
    let sql = format!("UPDATE sandbox_clock SET offset_ms = offset_ms + {hours} * 3600000");
    let moved = app.ctx().db.write(async |tx| {
        tx.execute_unprepared(&sql).await?;
        Ok(())
    });
    moved.await.expect("moved");
}

/// Waits until a count is reached.
async fn until(app: &TestApp, sql: &str, wanted: i64) -> Duration {
    let begin = Instant::now();
    loop {
        let found = count(app, sql).await;
        if found >= wanted {
            return begin.elapsed();
        }
        assert!(begin.elapsed() < PATIENCE, "{found} of {wanted}: {sql}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const FIRES: &str = "SELECT count(*) AS n FROM schedule_fire f JOIN schedule s ON s.id = f.schedule_id WHERE s.alliance_id IS NOT NULL";

#[actix_web::test]
async fn three_processes_fire_each_schedule_exactly_once_also_when_one_is_killed() {
    if !postgres_is_offered() {
        return;
    }
    let app = TestApp::start(Database::Postgres).await;
    let stage = Stage::new(&app).await;
    let words = json!({ "subject": "News", "html": "<p>News</p>", "text": "News" });
    let body =
        json!({ "name": "News", "category": "digest", "locales": { "zh-CN": words, "en": words } });
    let template = stage.olga.post(&stage.path("templates"), body).await;
    let action = json!({ "kind": "campaign", "template_id": template.id() });
    for _ in 0..SCHEDULES {
        // In one year, so that moving the clock on later makes nothing due again.
        stage.make("0 9 1 3 *", action.clone(), json!({})).await;
    }
    move_clock(&app, 1).await;
    let folders = [(); 3].map(|()| tempfile::tempdir().expect("a folder"));
    let mut workers = folders
        .each_ref()
        .map(|folder| Worker::start(&app, folder.path()));
    until(&app, FIRES, 5).await;
    workers[0].kill();
    let wanted = i64::try_from(SCHEDULES).expect("few");
    until(&app, FIRES, wanted).await;
    // Jobs that the dead worker had taken are taken over when its lease ends.
    move_clock(&app, 1).await;
    until(&app, &format!("{FIRES} AND f.result = 'sent'"), wanted).await;
    // Whatever the others still mean to do, they do now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for sql in [
        FIRES.to_owned(),
        "SELECT count(*) AS n FROM campaign".to_owned(),
        "SELECT count(DISTINCT campaign_id) AS n FROM schedule_fire".to_owned(),
        FIRES.replace("count(*)", "count(DISTINCT f.schedule_id)"),
    ] {
        assert_eq!(count(&app, &sql).await, wanted, "{sql}");
    }
    drop(workers);
}
