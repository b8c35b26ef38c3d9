//! Splitting a budget exactly: weights, floors, caps, water-filling, largest remainder.
//!
//! The exact share of a member is its weight times one common price, kept within its floor and cap, where the
//! price is the one at which the shares add up to the budget. Rounding then moves nobody by a whole quantum.
//! Not promised: that a larger budget or a larger weight never lowers somebody's amount by one quantum. No
//! method that stays within one unit of the exact share can promise both.

mod refusal;
mod water;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::One;
use num_traits::Signed;
use num_traits::ToPrimitive;
use num_traits::Zero;

use crate::kernel::money::Overflow;
use crate::kernel::rational::Exact;

pub use refusal::SplitRefusal;
pub use water::Rest;

use water::Bounds;
use water::Whole;

/// The common denominator of all weights must stay below two to this power, so that work stays bounded.
const DENOMINATOR_BITS: u64 = 2048;

/// Products of a weight and an amount must stay below two to this power to be held in an `i128`.
const NARROW_BITS: u64 = 126;

/// One member of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// Immutable id; it decides ties, in byte order.
    pub id: String,
    /// Size in any unit, not negative. Zero means "pays the floor".
    pub weight: Exact,
    /// Least amount in minor units.
    pub floor: i64,
    /// Largest amount in minor units, if there is one.
    pub cap: Option<i64>,
}

impl Payer {
    /// A member without bounds.
    pub fn new(id: impl Into<String>, weight: Exact) -> Self {
        Self {
            id: id.into(),
            weight,
            floor: 0,
            cap: None,
        }
    }
}

/// One member's part, in the order of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Minor units; a multiple of the quantum.
    pub amount: i64,
    /// Whether a bound decided it.
    pub rest: Rest,
}

/// A budget split without remainder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// One share per payer, in input order; they add up to the budget.
    pub shares: Vec<Share>,
    /// Minor units per unit of weight for everybody between the bounds; none when nobody is.
    pub price: Option<BigRational>,
}

impl Split {
    /// The share before rounding, for the notice: `weight` is the weight that payer `index` came with.
    pub fn exact(&self, index: usize, weight: &Exact) -> Option<BigRational> {
        let share = self.shares.get(index)?;
        Some(match (share.rest, &self.price) {
            (Rest::Free, Some(price)) => price * &weight.0,
            _ => BigRational::from_integer(share.amount.into()),
        })
    }
}

/// Splits `budget` minor units among `payers` in multiples of `quantum`.
///
/// Floors are rounded up and caps down to the quantum first. The order of the payers does not matter.
///
/// # Errors
/// A [`SplitRefusal`] with the arithmetic when the bounds cannot be met or the input is ill-posed.
pub fn split(budget: i64, quantum: i64, payers: &[Payer]) -> Result<Split, SplitRefusal> {
    check(budget, quantum, payers)?;
    let mut bounds = tighten(quantum, payers)?;
    check_feasible(budget, quantum, payers, &bounds)?;
    let units = i128::from(budget / quantum);
    for bound in &mut bounds {
        // A cap of the whole budget cannot bind; without it every product stays below weight times budget.
        bound.cap = bound.cap.filter(|cap| *cap < units);
    }
    let (weights, denominator) = scale(payers)?;
    let total: BigInt = weights.iter().sum();
    let budget_bits = u64::from(i128::BITS - units.leading_zeros());
    let narrow = (total.bits() + budget_bits <= NARROW_BITS)
        .then(|| {
            weights
                .iter()
                .map(ToPrimitive::to_i128)
                .collect::<Option<Vec<_>>>()
        })
        .flatten();
    let job = Job {
        units,
        quantum,
        bounds,
        payers,
        denominator,
    };
    match narrow {
        Some(weights) => job.solve(&weights),
        None => job.solve(&weights),
    }
}

struct Job<'a> {
    units: i128,
    quantum: i64,
    bounds: Vec<Bounds>,
    payers: &'a [Payer],
    denominator: BigInt,
}

impl Job<'_> {
    fn solve<N: Whole + Into<BigInt>>(&self, weights: &[N]) -> Result<Split, SplitRefusal> {
        let ids: Vec<&str> = self.payers.iter().map(|p| p.id.as_str()).collect();
        let level = water::find(self.units, weights, &self.bounds);
        let units = water::round(&level, weights, &self.bounds, &ids);
        let shares = units
            .into_iter()
            .zip(&level.places)
            .map(|(units, rest)| {
                let amount = i64::try_from(units * i128::from(self.quantum));
                let rest = *rest;
                amount.map(|amount| Share { amount, rest })
            })
            .collect::<Result<_, _>>()
            .map_err(|_| Overflow)?;
        let price = (!level.free.is_zero()).then(|| {
            let numerator = level.rest.into() * self.quantum * &self.denominator;
            BigRational::new(numerator, level.free.into())
        });
        Ok(Split { shares, price })
    }
}

/// Everything that can be said about the input before adding it up.
fn check(budget: i64, quantum: i64, payers: &[Payer]) -> Result<(), SplitRefusal> {
    if payers.is_empty() {
        return Err(SplitRefusal::NoMembers);
    }
    let mut seen = HashSet::with_capacity(payers.len());
    if let Some(twice) = payers.iter().find(|p| !seen.insert(p.id.as_str())) {
        let member = twice.id.clone();
        return Err(SplitRefusal::DuplicateMember { member });
    }
    if budget < 0 {
        return Err(SplitRefusal::NegativeBudget { budget });
    }
    if quantum < 1 {
        return Err(SplitRefusal::QuantumNotPositive { quantum });
    }
    payers.iter().try_for_each(check_payer)?;
    if budget % quantum != 0 {
        return Err(SplitRefusal::QuantumMismatch { budget, quantum });
    }
    Ok(())
}

fn check_payer(payer: &Payer) -> Result<(), SplitRefusal> {
    let member = || payer.id.clone();
    if payer.weight.0.is_negative() {
        return Err(SplitRefusal::NegativeWeight { member: member() });
    }
    if payer.floor < 0 {
        return Err(SplitRefusal::NegativeFloor { member: member() });
    }
    match payer.cap {
        Some(cap) if cap < payer.floor => Err(SplitRefusal::FloorAboveCap {
            member: member(),
            floor: payer.floor,
            cap,
        }),
        _ => Ok(()),
    }
}

/// Bounds in units of the quantum: floors up, caps down.
fn tighten(quantum: i64, payers: &[Payer]) -> Result<Vec<Bounds>, SplitRefusal> {
    let quantum = i128::from(quantum);
    let tightened = |payer: &Payer| {
        let floor = Integer::div_ceil(&i128::from(payer.floor), &quantum);
        let cap = payer.cap.map(|cap| i128::from(cap) / quantum);
        match cap {
            Some(cap) if cap < floor => Err(SplitRefusal::FloorAboveCap {
                member: payer.id.clone(),
                floor: minor(floor * quantum)?,
                cap: minor(cap * quantum)?,
            }),
            _ => Ok(Bounds { floor, cap }),
        }
    };
    payers.iter().map(tightened).collect()
}

/// The floors must fit into the budget, and the caps must be able to cover it.
fn check_feasible(
    budget: i64,
    quantum: i64,
    payers: &[Payer],
    bounds: &[Bounds],
) -> Result<(), SplitRefusal> {
    let wanted = i128::from(budget);
    let quantum = i128::from(quantum);
    let floors = bounds.iter().map(|b| b.floor).sum::<i128>() * quantum;
    if floors > wanted {
        return Err(SplitRefusal::FloorsExceedBudget {
            floors: minor(floors)?,
            budget,
            excess: minor(floors - wanted)?,
        });
    }
    let mut weighty = payers.iter().map(|p| !p.weight.0.is_zero());
    if !weighty.any(|w| w) {
        return match minor(wanted - floors)? {
            0 => Ok(()),
            unallocated => Err(SplitRefusal::AllWeightsZero { unallocated }),
        };
    }
    let most = |(payer, bound): (&Payer, &Bounds)| match bound.cap {
        _ if payer.weight.0.is_zero() => Some(bound.floor),
        cap => cap,
    };
    let maximum: Option<i128> = payers.iter().zip(bounds).map(most).sum();
    match maximum.map(|units| units * quantum) {
        Some(maximum) if maximum < wanted => Err(SplitRefusal::CapsBelowBudget {
            maximum: minor(maximum)?,
            budget,
            shortfall: minor(wanted - maximum)?,
        }),
        _ => Ok(()),
    }
}

fn minor(amount: i128) -> Result<i64, Overflow> {
    i64::try_from(amount).map_err(|_| Overflow)
}

/// All weights over one denominator: the numerators, and that denominator.
fn scale(payers: &[Payer]) -> Result<(Vec<BigInt>, BigInt), Overflow> {
    let denominator = payers.iter().try_fold(BigInt::one(), |common, payer| {
        let own = payer.weight.0.denom();
        if own.is_one() || common.is_multiple_of(own) {
            return Ok(common);
        }
        let common = common.lcm(own);
        (common.bits() <= DENOMINATOR_BITS)
            .then_some(common)
            .ok_or(Overflow)
    })?;
    let numerators = payers
        .iter()
        .map(|p| p.weight.0.numer() * (&denominator / p.weight.0.denom()))
        .collect();
    Ok((numerators, denominator))
}
