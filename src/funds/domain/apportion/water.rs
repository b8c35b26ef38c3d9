//! Water-filling: the one level at which clamped shares add up to the budget, and the rounding that follows.
//!
//! Everything here counts in units of the quantum. The code is written once over two number types: `i128`
//! where the caller has proved that products fit, and big integers where they may not.

use std::cmp::Ordering;

use num_integer::Integer;
use num_traits::NumRef;

/// Where a member's exact share comes to rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// At its floor, or at its only possible amount.
    Floor,
    /// Between its bounds, at the common price per unit of weight.
    Free,
    /// At its cap.
    Cap,
}

/// A member's bounds in units: `floor <= cap`, and a cap that cannot bind is left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub floor: i128,
    pub cap: Option<i128>,
}

/// Numbers that are exact for the job at hand.
pub(super) trait Whole: Integer + NumRef + Clone + From<i128> + TryInto<i128> {}

impl<T: Integer + NumRef + Clone + From<i128> + TryInto<i128>> Whole for T {}

/// The level at which the budget is met: free members pay `weight * rest / free`.
pub(super) struct Level<N> {
    /// One entry per member, in input order.
    pub places: Vec<Rest>,
    /// The budget less everything that sits at a bound.
    pub rest: N,
    /// The weights of the free members, added up; zero when nobody is free.
    pub free: N,
}

struct Event {
    at: i128,
    member: usize,
    to: Rest,
}

/// Finds the level for a feasible budget (floors fit, caps suffice) in O(n log n).
///
/// The total is continuous and non-decreasing in the price per unit of weight. So the walk over the sorted
/// prices at which a member leaves its floor or reaches its cap stops at the first one that meets the budget.
pub(super) fn find<N: Whole>(budget: i128, weights: &[N], bounds: &[Bounds]) -> Level<N> {
    let (mut places, mut events) = start(weights, bounds);
    events.sort_unstable_by(|a, b| earlier(a, b, weights));
    let mut fixed = 0_i128;
    let mut free = N::zero();
    for ((place, bound), weight) in places.iter().zip(bounds).zip(weights) {
        match place {
            Rest::Free => free = free + weight,
            Rest::Floor | Rest::Cap => fixed += bound.floor,
        }
    }
    for event in events {
        let weight = &weights[event.member];
        let reached = free.clone() * &N::from(event.at);
        if reached >= N::from(budget - fixed) * weight {
            break;
        }
        if event.to == Rest::Free {
            fixed -= event.at;
            free = free + weight;
        } else {
            fixed += event.at;
            free = free - weight;
        }
        places[event.member] = event.to;
    }
    Level {
        places,
        rest: N::from(budget - fixed),
        free,
    }
}

/// Everybody's place at a price of nothing, and the events that higher prices bring.
fn start<N: Whole>(weights: &[N], bounds: &[Bounds]) -> (Vec<Rest>, Vec<Event>) {
    let mut events = Vec::new();
    let places = weights
        .iter()
        .zip(bounds)
        .enumerate()
        .map(|(member, (weight, bound))| {
            if weight.is_zero() || bound.cap == Some(bound.floor) {
                return Rest::Floor;
            }
            if let Some(at) = bound.cap {
                let to = Rest::Cap;
                events.push(Event { at, member, to });
            }
            if bound.floor == 0 {
                return Rest::Free;
            }
            events.push(Event {
                at: bound.floor,
                member,
                to: Rest::Free,
            });
            Rest::Floor
        })
        .collect();
    (places, events)
}

/// Compares the prices `at / weight` of two events without dividing.
fn earlier<N: Whole>(a: &Event, b: &Event, weights: &[N]) -> Ordering {
    let left = N::from(a.at) * &weights[b.member];
    let right = N::from(b.at) * &weights[a.member];
    left.cmp(&right)
}

/// Largest remainder: whole units for all, then one unit each to the largest fractions.
///
/// Ties go to the larger weight, then to the smaller id in byte order. Bounds are whole, so a member at a bound
/// has no fraction and rounding never breaks one.
pub(super) fn round<N: Whole>(
    level: &Level<N>,
    weights: &[N],
    bounds: &[Bounds],
    ids: &[&str],
) -> Vec<i128> {
    let mut units = Vec::with_capacity(weights.len());
    let mut fractions = Vec::new();
    let mut left = level.rest.clone();
    for (member, place) in level.places.iter().enumerate() {
        units.push(match place {
            Rest::Floor => bounds[member].floor,
            Rest::Cap => bounds[member].cap.unwrap_or(bounds[member].floor),
            Rest::Free => {
                let product = weights[member].clone() * &level.rest;
                let (whole, fraction) = product.div_mod_floor(&level.free);
                left = left - &whole;
                fractions.push((fraction, member));
                narrow(whole)
            }
        });
    }
    fractions.sort_unstable_by(|(a, i), (b, j)| {
        b.cmp(a)
            .then_with(|| weights[*j].cmp(&weights[*i]))
            .then_with(|| ids[*i].cmp(ids[*j]))
    });
    let left = usize::try_from(narrow(left)).unwrap_or(0);
    for (_, member) in fractions.iter().take(left) {
        units[*member] += 1;
    }
    units
}

/// A share never exceeds the budget, which is an `i64`.
fn narrow<N: Whole>(share: N) -> i128 {
    share.try_into().unwrap_or(0)
}
