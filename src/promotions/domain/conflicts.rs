//! Promotions that cannot both be joined: their windows overlap, at least one is exclusive, and
//! their scopes share something. Windows are compared as instants, never as local dates.

use crate::promotions::domain::refusal::CalendarRefused;
use chrono::DateTime;
use chrono::Utc;
use std::collections::BTreeMap;

/// The scope that covers everything.
pub const EVERYTHING: &str = "*";

/// Comparisons of scope entries, at most, before a request is refused.
const WORK_LIMIT: u64 = 2_000_000;

/// What a conflict depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// First instant.
    pub start: DateTime<Utc>,
    /// First instant after it.
    pub end: DateTime<Utc>,
    /// Whether it suffers no other beside it.
    pub exclusive: bool,
    /// SKUs, categories, or [`EVERYTHING`].
    pub scope: Vec<String>,
}

/// Two claims, by their places in the list (the smaller first), and the time they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The smaller place.
    pub a: usize,
    /// The larger place.
    pub b: usize,
    /// First instant they share.
    pub from: DateTime<Utc>,
    /// First instant they no longer share.
    pub to: DateTime<Utc>,
}

/// Every conflict among `claims`, ordered by their places in the list.
///
/// # Errors
/// `TooComplex` if too many windows overlap to compare their scopes.
pub fn conflicts(claims: &[Claim]) -> Result<Vec<Conflict>, CalendarRefused> {
    let scopes = intern(claims);
    let mut order: Vec<usize> = (0..claims.len())
        .filter(|i| claims[*i].start < claims[*i].end)
        .collect();
    order.sort_by_key(|i| claims[*i].start);
    check_work(claims, &scopes, &order)?;
    let mut found = Vec::new();
    for (place, &i) in order.iter().enumerate() {
        let later = order[place + 1..].iter();
        for &j in later.take_while(|j| claims[**j].start < claims[i].end) {
            let clash = (claims[i].exclusive || claims[j].exclusive) && scopes[i].meets(&scopes[j]);
            if clash {
                found.push(Conflict {
                    a: i.min(j),
                    b: i.max(j),
                    from: claims[j].start,
                    to: claims[i].end.min(claims[j].end),
                });
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Adds up the scopes of overlapping pairs without visiting the pairs. O(n log n).
fn check_work(claims: &[Claim], scopes: &[Scope], order: &[usize]) -> Result<(), CalendarRefused> {
    let mut sizes = vec![0_u64];
    for i in order {
        let before = sizes.last().copied().unwrap_or(0);
        sizes.push(before + scopes[*i].work());
    }
    let mut work = 0_u64;
    for (place, i) in order.iter().enumerate() {
        let end = order.partition_point(|j| claims[*j].start < claims[*i].end);
        let others = (end - place - 1) as u64;
        work = work
            .saturating_add(others.saturating_mul(scopes[*i].work()))
            .saturating_add(sizes[end] - sizes[place + 1]);
    }
    if work > WORK_LIMIT {
        return Err(CalendarRefused::TooComplex {
            work,
            limit: WORK_LIMIT,
        });
    }
    Ok(())
}

/// A scope with its entries as numbers, ascending.
struct Scope {
    everything: bool,
    entries: Vec<usize>,
}

impl Scope {
    fn work(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    fn meets(&self, other: &Self) -> bool {
        if self.everything || other.everything {
            return !self.is_empty() && !other.is_empty();
        }
        let (mut left, mut right) = (self.entries.iter(), other.entries.iter());
        let (mut a, mut b) = (left.next(), right.next());
        while let (Some(x), Some(y)) = (a, b) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => a = left.next(),
                std::cmp::Ordering::Greater => b = right.next(),
                std::cmp::Ordering::Equal => return true,
            }
        }
        false
    }

    fn is_empty(&self) -> bool {
        !self.everything && self.entries.is_empty()
    }
}

fn intern(claims: &[Claim]) -> Vec<Scope> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut scopes = Vec::with_capacity(claims.len());
    for claim in claims {
        let mut entries = Vec::with_capacity(claim.scope.len());
        for entry in &claim.scope {
            let next = numbers.len();
            entries.push(*numbers.entry(entry.as_str()).or_insert(next));
        }
        entries.sort_unstable();
        scopes.push(Scope {
            everything: claim.scope.iter().any(|entry| entry == EVERYTHING),
            entries,
        });
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).expect("in range")
    }

    fn claim() -> impl Strategy<Value = Claim> {
        let entry = prop::sample::select(vec!["*", "tea", "silk", "noodles"]);
        let scope = prop::collection::vec(entry, 0..3);
        (0_i64..20, -1_i64..8, any::<bool>(), scope).prop_map(|(start, hours, exclusive, scope)| {
            Claim {
                start: at(start),
                end: at(start + hours),
                exclusive,
                scope: scope.into_iter().map(str::to_owned).collect(),
            }
        })
    }

    /// The definition, pair by pair.
    fn by_definition(claims: &[Claim]) -> Vec<Conflict> {
        let mut found = Vec::new();
        for (a, one) in claims.iter().enumerate() {
            for (b, two) in claims.iter().enumerate().skip(a + 1) {
                let (from, to) = (one.start.max(two.start), one.end.min(two.end));
                let shared = one.scope.iter().any(|x| {
                    two.scope
                        .iter()
                        .any(|y| x == y || x == EVERYTHING || y == EVERYTHING)
                });
                if from < to && (one.exclusive || two.exclusive) && shared {
                    found.push(Conflict { a, b, from, to });
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_sweep_finds_what_the_definition_says(claims in prop::collection::vec(claim(), 0..9)) {
            prop_assert_eq!(conflicts(&claims), Ok(by_definition(&claims)));
        }
    }

    #[test]
    fn a_hundred_thousand_overlapping_windows_are_refused_at_once() {
        let claim = Claim {
            start: at(0),
            end: at(1),
            exclusive: true,
            scope: vec![EVERYTHING.into()],
        };
        let crowd = vec![claim; 100_000];
        assert!(matches!(
            conflicts(&crowd),
            Err(CalendarRefused::TooComplex { .. })
        ));
    }
}
