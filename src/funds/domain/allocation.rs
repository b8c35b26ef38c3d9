//! A payment pays the oldest notice first, or what the payer names (fund.md 3.2).

use crate::funds::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;

/// A notice that may have something due, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<I> {
    pub notice: I,
    pub due: i64,
    /// Paid only where the payer names it: it is disputed.
    pub waits: bool,
}

/// What a payer may not ask for; amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocationRefused {
    #[error("{part} is {} more than the {due} that is due on the notice.", part - due)]
    ExceedsDue { notice: String, part: i64, due: i64 },
    #[error("The parts add up to {parts}, {} more than {amount}.", parts - i128::from(*amount))]
    ExceedsPayment { parts: i128, amount: i64 },
    #[error("A notice is named twice.")]
    NamedTwice { notice: String },
    #[error("There is no such notice of this member in this fund.")]
    Unknown { notice: String },
}

impl Refusal for AllocationRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::ExceedsDue { .. } => &problems::ALLOCATION_EXCEEDS_DUE,
            Self::ExceedsPayment { .. } => &problems::ALLOCATIONS_EXCEED_PAYMENT,
            Self::NamedTwice { .. } => &problems::NOTICE_NAMED_TWICE,
            Self::Unknown { .. } => &problems::NOTICE_UNKNOWN,
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        let pairs = match self {
            Self::ExceedsDue { notice, part, due } => serde_json::json!({
                "notice_id": notice, "due_minor": due, "excess_minor": part - due
            }),
            Self::ExceedsPayment { parts, amount } => {
                let excess = i64::try_from(parts - i128::from(*amount)).unwrap_or(i64::MAX);
                serde_json::json!({ "amount_minor": amount, "excess_minor": excess })
            }
            Self::NamedTwice { notice } | Self::Unknown { notice } => {
                serde_json::json!({ "notice_id": notice })
            }
        };
        match pairs {
            serde_json::Value::Object(map) => map,
            _ => serde_json::Map::new(),
        }
    }
}

/// Spreads `amount` over `open`, which stands oldest first: what the payer names, then the oldest. Answers
/// `(notice, part)` for every part above zero in the order of `open`, and what is left over.
///
/// # Errors
/// [`AllocationRefused`].
pub fn allocate<I: Copy + PartialEq + ToString>(
    amount: i64,
    open: &[Due<I>],
    named: &[(I, i64)],
) -> Result<(Vec<(I, i64)>, i64), AllocationRefused> {
    check(amount, open, named)?;
    let wanted = |notice: I| {
        let own = named.iter().find(|(name, _)| *name == notice);
        own.map_or(0, |(_, part)| *part)
    };
    let taken: i64 = named.iter().map(|(_, part)| part).sum();
    let mut left = std::cmp::max(amount, 0) - taken;
    let mut parts = Vec::new();
    for item in open {
        let first = wanted(item.notice);
        let rest = if item.waits { 0 } else { item.due - first };
        let more = std::cmp::min(left, rest);
        left -= more;
        if first + more > 0 {
            parts.push((item.notice, first + more));
        }
    }
    Ok((parts, left))
}

fn check<I: Copy + PartialEq + ToString>(
    amount: i64,
    open: &[Due<I>],
    named: &[(I, i64)],
) -> Result<(), AllocationRefused> {
    for (at, (notice, part)) in named.iter().enumerate() {
        let text = || notice.to_string();
        if named[..at].iter().any(|(other, _)| other == notice) {
            return Err(AllocationRefused::NamedTwice { notice: text() });
        }
        let Some(item) = open.iter().find(|item| item.notice == *notice) else {
            return Err(AllocationRefused::Unknown { notice: text() });
        };
        if *part > item.due {
            return Err(AllocationRefused::ExceedsDue {
                notice: text(),
                part: *part,
                due: item.due,
            });
        }
    }
    let parts: i128 = named.iter().map(|(_, part)| i128::from(*part)).sum();
    if parts > i128::from(amount) {
        return Err(AllocationRefused::ExceedsPayment { parts, amount });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn due(notice: usize, due: i64) -> Due<usize> {
        Due {
            notice,
            due,
            waits: false,
        }
    }

    #[test]
    fn the_oldest_notice_is_paid_first_unless_the_payer_names_another() {
        let open = [due(1, 100), due(2, 0), due(3, 50)];
        let spread = |amount, named: &[(usize, i64)]| allocate(amount, &open, named);
        assert_eq!(spread(120, &[]), Ok((vec![(1, 100), (3, 20)], 0)));
        assert_eq!(spread(200, &[]), Ok((vec![(1, 100), (3, 50)], 50)));
        assert_eq!(spread(60, &[(3, 50)]), Ok((vec![(1, 10), (3, 50)], 0)));
        let beyond = spread(60, &[(3, 51)]);
        assert!(matches!(
            beyond,
            Err(AllocationRefused::ExceedsDue { due: 50, .. })
        ));
        let too_much = spread(60, &[(1, 40), (3, 21)]);
        assert!(matches!(
            too_much,
            Err(AllocationRefused::ExceedsPayment { parts: 61, .. })
        ));
        let twice = spread(60, &[(1, 1), (1, 2)]);
        assert!(matches!(twice, Err(AllocationRefused::NamedTwice { .. })));
        let unknown = spread(60, &[(4, 1)]);
        assert!(matches!(unknown, Err(AllocationRefused::Unknown { .. })));
    }

    #[test]
    fn a_disputed_notice_is_paid_only_where_it_is_named() {
        let disputed = Due {
            waits: true,
            ..due(1, 100)
        };
        let open = [disputed, due(2, 50)];
        assert_eq!(allocate(120, &open, &[]), Ok((vec![(2, 50)], 70)));
        let named = allocate(120, &open, &[(1, 100)]);
        assert_eq!(named, Ok((vec![(1, 100), (2, 20)], 0)));
    }

    proptest! {
        #[test]
        fn no_part_is_lost_and_no_notice_is_paid_twice(
            amount in 1_i64..10_000,
            dues in proptest::collection::vec(0_i64..3_000, 0..6),
            wish in 0_i64..3_000,
        ) {
            let open: Vec<_> = dues.iter().enumerate().map(|(i, d)| due(i, *d)).collect();
            let named: Vec<(usize, i64)> = dues
                .last()
                .map(|last| (dues.len() - 1, std::cmp::min(wish, std::cmp::min(*last, amount))))
                .into_iter()
                .filter(|(_, part)| *part > 0)
                .collect();
            let (parts, left) = allocate(amount, &open, &named).expect("a possible wish");
            prop_assert_eq!(parts.iter().map(|p| p.1).sum::<i64>() + left, amount);
            prop_assert!(parts.iter().all(|(i, part)| *part > 0 && *part <= dues[*i]));
            prop_assert!(left == 0 || parts.iter().map(|p| p.1).sum::<i64>() == dues.iter().sum::<i64>());
            for (notice, wish) in named {
                let got = parts.iter().find(|(i, _)| *i == notice).map_or(0, |p| p.1);
                prop_assert!(got >= wish);
            }
        }
    }
}
