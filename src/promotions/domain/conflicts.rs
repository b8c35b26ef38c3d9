//! Promotions that cannot both be joined: their windows overlap, at least one is exclusive, and
//! their scopes share something. Windows are compared as instants, never as local dates.

mod names;
mod sweep;

use crate::promotions::domain::conflicts::sweep::Sweep;
use crate::promotions::domain::refusal::CalendarRefused;
use chrono::DateTime;
use chrono::Utc;

/// The scope that covers everything.
pub const EVERYTHING: &str = "*";

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
/// A sweep over the starts: each claim meets only those that are open under its own scope entries, and of
/// these only the exclusive ones unless it is exclusive itself. O(n log n + k log k) for k meetings: names and
/// instants become small numbers once, and the sweep compares numbers alone.
///
/// # Errors
/// `TooComplex` if more meet than can be answered.
pub fn conflicts(claims: &[Claim]) -> Result<Vec<Conflict>, CalendarRefused> {
    let mut pairs = Sweep::of(claims).run()?;
    pairs.sort_unstable();
    let shared = |(a, b): (usize, usize)| {
        let (one, other) = (&claims[a], &claims[b]);
        Conflict {
            a,
            b,
            from: one.start.max(other.start),
            to: one.end.min(other.end),
        }
    };
    Ok(pairs.into_iter().map(sweep::places).map(shared).collect())
}

/// Whether two scopes share something.
pub fn scopes_meet(one: &[String], other: &[String]) -> bool {
    one.iter().any(|x| {
        other
            .iter()
            .any(|y| x == y || x == EVERYTHING || y == EVERYTHING)
    })
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
    fn instants_of_any_fineness_and_distance_are_compared_exactly() {
        let claim = |start: DateTime<Utc>, end: DateTime<Utc>| Claim {
            start,
            end,
            exclusive: true,
            scope: vec!["tea".into()],
        };
        let step = chrono::TimeDelta::nanoseconds(1);
        let touching = [claim(at(0), at(1)), claim(at(1), at(2))];
        assert_eq!(conflicts(&touching), Ok(Vec::new()));
        let by_a_hair = [claim(at(0), at(1) + step), claim(at(1), at(2))];
        assert_eq!(conflicts(&by_a_hair), Ok(by_definition(&by_a_hair)));
        assert_eq!(by_definition(&by_a_hair).len(), 1);
        let far = [
            claim(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC),
            claim(at(1), at(1) + step),
            claim(at(1) + step, at(2)),
        ];
        assert_eq!(conflicts(&far), Ok(by_definition(&far)));
        assert_eq!(by_definition(&far).len(), 2);
    }

    #[test]
    fn many_names_keep_their_numbers_apart() {
        let claims: Vec<Claim> = (0..20_000)
            .map(|n| Claim {
                start: at(0),
                end: at(1),
                exclusive: true,
                scope: vec![format!("sku-{}", n % 10_000)],
            })
            .collect();
        let found = conflicts(&claims).expect("few");
        assert_eq!(found.len(), 10_000);
        assert!(found.iter().all(|pair| pair.b == pair.a + 10_000));
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
