//! Comparing quotes that differ in more than price: a money equivalent, or a weighted score.
//!
//! The money equivalent of a quote does not depend on the other quotes. Scores do: a quote without a chance
//! can change who wins, which is why they are the option and not the rule.

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::exact::TooComplex;
use crate::tenders::problems;

/// What an unrated manufacturer counts for, in basis points.
pub const UNRATED: i64 = 5_000;

/// A full score, in basis points.
const FULL: i64 = 10_000;

/// What is compared of one quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Landed total in minor units.
    pub landed_total_minor: i64,
    /// Days to delivery.
    pub lead_time_days: i64,
    /// Scorecard in basis points; none when unrated.
    pub quality_score: Option<i64>,
    /// Days of credit.
    pub payment_days: i64,
    /// Order of submission.
    pub sequence: i64,
}

impl Offer {
    fn quality(&self) -> i64 {
        self.quality_score.unwrap_or(UNRATED)
    }

    /// Zero days count as one.
    fn lead_days(&self) -> i64 {
        self.lead_time_days.max(1)
    }
}

/// What time, credit and quality are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Cost of one day of lead time in minor units.
    pub lead_day_cost_minor: i64,
    /// Interest per 360 days in basis points.
    pub financing_bps_per_year: i64,
    /// Surcharge on the landed total for the worst quality, in basis points.
    pub quality_penalty_bps: i64,
}

/// The money equivalent of one quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluated {
    /// Index of the offer in the input.
    pub offer: usize,
    /// Landed total, plus lead time, less financing, plus quality penalty; in minor units.
    pub evaluated_cost_minor: i64,
    /// Worth of the credit.
    pub financing_minor: i64,
    /// Surcharge for missing quality.
    pub quality_penalty_minor: i64,
}

/// Weights of the four scores in basis points; they add to 10000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    pub price: i64,
    pub lead_time: i64,
    pub quality: i64,
    pub payment_terms: i64,
}

/// Scores of one quote, 0 to 10000 each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scored {
    /// Index of the offer in the input.
    pub offer: usize,
    pub price: i64,
    pub lead_time: i64,
    pub quality: i64,
    pub payment_terms: i64,
    /// Sum of weight times score.
    pub total: i64,
}

/// Why quotes cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// Weights do not add up.
    #[error("the weights add to {sum}, not to 10000")]
    WeightsNotComplete {
        /// What they add to.
        sum: i64,
    },
    /// Too many quotes.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for EvaluationError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::OutOfRange(error) => error.kind(),
            Self::WeightsNotComplete { .. } => &problems::WEIGHTS_NOT_COMPLETE,
            Self::TooComplex(error) => error.kind(),
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::OutOfRange(error) => error.params(),
            Self::WeightsNotComplete { sum } => {
                std::iter::once(("sum".to_owned(), serde_json::json!(sum))).collect()
            }
            Self::TooComplex(error) => error.params(),
            Self::Overflow(error) => error.params(),
        }
    }
}

/// The money equivalent of every offer, cheapest first, ties to the earlier submission.
///
/// # Errors
/// [`EvaluationError`] for numbers out of range and results beyond amounts.
pub fn evaluate(offers: &[Offer], rates: Rates) -> Result<Vec<Evaluated>, EvaluationError> {
    check(offers)?;
    exact::within(
        "lead_day_cost_minor",
        rates.lead_day_cost_minor,
        0,
        MAX_AMOUNT,
    )?;
    let rate = rates.financing_bps_per_year;
    exact::within("financing_bps_per_year", rate, 0, 1_000_000)?;
    exact::within(
        "quality_penalty_bps",
        rates.quality_penalty_bps,
        0,
        1_000_000,
    )?;
    let mut evaluated = vec![];
    for (index, offer) in offers.iter().enumerate() {
        let landed = i128::from(offer.landed_total_minor);
        let credit = exact::product(&[landed, rate.into(), offer.payment_days.into()])?;
        let financing = exact::round_div(credit, 3_600_000)?;
        let missing = i128::from(FULL - offer.quality());
        let penalty = exact::product(&[landed, rates.quality_penalty_bps.into(), missing])?;
        let penalty = exact::round_div(penalty, 100_000_000)?;
        let days = i128::from(offer.lead_time_days) * i128::from(rates.lead_day_cost_minor);
        evaluated.push(Evaluated {
            offer: index,
            evaluated_cost_minor: exact::amount(landed + days - financing + penalty)?,
            financing_minor: exact::amount(financing)?,
            quality_penalty_minor: exact::amount(penalty)?,
        });
    }
    evaluated.sort_by_key(|e| (e.evaluated_cost_minor, offers[e.offer].sequence));
    Ok(evaluated)
}

/// Scores of the offers at or above `min_quality`, best first; ties by landed total, lead time, sequence.
///
/// # Errors
/// [`EvaluationError`] for numbers out of range and weights that do not add to 10000.
pub fn score(
    offers: &[Offer],
    weights: Weights,
    min_quality: Option<i64>,
) -> Result<Vec<Scored>, EvaluationError> {
    check(offers)?;
    let all = [
        weights.price,
        weights.lead_time,
        weights.quality,
        weights.payment_terms,
    ];
    for weight in all {
        exact::within("weights_bps", weight, 0, FULL)?;
    }
    let sum = all.iter().sum();
    if sum != FULL {
        return Err(EvaluationError::WeightsNotComplete { sum });
    }
    let floor = exact::within("min_quality", min_quality.unwrap_or(0), 0, FULL)?;
    let eligible: Vec<usize> = (0..offers.len())
        .filter(|index| offers[*index].quality() >= floor)
        .collect();
    let field = || eligible.iter().map(|index| &offers[*index]);
    let lowest = field().map(|o| o.landed_total_minor).min().unwrap_or(0);
    let shortest = field().map(Offer::lead_days).min().unwrap_or(1);
    let longest = field().map(|o| o.payment_days).max().unwrap_or(0);
    let mut scored = vec![];
    for index in eligible {
        let offer = &offers[index];
        let price = ratio(lowest, offer.landed_total_minor)?;
        let lead_time = ratio(shortest, offer.lead_days())?;
        let quality = offer.quality();
        let payment_terms = ratio(offer.payment_days, longest)?;
        scored.push(Scored {
            offer: index,
            price,
            lead_time,
            quality,
            payment_terms,
            total: weights.price * price
                + weights.lead_time * lead_time
                + weights.quality * quality
                + weights.payment_terms * payment_terms,
        });
    }
    scored.sort_by_key(|s| {
        let offer = &offers[s.offer];
        let tie = (
            offer.landed_total_minor,
            offer.lead_time_days,
            offer.sequence,
        );
        (std::cmp::Reverse(s.total), tie)
    });
    Ok(scored)
}

/// `round(10000 x part / whole)`; a full score when there is nothing to divide by.
fn ratio(part: i64, whole: i64) -> Result<i64, Overflow> {
    if whole == 0 {
        return Ok(FULL);
    }
    exact::amount(exact::round_div(
        exact::product(&[FULL.into(), part.into()])?,
        whole.into(),
    )?)
}

fn check(offers: &[Offer]) -> Result<(), EvaluationError> {
    exact::few_enough("quotes", offers.len())?;
    for offer in offers {
        exact::within(
            "landed_total_minor",
            offer.landed_total_minor,
            0,
            MAX_AMOUNT,
        )?;
        exact::within("lead_time_days", offer.lead_time_days, 0, 100_000)?;
        exact::within("payment_days", offer.payment_days, 0, 100_000)?;
        exact::within("quality_score", offer.quality(), 0, FULL)?;
    }
    Ok(())
}
