//! The sweep over the starts of claims, in small numbers.

use chrono::DateTime;
use chrono::Utc;

use crate::promotions::domain::conflicts::Claim;
use crate::promotions::domain::conflicts::names::ALL;
use crate::promotions::domain::conflicts::names::ANY;
use crate::promotions::domain::conflicts::names::Scopes;
use crate::promotions::domain::refusal::CalendarRefused;

/// Meetings of windows within a scope, at most, before a request is refused.
const WORK_LIMIT: u64 = 2_000_000;

/// No claim, and the end of a list.
const NONE: u32 = u32::MAX;

/// Two claims as one number: the smaller place in the upper half, so that numbers sort as pairs do.
pub type Pair = u64;

/// The places of a pair in the list of claims.
pub const fn places(pair: Pair) -> (usize, usize) {
    ((pair >> 32) as usize, (pair & NONE as u64) as usize)
}

/// The claims that are open under one scope entry, as two lists of nodes; those that have ended are dropped
/// when met.
#[derive(Debug, Clone, Copy)]
struct Open {
    exclusive: u32,
    shared: u32,
}

/// A claim in a list: all lists live in one vector, so that none is allocated for itself.
#[derive(Debug, Clone, Copy)]
struct Node {
    claim: u32,
    next: u32,
}

/// What the sweep asks of a claim, close together.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
    /// The claim that met this one last: two that share several entries meet once.
    met_by: u32,
    exclusive: bool,
}

/// The claims, ready to be swept.
pub struct Sweep {
    scopes: Scopes,
    spans: Vec<Span>,
    /// By the number of a scope entry.
    open: Vec<Open>,
    nodes: Vec<Node>,
    found: Vec<Pair>,
    work: u64,
}

impl Sweep {
    /// The claims in numbers.
    pub fn of(claims: &[Claim]) -> Self {
        let scopes = Scopes::of(claims);
        let ticks = Ticks::of(claims);
        let span = |claim: &Claim| Span {
            start: ticks.at(claim.start),
            end: ticks.at(claim.end),
            met_by: NONE,
            exclusive: claim.exclusive,
        };
        let nothing = Open {
            exclusive: NONE,
            shared: NONE,
        };
        Self {
            spans: claims.iter().map(span).collect(),
            open: vec![nothing; scopes.count],
            nodes: Vec::with_capacity(3 * claims.len()),
            found: Vec::new(),
            work: 0,
            scopes,
        }
    }

    /// Every pair that conflicts, once, in no order.
    ///
    /// # Errors
    /// `TooComplex` if more meet than can be answered.
    pub fn run(mut self) -> Result<Vec<Pair>, CalendarRefused> {
        for claim in self.order() {
            self.visit(claim)?;
        }
        Ok(self.found)
    }

    /// The claims that last at all, by their starts.
    fn order(&self) -> Vec<u32> {
        let lasting = || {
            (0_u32..)
                .zip(&self.spans)
                .filter(|(_, span)| span.start < span.end)
        };
        let latest = lasting().map(|(_, span)| span.start).max();
        if latest.is_none_or(|latest| latest < u64::from(NONE)) {
            let mut keys: Vec<u64> = lasting()
                .map(|(claim, span)| (span.start << 32) | u64::from(claim))
                .collect();
            keys.sort_unstable();
            return keys.into_iter().map(lower).collect();
        }
        let mut keys: Vec<(u64, u32)> =
            lasting().map(|(claim, span)| (span.start, claim)).collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, claim)| claim).collect()
    }

    /// Meets the open claims with one, then opens it under its entries and in the list of everybody.
    fn visit(&mut self, claim: u32) -> Result<(), CalendarRefused> {
        let span = self.spans[claim as usize];
        let count = self.scopes.entries(claim).len();
        if count == 0 {
            return Ok(());
        }
        // Whoever covers everything meets everybody.
        if self.scopes.entries(claim).contains(&ALL) {
            self.meet(claim, span, ANY)?;
        } else {
            for place in 0..count {
                let entry = self.scopes.entries(claim)[place];
                self.meet(claim, span, entry)?;
            }
            if self.scopes.everybody {
                self.meet(claim, span, ALL)?;
            }
        }
        for place in 0..count {
            let entry = self.scopes.entries(claim)[place];
            self.enter(claim, span.exclusive, entry);
        }
        if self.scopes.everybody {
            self.enter(claim, span.exclusive, ANY);
        }
        Ok(())
    }

    fn enter(&mut self, claim: u32, exclusive: bool, entry: u32) {
        let node = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let open = &mut self.open[entry as usize];
        let head = if exclusive {
            &mut open.exclusive
        } else {
            &mut open.shared
        };
        let next = std::mem::replace(head, node);
        self.nodes.push(Node { claim, next });
    }

    fn meet(&mut self, claim: u32, span: Span, entry: u32) -> Result<(), CalendarRefused> {
        let open = self.open[entry as usize];
        if open.exclusive != NONE {
            self.open[entry as usize].exclusive = self.meet_list(claim, span, open.exclusive)?;
        }
        if open.shared != NONE && span.exclusive {
            self.open[entry as usize].shared = self.meet_list(claim, span, open.shared)?;
        }
        Ok(())
    }

    /// Meets the claims of a list; answers its head, as the first may have ended.
    fn meet_list(&mut self, claim: u32, span: Span, head: u32) -> Result<u32, CalendarRefused> {
        let (mut head, mut before, mut at) = (head, NONE, head);
        while at != NONE {
            let Node { claim: other, next } = self.nodes[at as usize];
            let met = &mut self.spans[other as usize];
            if met.end <= span.start {
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
            if std::mem::replace(&mut met.met_by, claim) != claim {
                let (a, b) = (claim.min(other), claim.max(other));
                self.found.push((u64::from(a) << 32) | u64::from(b));
            }
        }
        Ok(head)
    }
}

fn lower(key: u64) -> u32 {
    u32::try_from(key & u64::from(NONE)).unwrap_or(NONE)
}

/// How instants become numbers that compare alike.
enum Ticks {
    /// Seconds after the first of them: all are whole.
    Seconds(i64),
    /// Places among all different instants.
    Places(Vec<DateTime<Utc>>),
}

impl Ticks {
    fn of(claims: &[Claim]) -> Self {
        let instants = || claims.iter().flat_map(|claim| [claim.start, claim.end]);
        if instants().all(|at| at.timestamp_subsec_nanos() == 0) {
            let first = instants().map(|at| at.timestamp()).min();
            return Self::Seconds(first.unwrap_or(0));
        }
        let mut all: Vec<DateTime<Utc>> = instants().collect();
        all.sort_unstable();
        all.dedup();
        Self::Places(all)
    }

    fn at(&self, instant: DateTime<Utc>) -> u64 {
        match self {
            Self::Seconds(first) => instant.timestamp().abs_diff(*first),
            Self::Places(all) => all.partition_point(|other| *other < instant) as u64,
        }
    }
}
