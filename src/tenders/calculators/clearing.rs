//! `clearing`: which members buy together at which price.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::UnitPrice;
use crate::kernel::money::format_scaled;
use crate::tenders::domain::clearing;
use crate::tenders::domain::clearing::Clearing;
use crate::tenders::domain::clearing::MemberStatus;
use crate::tenders::domain::clearing::NoDealReason;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::terms::LimitBasis;
use crate::tenders::domain::terms::Terms;

/// Commitments and the quote they are cleared against.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"price_breaks": [{"min_quantity": 1, "unit_price": "12.00"}, {"min_quantity": 100, "unit_price": "10.00"}], "commitments": [{"member": "A", "sequence": 1, "steps": [{"max_unit_price": "10.50", "quantity": 80}]}, {"member": "B", "sequence": 2, "steps": [{"max_unit_price": "10.00", "quantity": 60}]}]}))]
pub struct ClearingRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    /// All-units prices by group total.
    pub price_breaks: Vec<PriceBreak>,
    /// At most 100,000.
    pub commitments: Vec<Commitment>,
    /// Digits of the currency's minor unit; 2 unless given.
    #[serde(default = "two")]
    pub minor_unit: i64,
    /// Smallest group total that the quote covers; 1 unless given.
    #[serde(default = "one")]
    pub moq: i64,
    /// Quantities are multiples of it; 1 unless given.
    #[serde(default = "one")]
    pub order_multiple: i64,
    /// Largest group total that the quote covers.
    #[serde(default)]
    pub capacity: Option<i64>,
    /// Cost shared by the group in minor units.
    #[serde(default)]
    pub fixed_cost_minor: i64,
    /// What limits are compared with.
    #[serde(default)]
    pub limit_basis: LimitBasis,
    /// Fewest buyers; 1 unless given.
    #[serde(default = "one")]
    pub min_participants: i64,
    /// Smallest group total that is accepted; 1 unless given.
    #[serde(default = "one")]
    pub min_total_quantity: i64,
}

pub(crate) fn one() -> i64 {
    1
}

pub(crate) fn two() -> i64 {
    2
}

/// A price and its buyers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClearingAnswer {
    pub outcome: Outcome,
    /// Why nobody buys.
    pub reason: Option<NoDealReason>,
    pub unit_price: Option<UnitPrice>,
    /// Price and share of the fixed cost per unit, for display; for landed limits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landed_unit_price: Option<String>,
    /// Index of the break that the group reaches.
    pub tier_index: Option<usize>,
    /// Units wanted at this price.
    pub total_demand: i64,
    pub total_allocated: i64,
    pub participants: usize,
    /// In order of sequence.
    pub members: Vec<ClearingMember>,
}

/// What became of one commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ClearingMember {
    pub member: String,
    pub status: MemberStatus,
    pub allocated_quantity: i64,
}

impl ClearingRequest {
    /// The terms and the commitments, checked as far as breaks go.
    ///
    /// # Errors
    /// [`ClearingError`] for breaks that are no schedule.
    pub fn into_parts(self) -> Result<(Terms, Vec<Commitment>), ClearingError> {
        let terms = Terms {
            schedule: PriceSchedule::new(DiscountMode::AllUnits, self.price_breaks)?,
            moq: self.moq,
            order_multiple: self.order_multiple,
            capacity: self.capacity,
            fixed_cost_minor: self.fixed_cost_minor,
            limit_basis: self.limit_basis,
            min_participants: self.min_participants,
            min_total_quantity: self.min_total_quantity,
            minor_per_major: exact::minor_per_major(self.minor_unit)?,
        };
        Ok((terms, self.commitments))
    }
}

/// Clears commitments against a quote.
///
/// # Errors
/// [`ClearingError`] when a rule is broken, the request is too large or a result is beyond amounts.
pub fn clearing(request: ClearingRequest) -> Result<ClearingAnswer, ClearingError> {
    let (terms, mut commitments) = request.into_parts()?;
    commitments.sort_by_key(|commitment| commitment.sequence);
    let cleared = clearing::clear(&terms, &commitments)?;
    Ok(answer(cleared, commitments))
}

fn answer(cleared: Clearing, commitments: Vec<Commitment>) -> ClearingAnswer {
    ClearingAnswer {
        outcome: cleared.outcome(),
        reason: cleared.reason,
        unit_price: cleared.unit_price,
        landed_unit_price: cleared.landed_unit_price.map(format_scaled),
        tier_index: cleared.tier_index,
        total_demand: cleared.total_demand,
        total_allocated: cleared.total_allocated,
        participants: cleared.participants,
        members: commitments
            .into_iter()
            .zip(cleared.allocations)
            .map(|(commitment, allocation)| ClearingMember {
                member: commitment.member,
                status: allocation.status,
                allocated_quantity: allocation.quantity,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_clears_as_stated() {
        vectors::check("4b_clearing", clearing);
    }
}
