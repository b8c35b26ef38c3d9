//! Use cases of funds.

pub mod approval;
pub mod assessments;
mod budget;
pub mod chain;
pub mod close;
pub mod expenses;
pub mod funds;
pub mod issue;
pub mod journal;
pub mod ledger;
pub mod notices;
pub mod payments;
pub mod periods;
pub mod policies;
pub mod reservations;
pub mod statement;
pub mod subjects;
pub mod visible;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::kernel::time::Instant;

/// The calendar day of an instant in an alliance's time zone.
fn day_in(zone: Tz, at: Instant) -> NaiveDate {
    at.to_utc().with_timezone(&zone).date_naive()
}
