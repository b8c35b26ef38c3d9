//! A scratch database on the PostgreSQL of `GUILDHALL_TEST_POSTGRES_URL`, dropped afterwards.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use sqlx::Connection;
use sqlx::Executor;
use sqlx::PgConnection;

static COUNT: AtomicU64 = AtomicU64::new(0);

/// The server that tests may use.
#[expect(
    clippy::disallowed_methods,
    reason = "tests learn of PostgreSQL by the environment"
)]
pub fn url() -> Option<String> {
    std::env::var("GUILDHALL_TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// A database of one test.
pub struct Scratch {
    pub url: String,
    name: String,
}

impl Scratch {
    pub async fn create() -> Self {
        let server = url().expect("PostgreSQL is offered");
        let name = format!(
            "guildhall_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = PgConnection::connect(&server)
            .await
            .expect("PostgreSQL answers");
        connection
            .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a scratch database");
        let mut url = url::Url::parse(&server).expect("a URL");
        url.set_path(&name);
        Self {
            url: url.to_string(),
            name,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, name) = (url().unwrap_or_default(), self.name.clone());
        // A runtime of its own: the test's is going down.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                if let Ok(mut connection) = PgConnection::connect(&server).await {
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    drop_database(&mut connection, drop).await;
                }
            });
        });
        // The database of a failed run is left behind; the next run uses another name.
        let _ = dropper.join();
    }
}

async fn drop_database(connection: &mut PgConnection, sql: String) {
    if let Err(error) = connection.execute(sqlx::AssertSqlSafe(sql)).await {
        eprintln!("a scratch database stays: {error}");
    }
}
