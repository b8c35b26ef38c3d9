//! A sponsor's money: what it adds to the members' cash, and what goes back when the fund closes.

use num_rational::BigRational;
use num_traits::Signed;
use num_traits::ToPrimitive;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::funds::domain::rounding::Mode;
use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::money::sum;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// Whose money comes back first when a fund closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnOrder {
    /// In proportion to what each side put in.
    #[default]
    ProRata,
    /// The sponsor's, up to what it put in.
    SponsorFirst,
    /// The members', up to what they put in.
    MembersFirst,
}

/// What is left of a fund and whose it is, in minor units: `to_sponsor + to_members` is `unspent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FundClosingAnswer)]
pub struct Closing {
    /// What came in less what was spent.
    pub unspent: i64,
    /// The sponsor's part.
    pub to_sponsor: i64,
    /// The members' part, which is then refunded among them.
    pub to_members: i64,
}

/// A match or a closing cannot be computed. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SponsorRefusal {
    #[error("'{field}' is negative")]
    Negative { field: &'static str },
    #[error("{by} more was spent than came in")]
    Overspent { by: i64 },
    #[error(transparent)]
    Overflow(#[from] Overflow),
    #[error(transparent)]
    Split(#[from] SplitRefusal),
}

impl Refusal for SponsorRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Negative { .. } => &problems::NEGATIVE_AMOUNT,
            Self::Overspent { .. } => &problems::OVERSPENT,
            Self::Overflow(_) => &kinds::OVERFLOW,
            Self::Split(refusal) => refusal.kind(),
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pair: (&str, Value) = match self {
            Self::Negative { field } => ("field", (*field).into()),
            Self::Overspent { by } => ("by", (*by).into()),
            Self::Overflow(_) => return Map::new(),
            Self::Split(refusal) => return refusal.params(),
        };
        Map::from_iter([(pair.0.to_owned(), pair.1)])
    }
}

/// The sponsor's match in minor units: `ratio` times the cash levies received, rounded down, and not above the
/// cap of the deal nor above what the sponsor's programme has accrued.
///
/// # Errors
/// A negative input, or a result beyond the range.
pub fn sponsor_match(
    eligible: i64,
    ratio: &Exact,
    cap: Option<i64>,
    accrued: Option<i64>,
) -> Result<i64, SponsorRefusal> {
    let limits = [("cap", cap), ("accrued", accrued)];
    non_negative(&[("eligible", eligible)])?;
    for (field, limit) in limits {
        non_negative(&[(field, limit.unwrap_or(0))])?;
    }
    if ratio.0.is_negative() {
        return Err(SponsorRefusal::Negative { field: "ratio" });
    }
    let product = BigRational::from_integer(eligible.into()) * &ratio.0;
    let mut matched = Mode::Down.round(&product);
    for (_, limit) in limits {
        matched = limit.map_or(matched.clone(), |limit| matched.min(limit.into()));
    }
    matched.to_i64().ok_or_else(|| Overflow.into())
}

/// Divides what is left of a fund between its sponsor and its members.
///
/// In proportion means by largest remainder; on a tie of everything the members come first.
///
/// # Errors
/// A negative input, or [`SponsorRefusal::Overspent`].
pub fn close_fund(
    members_cash: i64,
    sponsor_cash: i64,
    spent: i64,
    order: ReturnOrder,
) -> Result<Closing, SponsorRefusal> {
    non_negative(&[
        ("members_cash", members_cash),
        ("sponsor_cash", sponsor_cash),
        ("spent", spent),
    ])?;
    let unspent = sum([members_cash, sponsor_cash])? - spent;
    if unspent < 0 {
        return Err(SponsorRefusal::Overspent { by: -unspent });
    }
    let to_sponsor = match order {
        ReturnOrder::SponsorFirst => unspent.min(sponsor_cash),
        ReturnOrder::MembersFirst => unspent - unspent.min(members_cash),
        ReturnOrder::ProRata => sponsors_part(unspent, members_cash, sponsor_cash)?,
    };
    Ok(Closing {
        unspent,
        to_sponsor,
        to_members: unspent - to_sponsor,
    })
}

fn sponsors_part(unspent: i64, members_cash: i64, sponsor_cash: i64) -> Result<i64, SplitRefusal> {
    let sides = [
        Payer::new("members", Exact::whole(members_cash)),
        Payer::new("sponsor", Exact::whole(sponsor_cash)),
    ];
    let shares = split(unspent, 1, &sides)?.shares;
    Ok(shares.last().map_or(0, |share| share.amount))
}

fn non_negative(named: &[(&'static str, i64)]) -> Result<(), SponsorRefusal> {
    match named.iter().find(|(_, amount)| *amount < 0) {
        Some((field, _)) => Err(SponsorRefusal::Negative { field }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_season_of_the_printed_story_closes_to_the_cent() {
        let closing = close_fund(4_876_459, 2_000_000, 5_461_111, ReturnOrder::ProRata);
        assert_eq!(
            closing,
            Ok(Closing {
                unspent: 1_415_348,
                to_sponsor: 411_650,
                to_members: 1_003_698,
            })
        );
    }

    proptest! {
        #[test]
        fn nobody_gets_back_more_than_it_put_in(
            members in 0_i64..1_000, sponsor in 0_i64..1_000, part in 0_i64..=100, order in 0..3,
        ) {
            let spent = (members + sponsor) * part / 100;
            let order = match order {
                0 => ReturnOrder::ProRata,
                1 => ReturnOrder::SponsorFirst,
                _ => ReturnOrder::MembersFirst,
            };
            let closing = close_fund(members, sponsor, spent, order).expect("not overspent");
            prop_assert_eq!(closing.to_sponsor + closing.to_members + spent, members + sponsor);
            prop_assert!((0..=sponsor).contains(&closing.to_sponsor));
            prop_assert!((0..=members).contains(&closing.to_members));
        }
    }

    #[test]
    fn a_cap_holds_a_match_that_would_overflow() {
        let ratio = Exact::whole(i64::MAX);
        assert_eq!(sponsor_match(i64::MAX, &ratio, Some(5), None), Ok(5));
        let refused = sponsor_match(i64::MAX, &ratio, None, None);
        assert_eq!(refused, Err(SponsorRefusal::Overflow(Overflow)));
    }

    #[test]
    fn negative_amounts_are_refused_by_name() {
        let field = "accrued";
        let refused = sponsor_match(1, &Exact::whole(1), None, Some(-1));
        assert_eq!(refused, Err(SponsorRefusal::Negative { field }));
        let field = "spent";
        let refused = close_fund(1, 1, -1, ReturnOrder::ProRata);
        assert_eq!(refused, Err(SponsorRefusal::Negative { field }));
    }
}
