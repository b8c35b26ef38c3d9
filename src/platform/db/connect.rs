//! Opening the database: pools, timeouts, and the guard against lost writes.

use std::time::Duration;

use anyhow::Context;
use sea_orm::ConnectOptions;
use sea_orm::Database;
use sea_orm::DatabaseConnection;
use sqlx::Connection;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqliteSynchronous;

use crate::platform::db::Db;

/// Longest wait for a free connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(3);

/// Connects to the database of `url`, with `connections` for PostgreSQL or for the readers of SQLite.
///
/// # Errors
/// When the database cannot be reached or opened.
pub async fn connect(url: &str, connections: u32, sandbox: bool) -> anyhow::Result<Db> {
    if url.starts_with("sqlite") {
        let file = url
            .trim_start_matches("sqlite://")
            .trim_start_matches("sqlite:")
            .split('?')
            .next()
            .unwrap_or_default();
        if let Some(folder) = std::path::Path::new(file).parent() {
            std::fs::create_dir_all(folder).context("the folder of the database cannot be made")?;
        }
        // The writer comes first: it makes the file and sets its journal mode.
        let writer = sqlite(url, 1, true).await?;
        let reader = sqlite(url, connections, false).await?;
        return Ok(Db::new(writer, reader, sandbox));
    }
    let pool = postgres(url, connections).await?;
    Ok(Db::new(pool.clone(), pool, sandbox))
}

async fn sqlite(url: &str, connections: u32, writes: bool) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_LIMIT)
        .sqlx_logging(false)
        // The file is there as long as the process is: a ping would prove nothing.
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(writes)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
                .synchronous(SqliteSynchronous::Full);
            if writes {
                sqlite.journal_mode(SqliteJournalMode::Wal)
            } else {
                sqlite.pragma("query_only", "ON")
            }
        })
        // SQLite rolls back by itself on a full disk or an I/O error, which sqlx does not notice: every
        // later commit would only release a savepoint and write nothing. A connection that still
        // believes to be in a transaction is therefore never used again.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            let clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(clean) })
        });
    Database::connect(options)
        .await
        .context("the SQLite database cannot be opened")
}

async fn postgres(url: &str, connections: u32) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        .sqlx_logging(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .map_sqlx_postgres_opts(|postgres| {
            postgres.application_name("guildhall").options([
                ("statement_timeout", "5s"),
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("timezone", "UTC"),
            ])
        });
    Database::connect(options)
        .await
        .context("the PostgreSQL database cannot be reached")
}
