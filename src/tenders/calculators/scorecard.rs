//! `scorecard`: a manufacturer's score for a period, or over all periods.

use serde::Deserialize;
use serde::Serialize;

use crate::by_kind;
use crate::tenders::domain::scorecard;
use crate::tenders::domain::scorecard::PeriodFacts;
use crate::tenders::domain::scorecard::ScorecardError;
use crate::tenders::domain::scorecard::ScorecardStanding;
use crate::tenders::domain::scorecard::ScoredPeriod;
use crate::words;

by_kind! {
    /// One of two questions.
    #[derive(PartialEq, Eq, garde::Validate)]
    #[garde(allow_unvalidated)]
    #[schema(example = json!({"kind": "overall", "periods": [{"score": 9000, "lines_due": 4}]}))]
    pub enum ScorecardRequest {
        /// Score one period from its facts.
        Period(ScorecardPeriod) = "period",
        /// Score all periods, newest first.
        Overall(ScorecardPeriods) = "overall",
    }
}

words! {
    /// The kind of [`ScorecardPeriod`].
    pub enum ScorecardPeriodKind { Period = "period" }
}

words! {
    /// The kind of [`ScorecardPeriods`].
    pub enum ScorecardPeriodsKind { Overall = "overall" }
}

/// Counted facts of one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardPeriod {
    /// Says that this is one.
    pub kind: ScorecardPeriodKind,
    pub lines_due: i64,
    pub lines_on_time: i64,
    pub units_received: i64,
    pub units_rejected: i64,
    pub units_ordered: i64,
    pub units_delivered: i64,
    pub invoices_total: i64,
    pub invoices_at_award_price: i64,
    pub invitations: i64,
    pub quotes_in_time: i64,
}

/// Periods, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardPeriods {
    /// Says that this is one.
    pub kind: ScorecardPeriodsKind,
    pub periods: Vec<ScorecardPeriodScore>,
}

/// One period's score and how many lines it stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScorecardPeriodScore {
    /// In basis points; none without data.
    pub score: Option<i64>,
    pub lines_due: i64,
}

/// The answer to either question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum ScorecardAnswer {
    Period(ScorecardPeriodAnswer),
    Overall(ScorecardOverallAnswer),
}

/// Criteria and score of one period in basis points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ScorecardPeriodAnswer {
    pub criteria: ScorecardCriteria,
    /// None when no criterion has data.
    pub score: Option<i64>,
}

/// Criteria in basis points; none without data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ScorecardCriteria {
    pub on_time: Option<i64>,
    pub quality: Option<i64>,
    pub fill: Option<i64>,
    pub price_adherence: Option<i64>,
    pub responsiveness: Option<i64>,
}

/// The score over all periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ScorecardOverallAnswer {
    pub score: i64,
    pub rated: bool,
    pub standing: ScorecardStanding,
    /// Due lines that the score stands on.
    pub lines: i64,
}

/// Scores a period or all periods.
///
/// # Errors
/// [`ScorecardError`] for numbers out of range.
pub fn scorecard(request: ScorecardRequest) -> Result<ScorecardAnswer, ScorecardError> {
    match request {
        ScorecardRequest::Period(p) => {
            let scored = scorecard::period(&PeriodFacts {
                lines_due: p.lines_due,
                lines_on_time: p.lines_on_time,
                units_received: p.units_received,
                units_rejected: p.units_rejected,
                units_ordered: p.units_ordered,
                units_delivered: p.units_delivered,
                invoices_total: p.invoices_total,
                invoices_at_award_price: p.invoices_at_award_price,
                invitations: p.invitations,
                quotes_in_time: p.quotes_in_time,
            })?;
            Ok(ScorecardAnswer::Period(ScorecardPeriodAnswer {
                criteria: ScorecardCriteria {
                    on_time: scored.on_time,
                    quality: scored.quality,
                    fill: scored.fill,
                    price_adherence: scored.price_adherence,
                    responsiveness: scored.responsiveness,
                },
                score: scored.score,
            }))
        }
        ScorecardRequest::Overall(o) => {
            let periods: Vec<ScoredPeriod> = o
                .periods
                .iter()
                .map(|p| ScoredPeriod {
                    score: p.score,
                    lines_due: p.lines_due,
                })
                .collect();
            let overall = scorecard::overall(&periods)?;
            Ok(ScorecardAnswer::Overall(ScorecardOverallAnswer {
                score: overall.score,
                rated: overall.rated,
                standing: overall.standing,
                lines: overall.lines,
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_scores_as_stated() {
        vectors::check("4e_scorecard", scorecard);
    }

    #[test]
    fn unknown_fields_are_refused_beside_the_kind() {
        let sent = r#"{"kind": "overall", "periods": [], "stars": 5}"#;
        assert!(serde_json::from_str::<ScorecardRequest>(sent).is_err());
    }
}
