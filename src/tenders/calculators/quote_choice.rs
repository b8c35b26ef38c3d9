//! `quote-choice`: which of several quotes is worth most to the members.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::UnitPrice;
use crate::kernel::money::format_scaled;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::quote_choice;
use crate::tenders::domain::quote_choice::Candidate;
use crate::tenders::domain::terms::LimitBasis;
use crate::tenders::domain::terms::Terms;

/// One quote; what it does not state comes from `common`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteChoiceQuote {
    /// Name of the quote.
    #[schema(max_length = 100)]
    pub quote: String,
    /// Order of submission.
    pub sequence: i64,
    /// All-units prices by group total.
    pub price_breaks: Vec<PriceBreak>,
    #[serde(default)]
    pub moq: Option<i64>,
    #[serde(default)]
    pub order_multiple: Option<i64>,
    #[serde(default)]
    pub capacity: Option<i64>,
    #[serde(default)]
    pub fixed_cost_minor: Option<i64>,
}

/// What all quotes share.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteChoiceCommon {
    /// Digits of the currency's minor unit; 2 unless given.
    #[serde(default)]
    pub minor_unit: Option<i64>,
    #[serde(default)]
    pub moq: Option<i64>,
    #[serde(default)]
    pub order_multiple: Option<i64>,
    #[serde(default)]
    pub capacity: Option<i64>,
    #[serde(default)]
    pub fixed_cost_minor: Option<i64>,
    #[serde(default)]
    pub limit_basis: LimitBasis,
    #[serde(default)]
    pub min_participants: Option<i64>,
    #[serde(default)]
    pub min_total_quantity: Option<i64>,
}

/// Commitments and the quotes to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"commitments": [{"member": "A", "sequence": 1, "steps": [{"max_unit_price": "10.50", "quantity": 80}]}], "quotes": [{"quote": "Q1", "sequence": 1, "price_breaks": [{"min_quantity": 1, "unit_price": "7.50"}]}], "common": {"minor_unit": 2}}))]
pub struct QuoteChoiceRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    /// At most 100,000.
    pub commitments: Vec<Commitment>,
    /// At least one.
    pub quotes: Vec<QuoteChoiceQuote>,
    /// What all quotes share.
    pub common: QuoteChoiceCommon,
}

/// The quotes, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QuoteChoiceAnswer {
    pub items: Vec<QuoteChoiceRank>,
}

/// One quote and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QuoteChoiceRank {
    pub quote: String,
    pub outcome: Outcome,
    pub unit_price: Option<UnitPrice>,
    pub total_allocated: i64,
    pub participants: usize,
    /// Sum over units of limit less price, in major units.
    pub member_surplus: String,
    /// 1 is best; none without a deal.
    pub rank: Option<usize>,
}

impl QuoteChoiceQuote {
    fn candidate(self, common: &QuoteChoiceCommon) -> Result<Candidate, ClearingError> {
        Ok(Candidate {
            quote: self.quote,
            sequence: self.sequence,
            terms: Terms {
                schedule: PriceSchedule::new(DiscountMode::AllUnits, self.price_breaks)?,
                moq: self.moq.or(common.moq).unwrap_or(1),
                order_multiple: self.order_multiple.or(common.order_multiple).unwrap_or(1),
                capacity: self.capacity.or(common.capacity),
                fixed_cost_minor: self
                    .fixed_cost_minor
                    .or(common.fixed_cost_minor)
                    .unwrap_or(0),
                limit_basis: common.limit_basis,
                min_participants: common.min_participants.unwrap_or(1),
                min_total_quantity: common.min_total_quantity.unwrap_or(1),
                minor_per_major: exact::minor_per_major(common.minor_unit.unwrap_or(2))?,
            },
        })
    }
}

/// Clears every quote and ranks them.
///
/// # Errors
/// [`ClearingError`] when a rule is broken, the request is too large or a result is beyond amounts.
pub fn quote_choice(request: QuoteChoiceRequest) -> Result<QuoteChoiceAnswer, ClearingError> {
    let mut candidates = vec![];
    for quote in request.quotes {
        candidates.push(quote.candidate(&request.common)?);
    }
    let ranked = quote_choice::choose(&candidates, &request.commitments)?;
    Ok(QuoteChoiceAnswer {
        items: ranked
            .into_iter()
            .map(|ranked| QuoteChoiceRank {
                quote: candidates[ranked.candidate].quote.clone(),
                outcome: ranked.clearing.outcome(),
                unit_price: ranked.clearing.unit_price,
                total_allocated: ranked.clearing.total_allocated,
                participants: ranked.clearing.participants,
                member_surplus: format_scaled(ranked.member_surplus),
                rank: ranked.rank,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_ranks_as_stated() {
        vectors::check("4c_choose_quote", quote_choice);
    }
}
