//! Round amounts around an amount: enough to judge fairness, too little to compute a competitor's revenue.

/// The band of the series 1, 2, 5, 10, 20, 50 … that holds an amount: from, included, and to, excluded.
/// Nothing is a band of its own.
pub fn around(amount: i64) -> (i64, i64) {
    if amount < 1 {
        return (0, 1);
    }
    let mut decade = 1_i64;
    while let Some(next) = decade.checked_mul(10).filter(|next| *next <= amount) {
        decade = next;
    }
    let times = |n: i64| decade.saturating_mul(n);
    match amount / decade {
        1 => (decade, times(2)),
        2..=4 => (times(2), times(5)),
        _ => (times(5), times(10)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_amount_lies_in_its_band(amount in 0..=crate::kernel::money::MAX_AMOUNT) {
            let (from, to) = around(amount);
            prop_assert!(from <= amount && amount < to);
            prop_assert!(amount == 0 || to / from <= 2 || to == from / 2 * 5);
        }
    }

    #[test]
    fn bands_begin_at_one_two_and_five() {
        for (amount, band) in [
            (0, (0, 1)),
            (1, (1, 2)),
            (868_857, (500_000, 1_000_000)),
            (233_505, (200_000, 500_000)),
            (100_000, (100_000, 200_000)),
        ] {
            assert_eq!(around(amount), band, "{amount}");
        }
    }
}
