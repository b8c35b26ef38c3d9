//! Use cases of funds.

pub mod approval;
pub mod assessments;
pub mod billing;
mod book_names;
mod book_parts;
pub mod books;
pub mod bounces;
mod budget;
pub mod budgets;
pub mod chain;
pub mod clock;
pub mod close;
pub mod closing;
pub mod contributions;
pub mod credit_notes;
pub mod credits;
pub mod disputes;
pub mod dues;
pub mod examples;
pub mod expenses;
pub mod fund_statement;
pub mod funds;
pub mod in_kind;
pub mod issue;
pub mod joiners;
pub mod journal;
pub mod ledger;
pub mod lines;
pub mod notes;
pub mod notices;
pub mod payments;
pub mod periods;
pub mod pledges;
pub mod policies;
pub mod post;
pub mod previews;
pub mod printed;
pub mod proof;
mod refund_letters;
pub mod refunds;
pub mod reservations;
pub mod reversals;
pub mod roll;
pub mod seasons;
mod settling;
pub mod shares;
mod sight;
pub mod sponsors;
pub mod statement;
pub mod subjects;
pub mod supplements;
pub mod transfers;
pub mod true_ups;
pub mod verify;
pub mod visible;
pub mod write_offs;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::kernel::time::Instant;

/// The calendar day of an instant in an alliance's time zone.
fn day_in(zone: Tz, at: Instant) -> NaiveDate {
    at.to_utc().with_timezone(&zone).date_naive()
}
