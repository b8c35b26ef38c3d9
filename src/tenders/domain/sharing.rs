//! Sharing an amount by largest remainder: whole minor units, the sum is exact, ties to the lower sequence.

use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::exact::TooComplex;
use crate::tenders::domain::price_schedule::ScheduleError;
use crate::tenders::problems;

/// Why an amount cannot be shared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharingError {
    /// All weights are zero, and there is something to share.
    #[error("there is no weight to share the amount by")]
    NoWeight,
    /// Weights and sequences differ in number.
    #[error("there are {weights} weights and {sequences} sequences")]
    LengthsDiffer {
        /// How many weights.
        weights: usize,
        /// How many sequences.
        sequences: usize,
    },
    /// The breaks are no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// Too many parts.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for SharingError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NoWeight => &problems::NO_WEIGHT,
            Self::LengthsDiffer { .. } => &problems::LENGTHS_DIFFER,
            Self::Schedule(error) => error.kind(),
            Self::OutOfRange(error) => error.kind(),
            Self::TooComplex(error) => error.kind(),
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::Schedule(error) => error.params(),
            Self::OutOfRange(error) => error.params(),
            Self::TooComplex(error) => error.params(),
            Self::NoWeight | Self::LengthsDiffer { .. } | Self::Overflow(_) => {
                serde_json::Map::new()
            }
        }
    }
}

/// A part's weight and its place when remainders tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Not negative.
    pub weight: i128,
    /// Lower comes first.
    pub sequence: i64,
}

/// Shares `total_minor` by weight; each share is within one unit of the exact one and the sum is the total.
///
/// A negative total is shared by magnitude. Equal sequences keep the order of the input.
///
/// # Errors
/// [`SharingError`] when there is no weight to share something by, or a product leaves `i128`.
pub fn share(total_minor: i64, parts: &[Part]) -> Result<Vec<i64>, SharingError> {
    exact::few_enough("parts", parts.len())?;
    if total_minor == 0 {
        return Ok(vec![0; parts.len()]);
    }
    let magnitude = i128::from(total_minor).abs();
    let whole = parts
        .iter()
        .try_fold(0_i128, |sum, part| sum.checked_add(part.weight))
        .ok_or(Overflow)?;
    if whole <= 0 {
        return Err(SharingError::NoWeight);
    }
    let mut shares = Vec::with_capacity(parts.len());
    let mut remainders = Vec::with_capacity(parts.len());
    let mut left = magnitude;
    for (index, part) in parts.iter().enumerate() {
        let quota = exact::product(&[magnitude, part.weight])?;
        left -= quota / whole;
        shares.push(exact::amount(quota / whole)?);
        remainders.push((std::cmp::Reverse(quota % whole), part.sequence, index));
    }
    remainders.sort_unstable();
    // Fewer units are left than there are parts with a remainder.
    let extra = usize::try_from(left).map_err(|_| Overflow)?;
    for (_, _, index) in remainders.iter().take(extra) {
        shares[*index] += 1;
    }
    if total_minor < 0 {
        shares.iter_mut().for_each(|share| *share = -*share);
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_add_up_and_stay_within_one_unit_of_the_exact_share(
            total in -1_000_000_i64..1_000_000,
            weights in prop::collection::vec(0_i128..1_000, 1..8),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let whole: i128 = weights.iter().sum();
            let parts: Vec<Part> = weights.iter().enumerate()
                .map(|(i, w)| Part { weight: *w, sequence: i as i64 }).collect();
            let shares = share(total, &parts).expect("in range");
            prop_assert_eq!(shares.iter().sum::<i64>(), total);
            for (share, weight) in shares.iter().zip(&weights) {
                let off = i128::from(*share) * whole - i128::from(total) * weight;
                prop_assert!(off.abs() < whole);
            }
        }
    }

    #[test]
    fn something_cannot_be_shared_by_nothing() {
        let nobody = [Part {
            weight: 0,
            sequence: 1,
        }];
        assert_eq!(share(1, &nobody), Err(SharingError::NoWeight));
        assert_eq!(share(0, &nobody), Ok(vec![0]));
        assert_eq!(share(-1, &[]), Err(SharingError::NoWeight));
    }
}
