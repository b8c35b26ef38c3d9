//! Paying an amount in equal parts: the first ones carry the odd units.

use serde_json::Map;
use serde_json::Value;

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// Most instalments of one notice: monthly for ten years.
pub const MAX_INSTALMENTS: i64 = 120;

/// The amount cannot be paid in so many parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstalmentRefusal {
    #[error("{n} instalments are out of range")]
    CountOutOfRange { n: i64 },
    #[error("the total of {total} is negative")]
    NegativeTotal { total: i64 },
}

impl Refusal for InstalmentRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::CountOutOfRange { .. } | Self::NegativeTotal { .. } => &kinds::OUT_OF_RANGE,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pair = match self {
            Self::CountOutOfRange { n } => ("n", *n),
            Self::NegativeTotal { total } => ("total", *total),
        };
        Map::from_iter([(pair.0.to_owned(), pair.1.into())])
    }
}

/// Splits `total` minor units over `n` instalments that differ by at most one unit, larger ones first.
///
/// # Errors
/// When `n` is not within 1 to [`MAX_INSTALMENTS`], or `total` is negative.
pub fn instalments(total: i64, n: i64) -> Result<Vec<i64>, InstalmentRefusal> {
    if !(1..=MAX_INSTALMENTS).contains(&n) {
        return Err(InstalmentRefusal::CountOutOfRange { n });
    }
    if total < 0 {
        return Err(InstalmentRefusal::NegativeTotal { total });
    }
    let (each, odd) = (total / n, total % n);
    Ok((0..n).map(|i| each + i64::from(i < odd)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn instalments_add_up_and_never_grow(total in 0..=i64::MAX, n in 1..=MAX_INSTALMENTS) {
            let parts = instalments(total, n).expect("in range");
            prop_assert_eq!(parts.iter().map(|p| i128::from(*p)).sum::<i128>(), i128::from(total));
            prop_assert!(parts.windows(2).all(|w| w[0] - w[1] == 0 || w[0] - w[1] == 1));
            prop_assert!(parts[0] - parts[parts.len() - 1] <= 1);
        }
    }

    #[test]
    fn counts_and_totals_out_of_range_are_refused() {
        assert_eq!(
            instalments(1, 0),
            Err(InstalmentRefusal::CountOutOfRange { n: 0 })
        );
        assert_eq!(
            instalments(-1, 2),
            Err(InstalmentRefusal::NegativeTotal { total: -1 })
        );
    }
}
