//! Sizes are bitemporal: `valid` says when a size is true, `recorded` when it was learnt.

use std::cmp::Ordering;
use std::collections::HashSet;

use chrono::NaiveDate;

use crate::kernel::ids::SizeFactId;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::merchants::problems;

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

crate::words! {
    /// What can happen to a stated size.
    pub enum SizeEvent {
        /// Somebody else checked it against evidence; this also settles a dispute.
        Verify = "verify",
        /// Somebody else contradicts it.
        Dispute = "dispute",
    }
}

impl SizeStatus {
    /// The status after `event`.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: SizeEvent) -> Result<Self, Refused> {
        self.next(event).ok_or_else(|| {
            let allowed: Vec<&str> = SizeEvent::ALL
                .iter()
                .filter(|e| self.next(**e).is_some())
                .map(|e| e.as_str())
                .collect();
            Refused::illegal_transition(self.as_str(), event.as_str(), &allowed)
        })
    }

    const fn next(self, event: SizeEvent) -> Option<Self> {
        match (self, event) {
            (Self::Declared | Self::Estimated | Self::Disputed, SizeEvent::Verify) => {
                Some(Self::Verified)
            }
            (Self::Declared | Self::Estimated | Self::Verified, SizeEvent::Dispute) => {
                Some(Self::Disputed)
            }
            (Self::Verified, SizeEvent::Verify) | (Self::Disputed, SizeEvent::Dispute) => None,
        }
    }
}

/// A later row holds the statement now: only the newest row of a statement can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This statement was replaced by {by}.")]
pub struct Superseded {
    pub by: SizeFactId,
}

impl Refusal for Superseded {
    fn kind(&self) -> &'static Kind {
        &problems::SIZE_SUPERSEDED
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut params = serde_json::Map::new();
        params.insert("superseded_by".into(), self.by.to_string().into());
        params
    }
}

/// One statement of a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    pub id: SizeFactId,
    /// In the unit of the measure; minor units for money.
    pub value: i64,
    /// A currency code, or what is counted.
    pub unit: String,
    pub status: SizeStatus,
    /// First day on which it is true.
    pub valid_from: NaiveDate,
    /// First day on which it is no longer true.
    pub valid_to: Option<NaiveDate>,
    /// The row whose statement this one carries on under another status.
    pub supersedes: Option<SizeFactId>,
    pub recorded_at: Instant,
}

/// The size on `day` as known at `known_at`: the verified fact that covers the day, else the first that is found
/// by the statuses in `accept` (fund.md 2.1). A disputed statement does not count: of the rows that carry one
/// statement only the last that was known then is looked at. A statement without an end holds until the next of
/// its status begins.
pub fn resolve<'a>(
    facts: &'a [Size],
    day: NaiveDate,
    known_at: Instant,
    accept: &[SizeStatus],
) -> Option<&'a Size> {
    let superseded: HashSet<SizeFactId> = facts
        .iter()
        .filter(|f| f.recorded_at <= known_at)
        .filter_map(|f| f.supersedes)
        .collect();
    let newest = |status: SizeStatus| {
        facts
            .iter()
            .filter(|f| f.status == status && f.recorded_at <= known_at)
            .filter(|f| !superseded.contains(&f.id))
            .filter(|f| f.valid_from <= day && f.valid_to.is_none_or(|end| day < end))
            .max_by_key(|f| (f.valid_from, f.recorded_at, f.id))
    };
    newest(SizeStatus::Verified).or_else(|| accept.iter().find_map(|status| newest(*status)))
}

/// Two statements of one status would hold on the same day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This period overlaps a statement of the same status.")]
pub struct Overlap {
    /// The statement that holds already.
    pub with: SizeFactId,
    pub status: SizeStatus,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

impl Refusal for Overlap {
    fn kind(&self) -> &'static Kind {
        &problems::SIZE_OVERLAPS
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        let pairs = [
            ("overlaps", self.with.to_string().into()),
            ("status", self.status.as_str().into()),
            ("valid_from", self.valid_from.to_string().into()),
            ("valid_to", self.valid_to.map(|day| day.to_string()).into()),
        ];
        pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }
}

/// Passes a period that shares no day with a statement of the same status.
///
/// A statement without an end gives way to a later one from that one's first day on, so that only periods with
/// the same first day, or with a stated end that reaches into another, overlap. `replaced` is the statement whose
/// place the new one takes.
///
/// # Errors
/// [`Overlap`] with the statement that is in the way.
pub fn check_overlap(
    facts: &[Size],
    status: SizeStatus,
    period: (NaiveDate, Option<NaiveDate>),
    replaced: Option<SizeFactId>,
) -> Result<(), Overlap> {
    let (from, to) = period;
    let superseded: HashSet<SizeFactId> = facts.iter().filter_map(|f| f.supersedes).collect();
    let reaches = |end: Option<NaiveDate>, day: NaiveDate| end.is_some_and(|end| end > day);
    let in_the_way = facts
        .iter()
        .filter(|f| f.status == status && Some(f.id) != replaced && !superseded.contains(&f.id))
        .find(|f| match f.valid_from.cmp(&from) {
            Ordering::Equal => true,
            Ordering::Less => reaches(f.valid_to, from),
            Ordering::Greater => reaches(to, f.valid_from),
        });
    match in_the_way {
        None => Ok(()),
        Some(fact) => Err(Overlap {
            with: fact.id,
            status,
            valid_from: fact.valid_from,
            valid_to: fact.valid_to,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(n: u128, value: i64, status: SizeStatus, from: &str, recorded: &str) -> Size {
        Size {
            id: SizeFactId(uuid::Uuid::from_u128(n)),
            value,
            unit: "CNY".into(),
            status,
            valid_from: from.parse().expect("a date"),
            valid_to: None,
            supersedes: None,
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
            resolve(
                &facts,
                day.parse().expect("a date"),
                known,
                &[SizeStatus::Declared],
            )
            .map(|f| f.value)
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

    #[test]
    fn a_disputed_size_does_not_count_until_it_is_verified_again() {
        let mut facts = vec![
            fact(
                1,
                900,
                SizeStatus::Declared,
                "2026-01-01",
                "2026-01-05T00:00:00Z",
            ),
            fact(
                2,
                900,
                SizeStatus::Verified,
                "2026-01-01",
                "2026-01-06T00:00:00Z",
            ),
            fact(
                3,
                900,
                SizeStatus::Disputed,
                "2026-01-01",
                "2026-01-07T00:00:00Z",
            ),
            fact(
                4,
                900,
                SizeStatus::Verified,
                "2026-01-01",
                "2026-01-08T00:00:00Z",
            ),
        ];
        for next in 1..4 {
            facts[next].supersedes = Some(facts[next - 1].id);
        }
        let known = |at: &str| {
            let day = "2026-03-01".parse().expect("a date");
            let at = Instant::parse(at).expect("an instant");
            resolve(&facts, day, at, &[SizeStatus::Declared]).map(|f| f.status)
        };
        assert_eq!(known("2026-01-05T12:00:00Z"), Some(SizeStatus::Declared));
        assert_eq!(known("2026-01-06T12:00:00Z"), Some(SizeStatus::Verified));
        assert_eq!(known("2026-01-07T12:00:00Z"), None);
        assert_eq!(known("2026-01-08T12:00:00Z"), Some(SizeStatus::Verified));
    }

    #[test]
    fn a_status_takes_exactly_its_events() {
        assert_eq!(
            SizeStatus::Declared.after(SizeEvent::Verify).ok(),
            Some(SizeStatus::Verified)
        );
        assert_eq!(
            SizeStatus::Verified.after(SizeEvent::Dispute).ok(),
            Some(SizeStatus::Disputed)
        );
        assert!(SizeStatus::Verified.after(SizeEvent::Verify).is_err());
        assert!(SizeStatus::Disputed.after(SizeEvent::Dispute).is_err());
    }

    #[test]
    fn an_estimate_counts_only_where_it_is_accepted_and_after_a_declared_size() {
        let facts = [
            fact(
                1,
                5,
                SizeStatus::Estimated,
                "2026-01-01",
                "2026-01-05T00:00:00Z",
            ),
            fact(
                2,
                7,
                SizeStatus::Declared,
                "2026-06-01",
                "2026-01-05T00:00:00Z",
            ),
        ];
        let known = Instant::parse("2026-12-01T00:00:00Z").expect("an instant");
        let size = |day: &str, accept: &[SizeStatus]| {
            let day = day.parse().expect("a date");
            resolve(&facts, day, known, accept).map(|f| f.value)
        };
        let both = [SizeStatus::Declared, SizeStatus::Estimated];
        assert_eq!(size("2026-03-01", &both), Some(5));
        assert_eq!(size("2026-07-01", &both), Some(7));
        assert_eq!(size("2026-03-01", &both[..1]), None);
        assert_eq!(size("2026-07-01", &[]), None);
    }

    #[test]
    fn periods_of_one_status_share_no_day() {
        let mut facts = vec![
            fact(
                1,
                5,
                SizeStatus::Declared,
                "2026-01-01",
                "2026-01-05T00:00:00Z",
            ),
            fact(
                2,
                6,
                SizeStatus::Declared,
                "2027-01-01",
                "2026-01-06T00:00:00Z",
            ),
        ];
        facts[1].valid_to = Some("2028-01-01".parse().expect("a date"));
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let check = |status, from: &str, to: Option<&str>, replaced: Option<usize>| {
            let period = (day(from), to.map(day));
            let replaced = replaced.map(|at| facts[at].id);
            check_overlap(&facts, status, period, replaced).map_err(|o| o.with.0.as_u128())
        };
        let declared = SizeStatus::Declared;
        assert_eq!(check(declared, "2026-07-01", None, None), Ok(()));
        assert_eq!(check(declared, "2026-01-01", None, None), Err(1));
        assert_eq!(check(declared, "2026-01-01", None, Some(0)), Ok(()));
        assert_eq!(
            check(declared, "2026-07-01", Some("2027-01-02"), None),
            Err(2)
        );
        assert_eq!(check(declared, "2027-06-01", None, None), Err(2));
        assert_eq!(check(declared, "2028-01-01", None, None), Ok(()));
        assert_eq!(
            check(SizeStatus::Verified, "2026-01-01", None, None),
            Ok(())
        );
    }
}
