//! A split in which the units of one owner together pay at most a cap.
//!
//! Owners whose units come to more are brought down to the cap, their units in proportion; the others carry the
//! rest. Bringing one owner down only raises the price for the others, so whoever is over the cap once stays at
//! it: the rounds end, and their order does not matter.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use num_rational::BigRational;

use super::ChargeRefusal;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::kernel::money::Overflow;
use crate::kernel::money::sum;

/// Most rounds; each brings at least one more owner down.
const MOST_ROUNDS: usize = 1_000;

/// One unit's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedShare {
    pub amount: i64,
    pub exact: BigRational,
    /// Whether its owner was brought down to the cap.
    pub capped: bool,
}

/// A budget split without remainder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    /// In the order of the payers.
    pub shares: Vec<OwnedShare>,
    /// Minor units per unit of weight for everybody between the bounds and below the owner's cap.
    pub price: Option<BigRational>,
}

/// Splits `budget`; `owners` names the owner of each payer, and `cap` limits each owner's sum.
///
/// # Errors
/// Every refusal of the split, with the caps of owners counted in `caps_below_budget`.
pub fn split_owned(
    budget: i64,
    quantum: i64,
    payers: &[Payer],
    owners: &[Option<String>],
    cap: Option<i64>,
) -> Result<Owned, ChargeRefusal> {
    let Some(cap) = cap else {
        let all: Vec<usize> = (0..payers.len()).collect();
        let mut owned = blank(payers.len());
        owned.price = place(&mut owned.shares, budget, quantum, payers, &all, false)?;
        return Ok(owned);
    };
    let cap = cap - cap.rem_euclid(quantum.max(1));
    let units = units_of(owners);
    let mut down: BTreeSet<&str> = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let owned = round(budget, quantum, payers, owners, cap, &units, &down)?;
        let over: Vec<&str> = units
            .iter()
            .filter(|(owner, _)| !down.contains(*owner))
            .filter_map(|(owner, places)| {
                let paid = sum(places.iter().map(|place| owned.shares[*place].amount));
                paid.map_or(true, |paid| paid > cap).then_some(*owner)
            })
            .collect();
        if over.is_empty() {
            return Ok(owned);
        }
        down.extend(over);
    }
    let limit = MOST_ROUNDS;
    Err(ChargeRefusal::TooManyRounds { limit })
}

fn blank(length: usize) -> Owned {
    let share = OwnedShare {
        amount: 0,
        exact: BigRational::from_integer(0.into()),
        capped: false,
    };
    Owned {
        shares: vec![share; length],
        price: None,
    }
}

/// The places of each owner's units.
fn units_of(owners: &[Option<String>]) -> BTreeMap<&str, Vec<usize>> {
    let mut units: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, owner) in owners.iter().enumerate() {
        if let Some(owner) = owner {
            units.entry(owner).or_default().push(place);
        }
    }
    units
}

/// One round: the owners in `down` pay the cap, everybody else splits what is left.
fn round(
    budget: i64,
    quantum: i64,
    payers: &[Payer],
    owners: &[Option<String>],
    cap: i64,
    units: &BTreeMap<&str, Vec<usize>>,
    down: &BTreeSet<&str>,
) -> Result<Owned, ChargeRefusal> {
    let mut owned = blank(payers.len());
    let count = i64::try_from(down.len()).map_err(|_| Overflow)?;
    let held = cap.checked_mul(count).ok_or(Overflow)?;
    let others: Vec<usize> = (0..payers.len())
        .filter(|place| {
            let owner = owners[*place].as_deref();
            owner.is_none_or(|owner| !down.contains(owner))
        })
        .collect();
    let left = budget.checked_sub(held).ok_or(Overflow)?;
    if others.is_empty() && left > 0 {
        return Err(short(held, budget, left));
    }
    if !others.is_empty() {
        owned.price = place(&mut owned.shares, left, quantum, payers, &others, false)
            .map_err(|refusal| with_held(refusal, held, budget))?;
    }
    for (_, places) in units.iter().filter(|(owner, _)| down.contains(*owner)) {
        place(&mut owned.shares, cap, quantum, payers, places, true)?;
    }
    Ok(owned)
}

fn short(maximum: i64, budget: i64, shortfall: i64) -> ChargeRefusal {
    SplitRefusal::CapsBelowBudget {
        maximum,
        budget,
        shortfall,
    }
    .into()
}

/// What the capped owners pay belongs into the arithmetic of a shortfall.
fn with_held(refusal: ChargeRefusal, held: i64, budget: i64) -> ChargeRefusal {
    match refusal {
        ChargeRefusal::Split(SplitRefusal::CapsBelowBudget {
            maximum, shortfall, ..
        }) => short(maximum.saturating_add(held), budget, shortfall),
        ChargeRefusal::Split(SplitRefusal::AllWeightsZero { unallocated }) if held > 0 => {
            short(budget - unallocated, budget, unallocated)
        }
        other => other,
    }
}

/// Splits `amount` among the payers at `places` and writes their shares down; answers the price.
fn place(
    shares: &mut [OwnedShare],
    amount: i64,
    quantum: i64,
    payers: &[Payer],
    places: &[usize],
    capped: bool,
) -> Result<Option<BigRational>, ChargeRefusal> {
    let some: Vec<Payer>;
    let chosen = if places.len() == payers.len() {
        payers
    } else {
        some = places.iter().map(|place| payers[*place].clone()).collect();
        &some
    };
    let found = split(amount, quantum, chosen)?;
    for (index, (at, payer)) in places.iter().zip(chosen).enumerate() {
        let share = found.shares[index].amount;
        let exact = found.exact(index, &payer.weight);
        shares[*at] = OwnedShare {
            amount: share,
            exact: exact.unwrap_or_else(|| BigRational::from_integer(share.into())),
            capped,
        };
    }
    Ok(found.price)
}
