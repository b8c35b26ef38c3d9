//! Scorecard of a manufacturer: facts of group orders per period, faded over twelve periods.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::Overflow;
use crate::tenders::domain::evaluation::UNRATED;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::exact::OutOfRange;

/// Periods that count; the newest weighs 12, the oldest 1.
const HORIZON: usize = 12;

/// Fewer due lines than this leave a manufacturer unrated.
const MIN_LINES: i64 = 5;

crate::words! {
    /// What an overall score means for invitations.
    pub enum ScorecardStanding {
        /// Too few lines to judge; counts 5000 in scoring.
        Unrated = "unrated",
        /// Below 3000: no invitation.
        Blocked = "blocked",
        /// Below 5000: a warning beside the name.
        Warned = "warned",
        /// Below 8000.
        Standard = "standard",
        /// From 8000 on.
        Preferred = "preferred",
    }
}

/// Counted facts of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodFacts {
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

/// Criteria of one period in basis points; none without data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodScore {
    pub on_time: Option<i64>,
    pub quality: Option<i64>,
    pub fill: Option<i64>,
    pub price_adherence: Option<i64>,
    pub responsiveness: Option<i64>,
    /// Weighted mean of the criteria that have data.
    pub score: Option<i64>,
}

/// One period as the overall score sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoredPeriod {
    /// Score in basis points; none without data.
    pub score: Option<i64>,
    /// Order lines that were due.
    pub lines_due: i64,
}

/// The score over all periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverallScore {
    /// In basis points; 5000 when unrated.
    pub score: i64,
    /// Whether there were enough lines.
    pub rated: bool,
    /// Consequence.
    pub standing: ScorecardStanding,
    /// Due lines of the periods that count.
    pub lines: i64,
}

/// Why a scorecard cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScorecardError {
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl crate::kernel::problem::Refusal for ScorecardError {
    fn kind(&self) -> &'static crate::kernel::problem::Kind {
        match self {
            Self::OutOfRange(error) => error.kind(),
            Self::Overflow(error) => error.kind(),
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::OutOfRange(error) => error.params(),
            Self::Overflow(error) => error.params(),
        }
    }
}

/// Scores one period: on time 3500, quality 3000, fill 1500, price adherence 1000, responsiveness 1000.
///
/// # Errors
/// [`ScorecardError`] when a part exceeds its whole.
pub fn period(facts: &PeriodFacts) -> Result<PeriodScore, ScorecardError> {
    let received = exact::within("units_received", facts.units_received, 0, MAX_QUANTITY)?;
    exact::within("units_rejected", facts.units_rejected, 0, received)?;
    exact::within("units_delivered", facts.units_delivered, 0, MAX_QUANTITY)?;
    let delivered = facts.units_delivered.min(facts.units_ordered);
    let on_time = share("lines_on_time", facts.lines_on_time, facts.lines_due)?;
    let quality = share("units_received", received - facts.units_rejected, received)?;
    let fill = share("units_ordered", delivered, facts.units_ordered)?;
    let price_adherence = share(
        "invoices_at_award_price",
        facts.invoices_at_award_price,
        facts.invoices_total,
    )?;
    let responsiveness = share("quotes_in_time", facts.quotes_in_time, facts.invitations)?;
    let weighted = [
        (3_500, on_time),
        (3_000, quality),
        (1_500, fill),
        (1_000, price_adherence),
        (1_000, responsiveness),
    ];
    Ok(PeriodScore {
        on_time,
        quality,
        fill,
        price_adherence,
        responsiveness,
        score: mean(weighted)?,
    })
}

/// Weighted mean of up to 12 periods, newest first, weight 12 less age; periods without a score are skipped.
///
/// # Errors
/// [`ScorecardError`] for numbers out of range.
pub fn overall(periods: &[ScoredPeriod]) -> Result<OverallScore, ScorecardError> {
    let mut lines = 0_i128;
    let mut weighted = vec![];
    for (age, period) in periods.iter().take(HORIZON).enumerate() {
        exact::within("lines_due", period.lines_due, 0, MAX_QUANTITY)?;
        exact::within("score", period.score.unwrap_or(0), 0, 10_000)?;
        if period.score.is_some() {
            lines += i128::from(period.lines_due);
        }
        weighted.push(((HORIZON - age) as i64, period.score));
    }
    let lines = exact::amount(lines)?;
    Ok(match mean(weighted)? {
        Some(score) if lines >= MIN_LINES => OverallScore {
            score,
            rated: true,
            standing: standing(score),
            lines,
        },
        _ => OverallScore {
            score: UNRATED,
            rated: false,
            standing: ScorecardStanding::Unrated,
            lines,
        },
    })
}

fn standing(score: i64) -> ScorecardStanding {
    match score {
        ..3_000 => ScorecardStanding::Blocked,
        3_000..5_000 => ScorecardStanding::Warned,
        5_000..8_000 => ScorecardStanding::Standard,
        _ => ScorecardStanding::Preferred,
    }
}

/// `part / whole` in basis points; none of nothing.
fn share(field: &'static str, part: i64, whole: i64) -> Result<Option<i64>, ScorecardError> {
    exact::within(field, whole, 0, MAX_QUANTITY)?;
    exact::within(field, part, 0, whole)?;
    if whole == 0 {
        return Ok(None);
    }
    let bps = exact::round_div(i128::from(part) * 10_000, whole.into())?;
    Ok(Some(exact::amount(bps)?))
}

/// Weighted mean of what has data, rounded once.
fn mean(weighted: impl IntoIterator<Item = (i64, Option<i64>)>) -> Result<Option<i64>, Overflow> {
    let (mut sum, mut weights) = (0_i128, 0_i128);
    for (weight, score) in weighted {
        if let Some(score) = score {
            sum += i128::from(weight) * i128::from(score);
            weights += i128::from(weight);
        }
    }
    if weights == 0 {
        return Ok(None);
    }
    Ok(Some(exact::amount(exact::round_div(sum, weights)?)?))
}
