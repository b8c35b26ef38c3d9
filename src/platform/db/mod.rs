//! One code for SQLite and PostgreSQL. Writes happen in [`Db::write`] alone, reads through [`Reader`].

mod connect;
mod retry;
mod wire;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::AccessMode;
use sea_orm::ConnectionTrait;
use sea_orm::DatabaseConnection;
use sea_orm::DatabaseTransaction;
use sea_orm::DbBackend;
use sea_orm::DbErr;
use sea_orm::ExecResult;
use sea_orm::IsolationLevel;
use sea_orm::QueryResult;
use sea_orm::SqliteTransactionMode;
use sea_orm::Statement;
use sea_orm::TransactionOptions;
use sea_orm::TransactionTrait;
use sea_orm::sea_query::OnConflict;
use tokio::sync::Notify;

use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::platform::clock::Clock;

pub use connect::connect;

/// Longest time a use case may take before it is rolled back with `timeout`.
const USE_CASE_LIMIT: Duration = Duration::from_secs(15);

/// The database of an installation: one writer on SQLite, one pool on PostgreSQL.
#[derive(Debug, Clone)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    backend: DbBackend,
    clock: Clock,
    sandbox: bool,
    nudge: Arc<Notify>,
}

/// A write transaction: the only thing that can write. Its time is read once, at its beginning.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
    backend: DbBackend,
    now: Instant,
    real_now: Instant,
    wake: AtomicBool,
}

/// `ON CONFLICT DO NOTHING` for every unique constraint: the insert then answers 0 rows. (The ORM's own
/// `on_conflict_do_nothing` names the primary key alone.)
pub fn on_any_conflict() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}

/// Reads outside a transaction; on SQLite these connections cannot write.
#[derive(Debug, Clone)]
pub struct Reader {
    inner: DatabaseConnection,
    backend: DbBackend,
    clock: Clock,
    sandbox: bool,
}

/// Reads of one moment. Dropping it ends it.
#[derive(Debug)]
pub struct Snapshot {
    inner: DatabaseTransaction,
    backend: DbBackend,
}

impl Db {
    /// Joins the parts that [`connect`] made.
    fn new(writer: DatabaseConnection, reader: DatabaseConnection, sandbox: bool) -> Self {
        Self {
            backend: writer.get_database_backend(),
            writer,
            reader,
            clock: Clock,
            sandbox,
            nudge: Arc::new(Notify::new()),
        }
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Connection for migrations and start-up checks, before requests are served.
    pub fn for_migration(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Read access. On SQLite these connections are `query_only`.
    pub fn reader(&self) -> Reader {
        Reader {
            inner: self.reader.clone(),
            backend: self.backend,
            clock: self.clock,
            sandbox: self.sandbox,
        }
    }

    /// One unchanging view of everything, for reads that take longer than a request may. Nothing waits for it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        let on_postgres = self.backend == DbBackend::Postgres;
        let inner = self
            .reader
            .begin_with_options(TransactionOptions {
                isolation_level: on_postgres.then_some(IsolationLevel::RepeatableRead),
                access_mode: on_postgres.then_some(AccessMode::ReadOnly),
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            })
            .await?;
        if on_postgres {
            inner
                .execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
                .await?;
        }
        Ok(Snapshot {
            inner,
            backend: self.backend,
        })
    }

    /// Woken after each commit that left work for the worker of this process.
    pub fn nudge(&self) -> &Notify {
        &self.nudge
    }

    /// Runs one use case in one transaction: commits on `Ok`, rolls back on `Err`.
    ///
    /// On PostgreSQL the whole use case is run again after 40001, 40P01 and 55P03, at most five times
    /// (`work` must therefore have no effects but rows).
    ///
    /// # Errors
    /// What `work` refused, or the database's failure. A failed commit is never retried on its connection.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&Tx) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.attempt(&work).await {
                Err(failure) if attempt < retry::ATTEMPTS && retry::is_transient(&failure) => {
                    tracing::debug!(attempt, "transaction is run again");
                    tokio::time::sleep(retry::pause(attempt)).await;
                }
                Err(failure) if retry::is_overload(&failure) => {
                    return Err(Refused::new(
                        &kinds::OVERLOADED,
                        "No database connection came free in time.",
                    )
                    .into());
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T>(
        &self,
        work: &impl AsyncFn(&Tx) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let started = tokio::time::Instant::now();
        let tx = self.begin_write().await?;
        match work(&tx).await {
            Ok(_) if started.elapsed() > USE_CASE_LIMIT => {
                tx.inner.rollback().await?;
                Err(Refused::new(&kinds::TIMEOUT, "The request took too long.").into())
            }
            Ok(value) => {
                let wake = tx.wake.load(Ordering::Relaxed);
                tx.inner.commit().await?;
                if wake {
                    self.nudge.notify_one();
                }
                Ok(value)
            }
            Err(failure) => {
                // The failure of the use case counts; a failed rollback closes its connection.
                if let Err(error) = tx.inner.rollback().await {
                    tracing::warn!(%error, "rollback failed");
                }
                Err(failure)
            }
        }
    }

    async fn begin_write(&self) -> Result<Tx, DbErr> {
        let inner = self
            .writer
            .begin_with_options(TransactionOptions {
                // PostgreSQL's own defaults (read committed, read write) need no further round trip.
                isolation_level: None,
                access_mode: None,
                // A deferred transaction fails when it turns from reading to writing.
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            })
            .await?;
        let (real_now, now) = wire::now(&inner, self.backend, self.clock, self.sandbox).await?;
        Ok(Tx {
            inner,
            backend: self.backend,
            now,
            real_now,
            wake: AtomicBool::new(false),
        })
    }
}

impl Tx {
    /// The time of this transaction: the database's clock plus the sandbox's offset.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The time without the sandbox's offset: tokens, sessions and locks live on it.
    pub fn real_now(&self) -> Instant {
        self.real_now
    }

    /// `now` moved by a number of seconds.
    pub fn in_seconds(&self, seconds: i64) -> Instant {
        self.now.plus(TimeDelta::seconds(seconds))
    }

    /// After the commit there is work for a worker.
    pub fn wake_worker(&self) {
        self.wake.store(true, Ordering::Relaxed);
    }

    /// `FOR UPDATE` where rows are locked (PostgreSQL); SQLite's one writer needs none.
    pub fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }
}

impl Reader {
    /// The present time: the database's clock plus the sandbox's offset.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn now(&self) -> Result<Instant, DbErr> {
        Ok(
            wire::now(&self.inner, self.backend, self.clock, self.sandbox)
                .await?
                .1,
        )
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(wire::adapt(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(wire::adapt(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(wire::adapt(statement)).await
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(wire::adapt(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(wire::adapt(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(wire::adapt(statement)).await
    }
}

#[async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(wire::adapt(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(wire::adapt(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(wire::adapt(statement)).await
    }
}
