//! What differs between the two databases on the wire: instants and the clock.

use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;
use sea_orm::DbErr;
use sea_orm::Statement;
use sea_orm::sea_query::Value;

use crate::kernel::time::Instant;
use crate::platform::clock::Clock;

/// Instants are stored as integer milliseconds on SQLite.
pub fn adapt(mut statement: Statement) -> Statement {
    if statement.db_backend == DbBackend::Sqlite
        && let Some(values) = statement.values.as_mut()
    {
        for value in &mut values.0 {
            if let Value::ChronoDateTimeUtc(at) = value {
                *value = Value::BigInt(at.map(|at| at.timestamp_millis()));
            }
        }
    }
    statement
}

/// The real time and the time with the sandbox's offset.
///
/// PostgreSQL's clock decides where several processes share it; on SQLite the one process's clock does.
pub async fn now(
    connection: &impl ConnectionTrait,
    backend: DbBackend,
    clock: Clock,
    sandbox: bool,
) -> Result<(Instant, Instant), DbErr> {
    let sql = match (backend, sandbox) {
        (DbBackend::Postgres, false) => "SELECT clock_timestamp() AS at, 0::bigint AS offset_ms",
        (DbBackend::Postgres, true) => {
            "SELECT clock_timestamp() AS at, coalesce((SELECT offset_ms FROM sandbox_clock), 0) AS offset_ms"
        }
        (_, true) => "SELECT coalesce((SELECT offset_ms FROM sandbox_clock), 0) AS offset_ms",
        (_, false) => return Ok((clock.now(), clock.now())),
    };
    let row = connection
        .query_one_raw(Statement::from_string(backend, sql))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the clock".to_owned()))?;
    let real = match backend {
        DbBackend::Postgres => row.try_get("", "at")?,
        _ => clock.now(),
    };
    let offset: i64 = row.try_get("", "offset_ms")?;
    Ok((
        real,
        Instant::from_millis(real.millis().saturating_add(offset)),
    ))
}
