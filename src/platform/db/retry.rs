//! Which failures of a whole transaction are worth another try, and how long to wait before it.

use std::time::Duration;

use sea_orm::DbErr;
use sea_orm::RuntimeErr;

use crate::kernel::problem::Failure;

/// Tries of one use case.
pub const ATTEMPTS: u32 = 5;

/// Serialization failure, deadlock and lock timeout: the whole transaction may be run again.
const TRANSIENT: [&str; 3] = ["40001", "40P01", "55P03"];

/// Whether running the use case again may succeed.
pub fn is_transient(failure: &Failure) -> bool {
    sqlx_error(failure)
        .and_then(|error| error.as_database_error())
        .and_then(|error| error.code())
        .is_some_and(|code| TRANSIENT.contains(&code.as_ref()))
}

/// Whether no connection came free in time.
pub fn is_overload(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(DbErr::ConnectionAcquire(_)))
        || matches!(sqlx_error(failure), Some(sqlx::Error::PoolTimedOut))
}

/// Waits 5 to 80 ms, longer with each try; spread by the clock's lowest bits so that rivals part.
pub fn pause(attempt: u32) -> Duration {
    let spread = crate::platform::clock::Clock.now().millis().unsigned_abs() % 5;
    Duration::from_millis((5_u64 << attempt.min(4)) + spread)
}

fn sqlx_error(failure: &Failure) -> Option<&sqlx::Error> {
    let Failure::Store(error) = failure else {
        return None;
    };
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
