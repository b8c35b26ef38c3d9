//! Promotions that cannot both be joined: their windows overlap, at least one is exclusive, and
//! their scopes share something. Windows are compared as instants, never as local dates.

use crate::promotions::domain::refusal::CalendarRefused;
use chrono::DateTime;
use chrono::Utc;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// The scope that covers everything.
pub const EVERYTHING: &str = "*";

/// Meetings of windows within a scope, at most, before a request is refused.
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
/// A sweep over the starts: each claim meets only those that are open under its own scope entries, and of
/// these only the exclusive ones unless it is exclusive itself. O(n log n + k) for k meetings.
///
/// # Errors
/// `TooComplex` if more meet than can be answered.
pub fn conflicts(claims: &[Claim]) -> Result<Vec<Conflict>, CalendarRefused> {
    let scopes = Scopes::of(claims);
    let mut order: Vec<u128> = (0_u32..)
        .zip(claims)
        .filter(|(_, claim)| claim.start < claim.end)
        .map(|(i, claim)| placed(claim.start, i))
        .collect();
    order.sort_unstable();
    let mut sweep = Sweep {
        claims,
        ends: claims.iter().map(|claim| claim.end).collect(),
        open: vec![Open::default(); scopes.count],
        nodes: Vec::with_capacity(scopes.entries.len()),
        met_by: vec![NONE; claims.len()],
        found: Vec::new(),
        work: 0,
    };
    for place in order {
        // The claim's number is in the lowest bits.
        let i = u32::try_from(place & u128::from(NONE)).unwrap_or(NONE);
        sweep.visit(i, scopes.entries(i as usize), scopes.any)?;
    }
    sweep.found.sort_unstable();
    Ok(sweep.found)
}

/// A number that sorts by the instant, and by the claim's number where instants are equal.
fn placed(at: DateTime<Utc>, i: u32) -> u128 {
    // Seconds before 1970 sort below those after it.
    let seconds = at.timestamp().wrapping_sub(i64::MIN).cast_unsigned();
    (u128::from(seconds) << 64) | (u128::from(at.timestamp_subsec_nanos()) << 32) | u128::from(i)
}

/// Whether two scopes share something.
pub fn scopes_meet(one: &[String], other: &[String]) -> bool {
    one.iter().any(|x| {
        other
            .iter()
            .any(|y| x == y || x == EVERYTHING || y == EVERYTHING)
    })
}

/// No claim, and the end of a list.
const NONE: u32 = u32::MAX;

/// The claims that are open under one scope entry, as two lists of nodes; those that have ended are dropped
/// when met.
#[derive(Debug, Clone, Copy)]
struct Open {
    exclusive: u32,
    shared: u32,
}

impl Default for Open {
    fn default() -> Self {
        Self {
            exclusive: NONE,
            shared: NONE,
        }
    }
}

/// A claim in a list: all lists live in one vector, so that none is allocated for itself.
#[derive(Debug, Clone, Copy)]
struct Node {
    claim: u32,
    next: u32,
}

/// Number of the entry that covers everything.
const ALL: u32 = 0;
/// Number of the list that every claim with a scope is in.
const ANY: u32 = 1;

struct Sweep<'a> {
    claims: &'a [Claim],
    /// Of every claim, close together.
    ends: Vec<DateTime<Utc>>,
    /// By the number of a scope entry.
    open: Vec<Open>,
    nodes: Vec<Node>,
    /// The claim that met this one last: two that share several entries meet once.
    met_by: Vec<u32>,
    found: Vec<Conflict>,
    work: u64,
}

impl Sweep<'_> {
    /// Meets the open claims with claim `i`, then opens it under its entries and in the list of everybody.
    fn visit(
        &mut self,
        i: u32,
        entries: &[u32],
        everybody: Option<u32>,
    ) -> Result<(), CalendarRefused> {
        if entries.is_empty() {
            return Ok(());
        }
        // Whoever covers everything meets everybody.
        if entries.contains(&ALL) {
            self.meet(i, ANY)?;
        } else {
            for entry in entries {
                self.meet(i, *entry)?;
            }
            self.meet(i, ALL)?;
        }
        let exclusive = self.claims[i as usize].exclusive;
        for entry in entries.iter().chain(&everybody) {
            let node = u32::try_from(self.nodes.len()).unwrap_or(NONE);
            let open = &mut self.open[*entry as usize];
            let head = if exclusive {
                &mut open.exclusive
            } else {
                &mut open.shared
            };
            self.nodes.push(Node {
                claim: i,
                next: std::mem::replace(head, node),
            });
        }
        Ok(())
    }

    fn meet(&mut self, i: u32, entry: u32) -> Result<(), CalendarRefused> {
        let open = self.open[entry as usize];
        if open.exclusive != NONE {
            self.open[entry as usize].exclusive = self.meet_list(i, open.exclusive)?;
        }
        if open.shared != NONE && self.claims[i as usize].exclusive {
            self.open[entry as usize].shared = self.meet_list(i, open.shared)?;
        }
        Ok(())
    }

    /// Meets the claims of a list; answers its head, as the first may have ended.
    fn meet_list(&mut self, i: u32, head: u32) -> Result<u32, CalendarRefused> {
        let start = self.claims[i as usize].start;
        let (mut head, mut before, mut at) = (head, NONE, head);
        while at != NONE {
            let Node { claim: j, next } = self.nodes[at as usize];
            if self.ends[j as usize] <= start {
                match before {
                    NONE => head = next,
                    _ => self.nodes[before as usize].next = next,
                }
                at = next;
                continue;
            }
            (before, at) = (at, next);
            self.work += 1;
            if self.work > WORK_LIMIT {
                return Err(CalendarRefused::TooComplex {
                    work: self.work,
                    limit: WORK_LIMIT,
                });
            }
            if std::mem::replace(&mut self.met_by[j as usize], i) != i {
                let end = self.ends[i as usize].min(self.ends[j as usize]);
                self.found.push(Conflict {
                    a: i.min(j) as usize,
                    b: i.max(j) as usize,
                    from: start,
                    to: end,
                });
            }
        }
        Ok(head)
    }
}

/// The scopes of all claims with their entries as numbers, each number once.
struct Scopes {
    entries: Vec<u32>,
    /// Where the entries of a claim begin; one more than claims.
    starts: Vec<usize>,
    /// Different entries, the two special ones included.
    count: usize,
    /// The list of everybody, where somebody covers everything.
    any: Option<u32>,
}

impl Scopes {
    fn of(claims: &[Claim]) -> Self {
        // Keyed anew in each process: nobody chooses names that collide.
        let mut numbers: HashMap<&str, u32, RandomState> = HashMap::default();
        let mut scopes = Self {
            entries: Vec::with_capacity(2 * claims.len()),
            starts: Vec::with_capacity(claims.len() + 1),
            count: 2,
            any: None,
        };
        let mut next = ANY;
        let mut own = Vec::new();
        for claim in claims {
            scopes.starts.push(scopes.entries.len());
            for entry in &claim.scope {
                if entry == EVERYTHING {
                    scopes.any = Some(ANY);
                    own.push(ALL);
                    continue;
                }
                own.push(*numbers.entry(entry).or_insert_with(|| {
                    next += 1;
                    next
                }));
            }
            if own.len() > 1 {
                own.sort_unstable();
                own.dedup();
            }
            scopes.entries.append(&mut own);
        }
        scopes.starts.push(scopes.entries.len());
        scopes.count += numbers.len();
        scopes
    }

    fn entries(&self, claim: usize) -> &[u32] {
        &self.entries[self.starts[claim]..self.starts[claim + 1]]
    }
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
