//! A payment pays the oldest notice first (fund.md 3.2).

/// A notice that may have something due, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<I> {
    pub notice: I,
    pub due: i64,
}

/// Spreads `amount` over `open`, which stands oldest first: `(notice, part)` for every part above zero, and
/// what is left over.
pub fn allocate<I: Copy>(amount: i64, open: &[Due<I>]) -> (Vec<(I, i64)>, i64) {
    let mut left = std::cmp::max(amount, 0);
    let mut parts = Vec::new();
    for item in open {
        let part = std::cmp::min(left, item.due);
        if part > 0 {
            parts.push((item.notice, part));
            left -= part;
        }
    }
    (parts, left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_oldest_notice_is_paid_first() {
        let open = [
            Due {
                notice: 1,
                due: 100,
            },
            Due { notice: 2, due: 0 },
            Due { notice: 3, due: 50 },
        ];
        assert_eq!(allocate(120, &open), (vec![(1, 100), (3, 20)], 0));
        assert_eq!(allocate(200, &open), (vec![(1, 100), (3, 50)], 50));
    }

    proptest! {
        #[test]
        fn no_part_is_lost_and_no_notice_is_paid_twice(
            amount in 1_i64..10_000, dues in proptest::collection::vec(0_i64..3_000, 0..6)
        ) {
            let open: Vec<_> = dues
                .iter()
                .enumerate()
                .map(|(notice, due)| Due { notice, due: *due })
                .collect();
            let (parts, left) = allocate(amount, &open);
            prop_assert_eq!(parts.iter().map(|p| p.1).sum::<i64>() + left, amount);
            prop_assert!(parts.iter().all(|(i, part)| *part > 0 && *part <= dues[*i]));
            prop_assert!(left == 0 || parts.iter().map(|p| p.1).sum::<i64>() == dues.iter().sum::<i64>());
        }
    }
}
