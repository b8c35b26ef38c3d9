//! A member falls away after the award: the reserve list first, then clearing again without it.
//!
//! Only members who were in are bound; the others were released when the group formed.

use std::collections::HashSet;

use crate::kernel::money::UnitPrice;
use crate::tenders::domain::clearing;
use crate::tenders::domain::clearing::Clearing;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::terms::Terms;

/// What a default leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultConsequence {
    /// The group as awarded.
    pub before: Clearing,
    /// The group without the defaulters and with those called; none when nobody is left.
    pub after: Option<Clearing>,
    /// Reserve members called, in sequence.
    pub called_from_reserve: Vec<String>,
    /// Members set free because the group no longer suits them, in the order of the input.
    pub released: Vec<String>,
    /// `(new price - old price) x remaining quantity` in minor units, the most that by-laws may charge to the
    /// defaulters; none without a new price.
    pub price_damage_minor: Option<i64>,
}

/// Clears again after `defaulters` fell away, calling from `reserve` in sequence while quantity is missing.
///
/// # Errors
/// [`ClearingError`] for broken rules and for a defaulter without a commitment.
pub fn settle(
    terms: &Terms,
    commitments: &[Commitment],
    defaulters: &[String],
    reserve: &[Commitment],
) -> Result<DefaultConsequence, ClearingError> {
    let known: HashSet<&str> = commitments.iter().map(|c| c.member.as_str()).collect();
    if let Some(member) = defaulters.iter().find(|d| !known.contains(d.as_str())) {
        return Err(ClearingError::UnknownMember {
            member: member.clone(),
        });
    }
    let gone: HashSet<&str> = defaulters.iter().map(String::as_str).collect();
    let before = clearing::clear(terms, commitments)?;
    let mut missing = 0;
    let mut remaining = vec![];
    for (commitment, allocation) in commitments.iter().zip(&before.allocations) {
        if gone.contains(commitment.member.as_str()) {
            missing += allocation.quantity;
        } else if allocation.quantity > 0 {
            remaining.push(commitment.clone());
        }
    }
    let bound = remaining.len();
    let called = call(terms, &before, reserve, missing)?;
    let called_from_reserve = called.iter().map(|c| c.member.clone()).collect();
    remaining.extend(called);
    if remaining.is_empty() {
        return Ok(DefaultConsequence {
            before,
            after: None,
            called_from_reserve,
            released: vec![],
            price_damage_minor: None,
        });
    }
    let after = clearing::clear(terms, &remaining)?;
    let bound_members = remaining[..bound].iter().zip(&after.allocations);
    let released = bound_members
        .filter(|(_, allocation)| allocation.quantity == 0)
        .map(|(commitment, _)| commitment.member.clone())
        .collect();
    let price_damage_minor = match (before.unit_price, after.unit_price) {
        (Some(old), Some(new)) => Some(damage(terms, old, new, after.total_allocated)?),
        _ => None,
    };
    Ok(DefaultConsequence {
        before,
        after: Some(after),
        called_from_reserve,
        released,
        price_damage_minor,
    })
}

/// Reserve members whose limit covers the price of the award, until `missing` units are found.
fn call(
    terms: &Terms,
    before: &Clearing,
    reserve: &[Commitment],
    missing: i64,
) -> Result<Vec<Commitment>, ClearingError> {
    exact::few_enough("reserve", reserve.len())?;
    if before.outcome() == Outcome::NoDeal {
        return Ok(vec![]);
    }
    let Some(asked) = terms.asked_at(before.total_allocated)? else {
        return Ok(vec![]);
    };
    let mut waiting: Vec<&Commitment> = reserve.iter().collect();
    waiting.sort_by_key(|commitment| commitment.sequence);
    let mut missing = missing;
    let mut called = vec![];
    for commitment in waiting {
        if missing <= 0 {
            break;
        }
        let demand = commitment.demand_where(|limit| asked.is_within(limit))?;
        if demand > 0 {
            missing -= demand;
            called.push(commitment.clone());
        }
    }
    Ok(called)
}

/// A price that fell does no damage.
fn damage(
    terms: &Terms,
    old: UnitPrice,
    new: UnitPrice,
    quantity: i64,
) -> Result<i64, ClearingError> {
    let rise = i128::from(new.scaled() - old.scaled()).max(0);
    let scaled = exact::product(&[rise, quantity.into()])?;
    Ok(exact::minor_of_scaled(scaled, terms.minor_per_major, 1)?)
}
