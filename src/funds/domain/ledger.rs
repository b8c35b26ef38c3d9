//! Double entry: what a transaction must be before it is written.
//!
//! Debits are positive, credits negative; amounts are minor units of the fund's one currency.

use std::collections::HashMap;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;

pub use crate::funds::domain::chart::AccountKind;
pub use crate::funds::domain::chart::Side;
pub use crate::funds::domain::chart::TransactionKind;

/// One leg of a transaction that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    pub kind: AccountKind,
    /// Membership id, or line of spending; empty where the fund has one such account.
    pub party: String,
    /// Minor units: debit positive, credit negative.
    pub amount: i64,
}

impl Leg {
    /// A leg on an account with a party.
    pub fn new(kind: AccountKind, party: impl Into<String>, amount: i64) -> Self {
        Self {
            kind,
            party: party.into(),
            amount,
        }
    }

    /// A leg on the fund's bank account.
    pub fn bank(amount: i64) -> Self {
        Self::new(AccountKind::Bank, "", amount)
    }
}

/// A transaction that must never be written (F1, F7). It shows a fault of ours, not of the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerBreach {
    #[error("a transaction of {count} postings")]
    TooFewPostings { count: usize },
    #[error("a posting of zero on {account}")]
    ZeroPosting { account: String },
    #[error("{account} is posted twice in one transaction")]
    PostedTwice { account: String },
    #[error("a transaction off balance by {by}")]
    Unbalanced { by: i128 },
    #[error("money between funds is off balance by {by}")]
    FundsUnbalanced { by: i128 },
    #[error("{account} was moved to {balance} unseen")]
    Unmoved { account: String, balance: i64 },
    #[error("{stored} of {wanted} postings are stored")]
    NotStored { wanted: usize, stored: i64 },
    #[error("{account} reads {balance} after the close")]
    NotClosed { account: String, balance: i64 },
}

/// Checks F1: at least two postings, none of zero, no account twice, and a sum of zero.
///
/// # Errors
/// The first rule that is broken.
pub fn check(legs: &[Leg]) -> Result<(), LedgerBreach> {
    if legs.len() < 2 {
        return Err(LedgerBreach::TooFewPostings { count: legs.len() });
    }
    let mut seen = HashMap::with_capacity(legs.len());
    for leg in legs {
        let account = || leg.kind.name("", &leg.party);
        if leg.amount == 0 {
            return Err(LedgerBreach::ZeroPosting { account: account() });
        }
        if seen.insert((leg.kind, leg.party.as_str()), ()).is_some() {
            return Err(LedgerBreach::PostedTwice { account: account() });
        }
    }
    match legs.iter().map(|leg| i128::from(leg.amount)).sum() {
        0 => Ok(()),
        by => Err(LedgerBreach::Unbalanced { by }),
    }
}

/// A balance after a posting.
///
/// # Errors
/// [`Overflow`] beyond the range of amounts.
pub fn moved(balance: i64, amount: i64) -> Result<i64, Overflow> {
    balance
        .checked_add(amount)
        .filter(|sum| sum.unsigned_abs() <= MAX_AMOUNT.unsigned_abs())
        .ok_or(Overflow)
}

/// The legs that take a transaction back.
pub fn reversed(legs: &[Leg]) -> Vec<Leg> {
    let back = |leg: &Leg| Leg::new(leg.kind, leg.party.clone(), -leg.amount);
    legs.iter().map(back).collect()
}

/// The legs that bring accounts to zero against the fund's result; `None` where there is nothing to move.
pub fn closing(balances: &[(AccountKind, String, i64)]) -> Result<Option<Vec<Leg>>, Overflow> {
    let mut legs: Vec<Leg> = balances
        .iter()
        .filter(|(.., balance)| *balance != 0)
        .map(|(kind, party, balance)| Leg::new(*kind, party, -balance))
        .collect();
    let total = crate::kernel::money::sum(legs.iter().map(|leg| leg.amount))?;
    if total != 0 {
        legs.push(Leg::new(AccountKind::Result, "", -total));
    }
    Ok((!legs.is_empty()).then_some(legs))
}

/// A cell of a CSV that no spreadsheet takes for a formula.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leg(party: &str, amount: i64) -> Leg {
        Leg::new(AccountKind::Receivable, party, amount)
    }

    #[test]
    fn a_transaction_balances_or_is_not_written() {
        assert_eq!(check(&[Leg::bank(5), leg("a", -5)]), Ok(()));
        assert_eq!(
            check(&[Leg::bank(5)]),
            Err(LedgerBreach::TooFewPostings { count: 1 })
        );
        assert_eq!(
            check(&[Leg::bank(5), leg("a", -4)]),
            Err(LedgerBreach::Unbalanced { by: 1 })
        );
        let zero = check(&[Leg::bank(0), leg("a", 0)]);
        assert!(matches!(zero, Err(LedgerBreach::ZeroPosting { .. })));
        let twice = check(&[leg("a", 5), leg("a", -5)]);
        assert!(matches!(twice, Err(LedgerBreach::PostedTwice { .. })));
    }

    #[test]
    fn two_extremes_do_not_wrap_into_balance() {
        let legs = [leg("a", i64::MAX), leg("b", i64::MAX), leg("c", 2)];
        assert!(matches!(check(&legs), Err(LedgerBreach::Unbalanced { .. })));
        assert_eq!(moved(MAX_AMOUNT, 1), Err(Overflow));
        assert_eq!(moved(i64::MIN, -1), Err(Overflow));
    }

    #[test]
    fn a_reversal_takes_every_leg_back() {
        let legs = [Leg::bank(5), leg("a", -3), leg("b", -2)];
        let back = reversed(&legs);
        assert_eq!(check(&back), Ok(()));
        assert!(
            legs.iter()
                .zip(&back)
                .all(|(a, b)| a.amount + b.amount == 0)
        );
    }

    #[test]
    fn formulas_are_neutralised_and_names_are_not() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx"] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("海报 = posters"), "海报 = posters");
    }

    proptest! {
        #[test]
        fn a_closing_brings_every_account_to_zero(
            balances in proptest::collection::vec(-1_000_i64..1_000, 0..8)
        ) {
            let accounts: Vec<_> = balances
                .iter()
                .enumerate()
                .map(|(i, balance)| (AccountKind::Levy, i.to_string(), *balance))
                .collect();
            match closing(&accounts).expect("small") {
                None => prop_assert!(balances.iter().all(|b| *b == 0)),
                Some(legs) => {
                    prop_assert_eq!(check(&legs), Ok(()));
                    for (kind, party, balance) in accounts {
                        let moved = legs.iter().find(|l| l.kind == kind && l.party == party);
                        prop_assert_eq!(balance + moved.map_or(0, |l| l.amount), 0);
                    }
                }
            }
        }
    }
}
