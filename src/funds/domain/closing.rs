//! Whose the unspent money of a fund is: its members' and its sponsors', by the return rule of each deal.
//!
//! With one deal this is [`close_fund`](super::sponsor::close_fund). With several, those that come first are served
//! first, then members and sponsors in proportion to their cash, then those that come last.

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::split;
use crate::funds::domain::refund::RefundRefusal;
use crate::funds::domain::sponsor::ReturnOrder;
use crate::kernel::money::sum;
use crate::kernel::rational::Exact;

/// What one sponsor paid into the fund, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sponsored {
    /// Immutable id; it decides ties.
    pub id: String,
    pub cash: i64,
    pub order: ReturnOrder,
}

/// How the unspent money is divided, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    pub to_members: i64,
    /// One amount per sponsor, in input order; none exceeds what it paid.
    pub to_sponsors: Vec<i64>,
}

/// Divides `unspent` between the members, who paid `members_cash`, and the sponsors.
///
/// # Errors
/// [`RefundRefusal::NegativeUnspent`]; [`RefundRefusal::RefundExceedsPaid`] where more is left than members and
/// sponsors paid, so that a part of it is neither's.
pub fn divide(
    unspent: i64,
    members_cash: i64,
    sponsors: &[Sponsored],
) -> Result<Division, RefundRefusal> {
    if unspent < 0 {
        return Err(RefundRefusal::NegativeUnspent { unspent });
    }
    let cash_of = |order| sum(sponsors.iter().filter(|s| s.order == order).map(|s| s.cash));
    let (first, level) = (
        cash_of(ReturnOrder::SponsorFirst)?,
        cash_of(ReturnOrder::ProRata)?,
    );
    let last = cash_of(ReturnOrder::MembersFirst)?;
    let pool = sum([members_cash, level])?;
    let paid = sum([pool, first, last])?;
    if unspent > paid {
        return Err(RefundRefusal::RefundExceedsPaid { paid, unspent });
    }
    let to_first = unspent.min(first);
    let to_pool = (unspent - to_first).min(pool);
    let to_last = unspent - to_first - to_pool;
    let mut to_sponsors = vec![0; sponsors.len()];
    share(
        to_first,
        sponsors,
        ReturnOrder::SponsorFirst,
        &mut to_sponsors,
    )?;
    share(
        to_last,
        sponsors,
        ReturnOrder::MembersFirst,
        &mut to_sponsors,
    )?;
    let to_members = level_pool(to_pool, members_cash, sponsors, &mut to_sponsors)?;
    Ok(Division {
        to_members,
        to_sponsors,
    })
}

/// Shares among the sponsors of one order, by their cash.
fn share(
    amount: i64,
    sponsors: &[Sponsored],
    order: ReturnOrder,
    out: &mut [i64],
) -> Result<(), RefundRefusal> {
    if amount == 0 {
        return Ok(());
    }
    let of_order = |s: &&Sponsored| s.order == order;
    let payers: Vec<Payer> = sponsors.iter().filter(of_order).map(payer).collect();
    let shares = split(amount, 1, &payers)?.shares;
    let places = sponsors.iter().zip(out).filter(|(s, _)| s.order == order);
    for ((_, place), share) in places.zip(shares) {
        *place = share.amount;
    }
    Ok(())
}

/// Shares among the members as one and the sponsors that stand level with them; answers the members' part.
/// The members come first on a tie.
fn level_pool(
    amount: i64,
    members_cash: i64,
    sponsors: &[Sponsored],
    out: &mut [i64],
) -> Result<i64, RefundRefusal> {
    if amount == 0 {
        return Ok(0);
    }
    let mut payers = vec![Payer::new("members", Exact::whole(members_cash))];
    let level = |s: &&Sponsored| s.order == ReturnOrder::ProRata;
    payers.extend(sponsors.iter().filter(level).map(payer));
    let mut shares = split(amount, 1, &payers)?.shares.into_iter();
    let to_members = shares.next().map_or(0, |share| share.amount);
    let places = sponsors.iter().zip(out);
    for ((_, place), share) in places
        .filter(|(s, _)| s.order == ReturnOrder::ProRata)
        .zip(shares)
    {
        *place = share.amount;
    }
    Ok(to_members)
}

fn payer(sponsor: &Sponsored) -> Payer {
    Payer::new(
        format!("sponsor:{}", sponsor.id),
        Exact::whole(sponsor.cash),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::funds::domain::sponsor::close_fund;

    const ORDERS: [ReturnOrder; 3] = [
        ReturnOrder::ProRata,
        ReturnOrder::SponsorFirst,
        ReturnOrder::MembersFirst,
    ];

    #[test]
    fn the_season_of_the_printed_story_is_divided_to_the_cent() {
        let sponsor = Sponsored {
            id: "s".into(),
            cash: 2_000_000,
            order: ReturnOrder::ProRata,
        };
        let found = divide(1_415_348, 4_876_459, &[sponsor]).expect("divided");
        assert_eq!(
            (found.to_members, found.to_sponsors),
            (1_003_698, vec![411_650])
        );
    }

    #[test]
    fn what_is_nobodys_is_not_given_away() {
        let refused = divide(11, 10, &[]);
        let (paid, unspent) = (10, 11);
        assert_eq!(
            refused,
            Err(RefundRefusal::RefundExceedsPaid { paid, unspent })
        );
        let unspent = -1;
        let refused = divide(-1, 10, &[]);
        assert_eq!(refused, Err(RefundRefusal::NegativeUnspent { unspent }));
    }

    proptest! {
        #[test]
        fn one_deal_divides_as_the_published_rule(
            members in 0_i64..5_000, cash in 0_i64..5_000, part in 0_i64..=100, order in 0_usize..3,
        ) {
            let spent = (members + cash) * part / 100;
            let order = ORDERS[order];
            let rule = close_fund(members, cash, spent, order).expect("not overspent");
            let sponsor = Sponsored { id: "s".into(), cash, order };
            let found = divide(members + cash - spent, members, &[sponsor]).expect("divided");
            prop_assert_eq!(found.to_members, rule.to_members);
            prop_assert_eq!(found.to_sponsors, vec![rule.to_sponsor]);
        }

        #[test]
        fn several_deals_conserve_the_money_and_keep_their_order(
            members in 0_i64..5_000, part in 0_i64..=100,
            deals in prop::collection::vec((0_i64..3_000, 0_usize..3), 0..6),
        ) {
            let sponsors: Vec<Sponsored> = deals.iter().enumerate().map(|(i, (cash, order))| {
                Sponsored { id: format!("s{i}"), cash: *cash, order: ORDERS[*order] }
            }).collect();
            let all = members + deals.iter().map(|(cash, _)| cash).sum::<i64>();
            let unspent = all * part / 100;
            let found = divide(unspent, members, &sponsors).expect("divided");
            prop_assert_eq!(found.to_members + found.to_sponsors.iter().sum::<i64>(), unspent);
            prop_assert!((0..=members).contains(&found.to_members));
            for (sponsor, back) in sponsors.iter().zip(&found.to_sponsors) {
                prop_assert!((0..=sponsor.cash).contains(back));
            }
            let whole = |order| sponsors.iter().zip(&found.to_sponsors)
                .filter(|(s, _)| s.order == order).all(|(s, back)| s.cash == *back);
            let none = |order| sponsors.iter().zip(&found.to_sponsors)
                .filter(|(s, _)| s.order == order).all(|(_, back)| *back == 0);
            // Nobody is served before those that come first have everything.
            prop_assert!(whole(ReturnOrder::SponsorFirst) || (found.to_members == 0 && none(ReturnOrder::ProRata)));
            prop_assert!(none(ReturnOrder::MembersFirst) || (found.to_members == members && whole(ReturnOrder::ProRata)));
        }
    }
}
