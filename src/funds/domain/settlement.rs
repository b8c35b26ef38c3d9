//! What happens to each member at the close: its share of the unspent money, less arrears, with its credit.

use std::collections::BTreeMap;

use crate::funds::domain::refund::Contribution;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::domain::refund::RefundRefusal;
use crate::funds::domain::refund::refund;
use crate::kernel::money::sum;

/// What one member has in a fund, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Cash paid on what it owed.
    pub paid: i64,
    /// What a true-up by spend found that it owes: that much of its cash is spent, and not refunded.
    pub settled: i64,
    /// What it owes still.
    pub arrears: i64,
    /// What the fund keeps for it.
    pub credit: i64,
}

impl Position {
    /// The cash by which unspent money is shared.
    pub fn refundable(&self) -> i64 {
        (self.paid - self.settled).max(0)
    }
}

/// What one member gets, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled<I> {
    pub member: I,
    pub paid: i64,
    /// Its share of what was not spent; never more than it paid (F9).
    pub share: i64,
    /// Set off against arrears.
    pub offset: i64,
    /// Its credit, which goes the same way as the rest of its share.
    pub credit: i64,
    /// Too little to be paid out: it stays the member's credit.
    pub carried: bool,
}

impl<I> Settled<I> {
    /// What is to be paid out or kept, in minor units.
    pub const fn due(&self) -> i64 {
        self.share - self.offset + self.credit
    }
}

/// What happens to the members together, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement<I> {
    /// Members to whom something is due or was set off, in the order of their ids.
    pub members: Vec<Settled<I>>,
    /// Not refunded: it stays with the alliance in another fund.
    pub rolled_over: i64,
    /// What is owed after everything was set off.
    pub arrears: i64,
}

/// Divides `unspent` among the members by cash paid, less what a true-up has settled.
///
/// # Errors
/// Every refusal of [`refund`].
pub fn settle<I: Copy + Ord + ToString>(
    unspent: i64,
    positions: &BTreeMap<I, Position>,
    de_minimis: i64,
    mode: DeMinimisMode,
) -> Result<Settlement<I>, RefundRefusal> {
    let contributions: Vec<Contribution> = positions
        .iter()
        .map(|(id, position)| Contribution {
            id: id.to_string(),
            paid: position.refundable(),
            arrears: position.arrears,
            rollover: false,
        })
        .collect();
    let found = refund(unspent, &contributions, de_minimis, mode)?;
    // Only where all of it rolls over do the members' parts not add up to the whole.
    let shared: i64 = sum(found.lines.iter().map(|l| l.offset + l.cash + l.carried))?;
    let member = |((id, position), line): ((&I, &Position), _)| {
        let line: crate::funds::domain::refund::RefundLine = line;
        Settled {
            member: *id,
            paid: position.paid,
            share: line.offset + line.cash + line.carried,
            offset: line.offset,
            credit: position.credit,
            carried: line.carried > 0,
        }
    };
    let members: Vec<Settled<I>> = positions.iter().zip(found.lines).map(member).collect();
    let owed = sum(positions.values().map(|position| position.arrears))?;
    Ok(Settlement {
        rolled_over: unspent - shared,
        arrears: owed - sum(members.iter().map(|member| member.offset))?,
        members: members
            .into_iter()
            .filter(|member| member.share + member.credit > 0)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position(paid: i64, arrears: i64, credit: i64) -> Position {
        Position {
            paid,
            arrears,
            credit,
            settled: 0,
        }
    }

    #[test]
    fn what_a_true_up_has_settled_is_not_refunded_again() {
        let trued_up = |settled| Position {
            settled,
            ..position(1_000, 0, 0)
        };
        let positions = BTreeMap::from([(1, trued_up(1_000)), (2, trued_up(700))]);
        let found = settle(300, &positions, 0, DeMinimisMode::PerMember).expect("sound");
        let shares: Vec<_> = found.members.iter().map(|m| (m.member, m.share)).collect();
        assert_eq!(shares, [(2, 300)]);
        let refused = settle(301, &positions, 0, DeMinimisMode::PerMember);
        assert!(matches!(
            refused,
            Err(RefundRefusal::RefundExceedsPaid { .. })
        ));
    }

    #[test]
    fn the_season_of_the_printed_story_is_settled_to_the_cent() {
        let positions = BTreeMap::from([
            ("1-tea-house", position(868_857, 0, 0)),
            ("2-noodle-bar", position(233_505, 0, 6_495)),
            ("3-silk-shop", position(3_366_820, 0, 0)),
            ("4-print-shop", position(0, 0, 0)),
            ("5-bakery", position(407_277, 0, 0)),
        ]);
        let found = settle(1_003_698, &positions, 0, DeMinimisMode::PerMember).expect("settled");
        let shares: Vec<i64> = found.members.iter().map(|m| m.share).collect();
        assert_eq!(shares, [178_833, 48_061, 692_976, 83_828]);
        assert_eq!(found.members[1].due(), 54_556);
        assert_eq!((found.rolled_over, found.arrears), (0, 0));
    }

    #[test]
    fn too_little_for_everybody_rolls_over_whole_and_credits_do_not() {
        let positions = BTreeMap::from([
            ("a", position(5_000_000, 0, 0)),
            ("b", position(1_000_000, 0, 7)),
            ("c", position(400_000, 0, 0)),
        ]);
        let mode = DeMinimisMode::AllOrNothing;
        let found = settle(2_000, &positions, 500, mode).expect("settled");
        assert_eq!(found.rolled_over, 2_000);
        assert_eq!(found.members.len(), 1);
        assert_eq!(found.members[0].due(), 7);
        let found = settle(200_000, &positions, 500, mode).expect("settled");
        let shares: Vec<i64> = found.members.iter().map(|m| m.share).collect();
        assert_eq!(shares, [156_250, 31_250, 12_500]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nobody_gets_more_than_it_put_in(
            rows in prop::collection::vec((0_i64..5_000, 0_i64..300, 0_i64..300), 1..10),
            part in 0_i64..=100, limit in 0_i64..200, all in any::<bool>(),
        ) {
            let positions: BTreeMap<usize, Position> = rows.iter().enumerate()
                .map(|(i, (paid, arrears, credit))| (i, position(*paid, *arrears, *credit))).collect();
            let unspent = rows.iter().map(|row| row.0).sum::<i64>() * part / 100;
            let mode = if all { DeMinimisMode::AllOrNothing } else { DeMinimisMode::PerMember };
            let found = settle(unspent, &positions, limit, mode).expect("within what was paid");
            let shares: i64 = found.members.iter().map(|m| m.share).sum();
            prop_assert_eq!(shares + found.rolled_over, unspent);
            for member in &found.members {
                let had = positions[&member.member];
                prop_assert!(member.share <= had.paid && member.offset <= had.arrears);
                prop_assert_eq!(member.credit, had.credit);
                prop_assert!(member.due() >= 0);
            }
            let owed: i64 = rows.iter().map(|row| row.1).sum();
            let offset: i64 = found.members.iter().map(|m| m.offset).sum();
            prop_assert_eq!(found.arrears, owed - offset);
        }
    }
}
