//! Unspent money goes back by what each member paid, after arrears, unless it is too little to send.

use std::collections::HashSet;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::money::sum;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::rational::Exact;

/// What happens to refunds below the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeMinimisMode {
    /// A member's remainder below the limit stays as that member's credit.
    #[default]
    PerMember,
    /// When the smallest positive share is below the limit, nobody is refunded and all of it rolls over
    /// (BID (England) Regulations 2004, reg. 14).
    AllOrNothing,
}

/// What one member put into the fund, in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FundContribution)]
pub struct Contribution {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Cash paid, not the amount billed and nothing in kind.
    pub paid: i64,
    /// What the member still owes; the refund is set off against it.
    #[serde(default)]
    pub arrears: i64,
    /// The member prefers to keep its cash as credit.
    #[serde(default)]
    pub rollover: bool,
}

/// One member's part of the unspent money, in minor units: `share` is `offset + cash + carried`, except where
/// all of it rolls over and the three are zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundLine {
    pub id: String,
    /// The part before anything is done with it.
    pub share: i64,
    /// Set off against arrears.
    pub offset: i64,
    /// To be paid out.
    pub cash: i64,
    /// Kept as the member's credit.
    pub carried: i64,
}

/// A refund: `cash_total + offset_total + rolled_over` is the unspent amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// One line per member, in input order.
    pub lines: Vec<RefundLine>,
    /// What stays: the members' credits, or everything.
    pub rolled_over: i64,
    pub cash_total: i64,
    pub offset_total: i64,
}

/// The refund cannot be computed. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    #[error("the unspent amount of {unspent} is negative")]
    NegativeUnspent { unspent: i64 },
    #[error("{unspent} would go back, and only {paid} was paid")]
    RefundExceedsPaid { paid: i64, unspent: i64 },
    #[error("'{field}' of member '{member}' is negative")]
    NegativeContribution { member: String, field: &'static str },
    #[error("the limit of {de_minimis} is negative")]
    NegativeDeMinimis { de_minimis: i64 },
    #[error("member '{member}' is listed twice")]
    DuplicateMember { member: String },
    #[error(transparent)]
    Split(#[from] SplitRefusal),
}

impl From<Overflow> for RefundRefusal {
    fn from(overflow: Overflow) -> Self {
        Self::Split(overflow.into())
    }
}

impl Refusal for RefundRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NegativeUnspent { .. } => &problems::NEGATIVE_UNSPENT,
            Self::RefundExceedsPaid { .. } => &problems::REFUND_EXCEEDS_PAID,
            Self::NegativeContribution { .. } | Self::NegativeDeMinimis { .. } => {
                &problems::NEGATIVE_AMOUNT
            }
            Self::DuplicateMember { .. } => &problems::DUPLICATE_MEMBER,
            Self::Split(refusal) => refusal.kind(),
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match self {
            Self::NegativeUnspent { unspent } => vec![("unspent", (*unspent).into())],
            Self::RefundExceedsPaid { paid, unspent } => {
                vec![("paid", (*paid).into()), ("unspent", (*unspent).into())]
            }
            Self::NegativeContribution { member, field } => vec![
                ("member", member.as_str().into()),
                ("field", (*field).into()),
            ],
            Self::NegativeDeMinimis { .. } => vec![("field", "de_minimis".into())],
            Self::DuplicateMember { member } => vec![("member", member.as_str().into())],
            Self::Split(refusal) => return refusal.params(),
        };
        pairs.into_iter().map(|(k, v)| (k.into(), v)).collect()
    }
}

/// Divides `unspent` minor units by cash paid, sets off arrears, and holds back what is below `de_minimis`.
///
/// # Errors
/// A [`RefundRefusal`] when an amount is negative, a member is listed twice, or more would go back than came in.
pub fn refund(
    unspent: i64,
    members: &[Contribution],
    de_minimis: i64,
    mode: DeMinimisMode,
) -> Result<Refund, RefundRefusal> {
    check(unspent, members, de_minimis)?;
    let shares = shares(unspent, members)?;
    let smallest = shares.iter().copied().filter(|share| *share > 0).min();
    if mode == DeMinimisMode::AllOrNothing && smallest.is_some_and(|least| least < de_minimis) {
        return Ok(all_rolled_over(unspent, members, &shares));
    }
    let limit = match mode {
        DeMinimisMode::PerMember => de_minimis,
        DeMinimisMode::AllOrNothing => 0,
    };
    let lines: Vec<RefundLine> = members
        .iter()
        .zip(shares)
        .map(|(member, share)| line(member, share, limit))
        .collect();
    Ok(Refund {
        rolled_over: sum(lines.iter().map(|line| line.carried))?,
        cash_total: sum(lines.iter().map(|line| line.cash))?,
        offset_total: sum(lines.iter().map(|line| line.offset))?,
        lines,
    })
}

fn check(unspent: i64, members: &[Contribution], de_minimis: i64) -> Result<(), RefundRefusal> {
    if unspent < 0 {
        return Err(RefundRefusal::NegativeUnspent { unspent });
    }
    if de_minimis < 0 {
        return Err(RefundRefusal::NegativeDeMinimis { de_minimis });
    }
    let mut seen = HashSet::with_capacity(members.len());
    for member in members {
        if !seen.insert(member.id.as_str()) {
            let member = member.id.clone();
            return Err(RefundRefusal::DuplicateMember { member });
        }
        for (field, amount) in [("paid", member.paid), ("arrears", member.arrears)] {
            if amount < 0 {
                let member = member.id.clone();
                return Err(RefundRefusal::NegativeContribution { member, field });
            }
        }
    }
    let paid = sum(members.iter().map(|member| member.paid))?;
    if unspent > paid {
        return Err(RefundRefusal::RefundExceedsPaid { paid, unspent });
    }
    Ok(())
}

/// By largest remainder on cash paid. No share exceeds what was paid, because the whole does not.
fn shares(unspent: i64, members: &[Contribution]) -> Result<Vec<i64>, SplitRefusal> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let payer = |member: &Contribution| Payer::new(member.id.clone(), Exact::whole(member.paid));
    let payers: Vec<Payer> = members.iter().map(payer).collect();
    let shares = split(unspent, 1, &payers)?.shares;
    Ok(shares.into_iter().map(|share| share.amount).collect())
}

fn line(member: &Contribution, share: i64, limit: i64) -> RefundLine {
    let offset = share.min(member.arrears);
    let rest = share - offset;
    let keep = member.rollover || rest < limit;
    RefundLine {
        id: member.id.clone(),
        share,
        offset,
        cash: if keep { 0 } else { rest },
        carried: if keep { rest } else { 0 },
    }
}

fn all_rolled_over(unspent: i64, members: &[Contribution], shares: &[i64]) -> Refund {
    let line = |(member, share): (&Contribution, &i64)| RefundLine {
        id: member.id.clone(),
        share: *share,
        offset: 0,
        cash: 0,
        carried: 0,
    };
    Refund {
        lines: members.iter().zip(shares).map(line).collect(),
        rolled_over: unspent,
        cash_total: 0,
        offset_total: 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_refund_conserves_the_money_and_never_exceeds_what_was_paid(
            rows in prop::collection::vec((0_i64..5_000, 0_i64..300, any::<bool>()), 1..12),
            part in 0_i64..=100, de_minimis in 0_i64..200, all in any::<bool>(),
        ) {
            let members: Vec<_> = rows.iter().enumerate().map(|(i, (paid, arrears, rollover))| {
                let id = format!("m{i:02}");
                Contribution { id, paid: *paid, arrears: *arrears, rollover: *rollover }
            }).collect();
            let unspent = members.iter().map(|m| m.paid).sum::<i64>() * part / 100;
            let mode = if all { DeMinimisMode::AllOrNothing } else { DeMinimisMode::PerMember };
            let found = refund(unspent, &members, de_minimis, mode).expect("within what was paid");
            prop_assert_eq!(found.cash_total + found.offset_total + found.rolled_over, unspent);
            prop_assert_eq!(found.lines.iter().map(|l| l.share).sum::<i64>(), unspent);
            for (line, member) in found.lines.iter().zip(&members) {
                prop_assert!(line.share <= member.paid);
                prop_assert!(line.offset <= member.arrears);
                prop_assert!(line.cash == 0 || !member.rollover);
                if mode == DeMinimisMode::PerMember {
                    prop_assert_eq!(line.offset + line.cash + line.carried, line.share);
                    prop_assert!(line.cash == 0 || line.cash >= de_minimis);
                }
            }
        }
    }

    #[test]
    fn a_member_may_keep_its_refund_as_credit() {
        let member = |id: &str, rollover| Contribution {
            id: id.into(),
            paid: 500,
            arrears: 0,
            rollover,
        };
        let members = [member("a", false), member("b", true)];
        let found = refund(200, &members, 0, DeMinimisMode::PerMember).expect("refunded");
        assert_eq!((found.cash_total, found.rolled_over), (100, 100));
        assert_eq!((found.lines[1].cash, found.lines[1].carried), (0, 100));
    }

    #[test]
    fn nobody_and_nothing_is_an_empty_refund() {
        let found = refund(0, &[], 0, DeMinimisMode::PerMember).expect("empty");
        assert!(found.lines.is_empty());
    }

    #[test]
    fn negative_and_double_entries_are_refused() {
        let member = Contribution {
            id: "a".into(),
            paid: 1,
            arrears: -1,
            rollover: false,
        };
        let refused = refund(
            0,
            std::slice::from_ref(&member),
            0,
            DeMinimisMode::PerMember,
        );
        let (field, id) = ("arrears", "a".to_owned());
        let negative = RefundRefusal::NegativeContribution { member: id, field };
        assert_eq!(refused, Err(negative));
        let once = Contribution {
            arrears: 0,
            ..member
        };
        let refused = refund(0, &[once.clone(), once], 0, DeMinimisMode::PerMember);
        let member = "a".to_owned();
        assert_eq!(refused, Err(RefundRefusal::DuplicateMember { member }));
    }
}
