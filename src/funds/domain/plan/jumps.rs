//! Edges at which one unit more of a size costs a whole step more (fund.md 1.3): a warning, never a refusal.

use num_bigint::BigInt;
use num_rational::BigRational;
use serde::Serialize;
use utoipa::ToSchema;

use super::Method;
use super::Plan;
use super::Weights;
use crate::funds::domain::levy::Band;
use crate::funds::domain::levy::Base;
use crate::funds::domain::levy::RateBand;

/// Most warnings of one policy.
const MOST: usize = 100;

/// One edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LevyJump)]
pub struct Jump {
    /// Always `band_jump`.
    #[schema(max_length = 40)]
    pub code: &'static str,
    #[schema(max_length = 60)]
    pub measure: String,
    /// The size at which it happens.
    #[schema(max_length = 100)]
    pub at: String,
    /// What one unit of the size just below costs less: minor units, or points of a weight.
    #[schema(max_length = 100)]
    pub by: String,
    /// `minor`, `points`, or `rate` where another measure picks the rate.
    #[schema(max_length = 10)]
    pub unit: &'static str,
}

impl Plan {
    /// The edges of the policy's bands, in the order in which they are written, at most a hundred.
    pub fn jumps(&self) -> Vec<Jump> {
        let mut found = Vec::new();
        match &self.method {
            Method::Rate(rate) => of_base(&rate.rule.base, &mut found),
            Method::Budget(budget) => {
                if let Weights::BandPoints { measure, bands } = &budget.weights {
                    for pair in bands.windows(2) {
                        let by = &pair[1].points.0 - &pair[0].points.0;
                        note(&mut found, measure, &pair[1].from.0, &by, "points");
                    }
                }
            }
        }
        found.truncate(MOST);
        found
    }
}

fn note(
    found: &mut Vec<Jump>,
    measure: &str,
    at: &BigRational,
    by: &BigRational,
    unit: &'static str,
) {
    if *by == BigRational::from_integer(BigInt::from(0)) {
        return;
    }
    found.push(Jump {
        code: "band_jump",
        measure: measure.to_owned(),
        at: at.to_string(),
        by: by.to_string(),
        unit,
    });
}

fn of_base(base: &Base, found: &mut Vec<Jump>) {
    match base {
        Base::Bands { measure, bands } => {
            for pair in bands.windows(2) {
                let at = &pair[1].from.0;
                let by = reaching(&pair[1], at) - reaching(&pair[0], at);
                note(found, measure, at, &by, "minor");
            }
        }
        Base::WholeBandRate {
            measure,
            select,
            bands,
        } => whole_bands(measure, select.as_deref(), bands, found),
        Base::Sum { terms } | Base::MaxOf { terms } | Base::MinOf { terms } => {
            for term in terms {
                of_base(term, found);
            }
        }
        Base::Flat { .. } | Base::Rate { .. } | Base::Marginal { .. } | Base::Class { .. } => {}
    }
}

/// What a band charges for a size at its upper edge.
fn reaching(band: &Band, size: &BigRational) -> BigRational {
    let amount = BigRational::from_integer(band.amount.into());
    let Some(rate) = &band.extra_rate else {
        return amount;
    };
    let above = &band.extra_above.as_ref().unwrap_or(&band.from).0;
    if size > above {
        amount + (size - above) * &rate.0
    } else {
        amount
    }
}

/// Where the rate is picked by the size itself, the jump is the size times the difference of the rates; where
/// another measure picks it, it depends on the member and is told as the difference of the rates.
fn whole_bands(measure: &str, select: Option<&str>, bands: &[RateBand], found: &mut Vec<Jump>) {
    for pair in bands.windows(2) {
        let at = &pair[1].from.0;
        let rates = &pair[1].rate.0 - &pair[0].rate.0;
        match select {
            None => note(found, measure, at, &(at * &rates), "minor"),
            Some(select) if select == measure => {
                note(found, measure, at, &(at * &rates), "minor");
            }
            Some(select) => note(found, select, at, &rates, "rate"),
        }
    }
}
