//! A scratch database on the PostgreSQL of `GUILDHALL_TEST_POSTGRES_URL`, dropped afterwards.
//!
//! Each is a copy of a template that this process migrated once, which is many times faster than migrating again.
//! Several processes may test on one server: the names carry a key of the process, and what a process left behind
//! is dropped by the next one, which knows by a lock that its owner is gone.

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use guildhall::app::startup;
use guildhall::platform::db;
use sqlx::Connection;
use sqlx::Executor;
use sqlx::PgConnection;
use tokio::sync::OnceCell;

static COUNT: AtomicU64 = AtomicU64::new(0);
static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

const TEMPLATE_PREFIX: &str = "guildhall_template_";

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
        let template = TEMPLATE.get_or_init(Template::make).await;
        let name = format!(
            "guildhall_test_{}_{}",
            template.key,
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = connect().await;
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE {TEMPLATE_PREFIX}{}",
            template.key
        );
        run(&mut connection, create)
            .await
            .expect("a scratch database");
        Self {
            url: url_of(&name),
            name,
        }
    }
}

/// The migrated database of this process that all scratch databases are copied from.
struct Template {
    key: String,
    /// Holds the lock that says that this process is alive; it ends with the process.
    _alive: Mutex<PgConnection>,
}

impl Template {
    async fn make() -> Self {
        let key = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let mut alive = connect().await;
        drop_leftovers(&mut alive).await;
        let locked = sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))").bind(&key);
        locked.execute(&mut alive).await.expect("a lock");
        let name = format!("{TEMPLATE_PREFIX}{key}");
        run(&mut alive, format!("CREATE DATABASE {name}"))
            .await
            .expect("a template");
        let db = db::connect(&url_of(&name), 2, true).await.expect("opens");
        startup::apply_migrations(&db).await.expect("migrates");
        db.for_migration().close_by_ref().await.expect("closes");
        // A template with a session in it, such as the autovacuum's, cannot be copied.
        run(
            &mut alive,
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
        )
        .await
        .expect("sealed");
        Self {
            key,
            _alive: Mutex::new(alive),
        }
    }
}

/// Drops the databases of processes that have ended.
async fn drop_leftovers(connection: &mut PgConnection) {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT datname::text FROM pg_database WHERE datname ~ '^guildhall_(template|test)_[0-9a-f]{16}(_|$)'",
    )
    .fetch_all(&mut *connection)
    .await
    .expect("names");
    for name in names {
        let key = name.split('_').nth(2).unwrap_or_default();
        let gone = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
            .bind(key)
            .fetch_one(&mut *connection)
            .await
            .unwrap_or(false);
        if gone {
            // Another process may be sweeping as well.
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            run(connection, drop).await.unwrap_or_else(complain);
            let unlock =
                sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))").bind(key);
            unlock.execute(&mut *connection).await.expect("unlocked");
        }
    }
}

async fn connect() -> PgConnection {
    let server = url().expect("PostgreSQL is offered");
    PgConnection::connect(&server)
        .await
        .expect("PostgreSQL answers")
}

fn url_of(database: &str) -> String {
    let server = url().expect("PostgreSQL is offered");
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path(database);
    url.to_string()
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    connection
        .execute(sqlx::AssertSqlSafe(sql))
        .await
        .map(|_| ())
}

fn complain(error: sqlx::Error) {
    eprintln!("a scratch database stays: {error}");
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
                    run(&mut connection, drop).await.unwrap_or_else(complain);
                }
            });
        });
        // The database of a failed run is left behind; the next run sweeps it.
        let _ = dropper.join();
    }
}
