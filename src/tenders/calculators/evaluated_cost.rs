//! `evaluated-cost`: quotes compared by their money equivalent.

use serde::Deserialize;
use serde::Serialize;

use crate::tenders::domain::evaluation;
use crate::tenders::domain::evaluation::EvaluationError;
use crate::tenders::domain::evaluation::Offer;
use crate::tenders::domain::evaluation::Rates;

/// What is compared of one quote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComparedQuote {
    /// Name of the quote.
    #[schema(max_length = 100)]
    pub quote: String,
    pub landed_total_minor: i64,
    pub lead_time_days: i64,
    /// Scorecard in basis points; 5000 counts when unrated.
    #[serde(default)]
    pub quality_score: Option<i64>,
    /// Days of credit.
    pub payment_days: i64,
    /// Order of submission; breaks ties.
    pub sequence: i64,
}

impl ComparedQuote {
    pub(crate) fn offer(&self) -> Offer {
        Offer {
            landed_total_minor: self.landed_total_minor,
            lead_time_days: self.lead_time_days,
            quality_score: self.quality_score,
            payment_days: self.payment_days,
            sequence: self.sequence,
        }
    }
}

/// Quotes and what time, credit and quality are worth.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"quotes": [{"quote": "Q1", "landed_total_minor": 1000000, "lead_time_days": 45, "quality_score": 6000, "payment_days": 0, "sequence": 1}], "lead_day_cost_minor": 0, "financing_bps_per_year": 0, "quality_penalty_bps": 0}))]
pub struct EvaluatedCostRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    pub quotes: Vec<ComparedQuote>,
    /// Cost of one day of lead time in minor units.
    pub lead_day_cost_minor: i64,
    /// Interest per 360 days in basis points.
    pub financing_bps_per_year: i64,
    /// Surcharge for the worst quality in basis points.
    pub quality_penalty_bps: i64,
}

/// The quotes, cheapest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EvaluatedCostAnswer {
    pub items: Vec<EvaluatedCostRank>,
}

/// One quote and its money equivalent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EvaluatedCostRank {
    pub quote: String,
    pub evaluated_cost_minor: i64,
    pub financing_minor: i64,
    pub quality_penalty_minor: i64,
    pub rank: usize,
}

/// Ranks quotes by evaluated cost.
///
/// # Errors
/// [`EvaluationError`] for numbers out of range and results beyond amounts.
pub fn evaluated_cost(
    request: EvaluatedCostRequest,
) -> Result<EvaluatedCostAnswer, EvaluationError> {
    let offers: Vec<Offer> = request.quotes.iter().map(ComparedQuote::offer).collect();
    let rates = Rates {
        lead_day_cost_minor: request.lead_day_cost_minor,
        financing_bps_per_year: request.financing_bps_per_year,
        quality_penalty_bps: request.quality_penalty_bps,
    };
    let evaluated = evaluation::evaluate(&offers, rates)?;
    Ok(EvaluatedCostAnswer {
        items: evaluated
            .into_iter()
            .enumerate()
            .map(|(place, e)| EvaluatedCostRank {
                quote: request.quotes[e.offer].quote.clone(),
                evaluated_cost_minor: e.evaluated_cost_minor,
                financing_minor: e.financing_minor,
                quality_penalty_minor: e.quality_penalty_minor,
                rank: place + 1,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_costs_what_is_stated() {
        vectors::check("4c_award_evaluated_cost", evaluated_cost);
    }
}
