//! `award-scoring`: quotes compared by weighted scores.

use serde::Deserialize;
use serde::Serialize;

use crate::tenders::calculators::evaluated_cost::ComparedQuote;
use crate::tenders::domain::evaluation;
use crate::tenders::domain::evaluation::EvaluationError;
use crate::tenders::domain::evaluation::Offer;
use crate::tenders::domain::evaluation::Weights;

/// Weights in basis points; they add to 10000.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoringWeights {
    #[serde(default)]
    pub price: i64,
    #[serde(default)]
    pub lead_time: i64,
    #[serde(default)]
    pub quality: i64,
    #[serde(default)]
    pub payment_terms: i64,
}

/// Quotes and weights.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"quotes": [{"quote": "Q1", "landed_total_minor": 900000, "lead_time_days": 20, "quality_score": 2500, "payment_days": 30, "sequence": 1}], "weights_bps": {"price": 6000, "lead_time": 1500, "quality": 1500, "payment_terms": 1000}}))]
pub struct AwardScoringRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    pub quotes: Vec<ComparedQuote>,
    pub weights_bps: ScoringWeights,
    /// Quotes below this quality are left out.
    #[serde(default)]
    pub min_quality: Option<i64>,
}

crate::words! {
    /// Whether there is a ranking.
    pub enum ScoringStatus {
        /// At least one quote is ranked.
        Ranked = "ranked",
        /// No quote reaches the quality floor, or there is none.
        NoEligibleQuote = "no_eligible_quote",
    }
}

/// The quotes, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AwardScoringAnswer {
    pub status: ScoringStatus,
    pub ranking: Vec<ScoredQuote>,
}

/// One quote and its scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ScoredQuote {
    pub quote: String,
    pub scores: Scores,
    /// Sum of weight times score.
    pub total_score: i64,
    pub rank: usize,
}

/// Scores from 0 to 10000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Scores {
    pub price: i64,
    pub lead_time: i64,
    pub quality: i64,
    pub payment_terms: i64,
}

/// Ranks quotes by weighted score.
///
/// # Errors
/// [`EvaluationError`] for numbers out of range and weights that do not add to 10000.
pub fn award_scoring(request: AwardScoringRequest) -> Result<AwardScoringAnswer, EvaluationError> {
    let offers: Vec<Offer> = request.quotes.iter().map(ComparedQuote::offer).collect();
    let weights = Weights {
        price: request.weights_bps.price,
        lead_time: request.weights_bps.lead_time,
        quality: request.weights_bps.quality,
        payment_terms: request.weights_bps.payment_terms,
    };
    let scored = evaluation::score(&offers, weights, request.min_quality)?;
    let ranking: Vec<ScoredQuote> = scored
        .into_iter()
        .enumerate()
        .map(|(place, s)| ScoredQuote {
            quote: request.quotes[s.offer].quote.clone(),
            scores: Scores {
                price: s.price,
                lead_time: s.lead_time,
                quality: s.quality,
                payment_terms: s.payment_terms,
            },
            total_score: s.total,
            rank: place + 1,
        })
        .collect();
    let status = if ranking.is_empty() {
        ScoringStatus::NoEligibleQuote
    } else {
        ScoringStatus::Ranked
    };
    Ok(AwardScoringAnswer { status, ranking })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_scores_as_stated() {
        vectors::check("4c_award_scoring", award_scoring);
    }
}
