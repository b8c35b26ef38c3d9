//! Effective weights: no member above a fraction of all effective weights together.
//!
//! The ceiling is a fixed point. One pass of "cap at p of the raw total" does not do: weights
//! 70, 10, 10, 10 and a quarter, cut at 25, still leave 25 of 55.

use crate::ballots::domain::refusal::BallotRefused;
use crate::kernel::rational::Exact;
use num_bigint::BigInt;

/// The largest integer c with c <= cap * sum(min(w, c)), if it reduces anybody; else `None`.
///
/// Weights are not negative. O(n log n).
///
/// # Errors
/// `WeightCapUnattainable` if fewer than 1/cap members have weight.
pub fn ceiling(weights: &[i64], cap: &Exact) -> Result<Option<i64>, BallotRefused> {
    let mut sorted: Vec<i64> = weights.iter().copied().filter(|w| *w > 0).collect();
    sorted.sort_unstable();
    if BigInt::from(sorted.len()) * cap.0.numer() < *cap.0.denom() {
        return Err(BallotRefused::WeightCapUnattainable {
            members: sorted.len(),
            cap: cap.to_string(),
        });
    }
    let prefix = prefix_sums(&sorted);
    let fits = |c: i64| {
        let below = sorted.partition_point(|w| *w <= c);
        let above = sorted.len() - below;
        let sum = BigInt::from(prefix[below]) + BigInt::from(above) * BigInt::from(c);
        BigInt::from(c) * cap.0.denom() <= cap.0.numer() * sum
    };
    let largest = sorted.last().copied().unwrap_or(0);
    if fits(largest) {
        return Ok(None);
    }
    // sum(min(w, c)) is concave in c and 0 at 0, so the values that fit are 0..=ceiling.
    let (mut fit, mut unfit) = (0_i64, largest);
    while unfit - fit > 1 {
        let middle = fit + (unfit - fit) / 2;
        if fits(middle) {
            fit = middle;
        } else {
            unfit = middle;
        }
    }
    Ok(Some(fit))
}

/// `prefix[k]` is the sum of the first k weights.
fn prefix_sums(sorted: &[i64]) -> Vec<i128> {
    let mut sums = Vec::with_capacity(sorted.len() + 1);
    let mut sum = 0_i128;
    sums.push(sum);
    for weight in sorted {
        sum += i128::from(*weight);
        sums.push(sum);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cap(text: &str) -> Exact {
        Exact::parse(text).expect("a fraction")
    }

    /// The definition, read off by trying every integer.
    fn by_definition(weights: &[i64], numer: i64, denom: i64) -> i64 {
        let most = weights.iter().sum::<i64>() + 1;
        (0..=most)
            .filter(|c| c * denom <= numer * weights.iter().map(|w| *w.min(c)).sum::<i64>())
            .max()
            .expect("zero always fits")
    }

    #[test]
    fn a_giant_is_cut_to_the_fixed_point_not_to_a_share_of_the_raw_total() {
        assert_eq!(ceiling(&[70, 10, 10, 10], &cap("1/4")), Ok(Some(10)));
        assert_eq!(ceiling(&[20, 20, 20, 20, 20], &cap("1/4")), Ok(None));
        assert_eq!(ceiling(&[7, 0], &cap("1")), Ok(None));
    }

    #[test]
    fn members_without_weight_do_not_make_a_cap_attainable() {
        let refused = ceiling(&[50, 30, 20, 0, 0], &cap("1/4"));
        assert_eq!(
            refused,
            Err(BallotRefused::WeightCapUnattainable {
                members: 3,
                cap: "1/4".into()
            })
        );
        assert!(ceiling(&[], &cap("1")).is_err());
    }

    #[test]
    fn the_largest_weights_do_not_overflow() {
        assert_eq!(ceiling(&[i64::MAX; 5], &cap("1/5")), Ok(None));
        assert_eq!(
            ceiling(&[i64::MAX, 1, 1], &cap("0.3333333333333333333333334")),
            Ok(Some(1))
        );
    }

    proptest! {
        #[test]
        fn the_ceiling_meets_its_definition(
            weights in prop::collection::vec(0_i64..60, 0..9),
            (numer, denom) in (1_i64..12).prop_flat_map(|d| (1..=d, Just(d))),
        ) {
            let exact = cap(&format!("{numer}/{denom}"));
            let weighty = weights.iter().filter(|w| **w > 0).count() as i64;
            let expected = by_definition(&weights, numer, denom);
            match ceiling(&weights, &exact) {
                Err(_) => {
                    prop_assert!(weighty * numer < denom);
                    prop_assert_eq!(expected, 0);
                }
                Ok(Some(c)) => prop_assert_eq!(c, expected),
                Ok(None) => prop_assert!(weights.iter().all(|w| *w <= expected)),
            }
        }

        #[test]
        fn nobody_exceeds_the_cap_and_order_does_not_matter(
            weights in prop::collection::vec(0_i64..1_000_000_000, 4..40),
            parts in 2_i64..5,
        ) {
            let exact = cap(&format!("1/{parts}"));
            let mut reversed = weights.clone();
            reversed.reverse();
            let found = ceiling(&weights, &exact);
            prop_assert_eq!(&found, &ceiling(&reversed, &exact));
            if let Ok(ceiling) = found {
                let cut: Vec<i64> = weights.iter().map(|w| *w.min(&ceiling.unwrap_or(i64::MAX))).collect();
                let sum: i64 = cut.iter().sum();
                prop_assert!(cut.iter().all(|w| w * parts <= sum));
            }
        }
    }
}
