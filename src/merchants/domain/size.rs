//! Sizes are bitemporal: `valid` says when a size is true, `recorded` when it was learnt.

use chrono::NaiveDate;

use crate::kernel::ids::SizeFactId;
use crate::kernel::time::Instant;

crate::words! {
    /// How far a size can be trusted.
    pub enum SizeStatus {
        /// Stated by the merchant.
        Declared = "declared",
        /// Checked against evidence by somebody else.
        Verified = "verified",
        /// Guessed by the alliance.
        Estimated = "estimated",
        /// Contradicted, and not yet decided.
        Disputed = "disputed",
    }
}

/// One statement of a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    pub id: SizeFactId,
    /// In the unit of the measure; minor units for money.
    pub value: i64,
    pub status: SizeStatus,
    /// First day on which it is true.
    pub valid_from: NaiveDate,
    /// First day on which it is no longer true.
    pub valid_to: Option<NaiveDate>,
    pub recorded_at: Instant,
}

/// The size on `day` as known at `known_at`: the verified fact that covers the day with the latest record,
/// else, where `accept_declared`, the declared one (fund.md 2.1). A disputed fact does not count.
pub fn resolve(
    facts: &[Size],
    day: NaiveDate,
    known_at: Instant,
    accept_declared: bool,
) -> Option<&Size> {
    let newest = |status: SizeStatus| {
        facts
            .iter()
            .filter(|f| f.status == status && f.recorded_at <= known_at)
            .filter(|f| f.valid_from <= day && f.valid_to.is_none_or(|end| day < end))
            .max_by_key(|f| (f.recorded_at, f.id))
    };
    newest(SizeStatus::Verified).or_else(|| {
        if accept_declared {
            newest(SizeStatus::Declared)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(n: u128, value: i64, status: SizeStatus, from: &str, recorded: &str) -> Size {
        Size {
            id: SizeFactId(uuid::Uuid::from_u128(n)),
            value,
            status,
            valid_from: from.parse().expect("a date"),
            valid_to: None,
            recorded_at: Instant::parse(recorded).expect("an instant"),
        }
    }

    #[test]
    fn a_verified_size_counts_from_its_day_and_only_once_it_is_known() {
        let facts = [
            fact(
                1,
                120_000_000,
                SizeStatus::Declared,
                "2026-01-01",
                "2026-01-05T00:00:00Z",
            ),
            fact(
                2,
                150_000_000,
                SizeStatus::Verified,
                "2026-07-01",
                "2026-08-10T00:00:00Z",
            ),
        ];
        let size = |day: &str, known: &str| {
            let known = Instant::parse(known).expect("an instant");
            resolve(&facts, day.parse().expect("a date"), known, true).map(|f| f.value)
        };
        assert_eq!(
            size("2026-06-30", "2026-08-20T00:00:00Z"),
            Some(120_000_000)
        );
        assert_eq!(
            size("2026-07-01", "2026-08-05T00:00:00Z"),
            Some(120_000_000)
        );
        assert_eq!(
            size("2026-07-01", "2026-08-20T00:00:00Z"),
            Some(150_000_000)
        );
        assert_eq!(size("2025-12-31", "2026-08-20T00:00:00Z"), None);
    }
}
