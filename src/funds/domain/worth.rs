//! What a fund is worth: income less expenses less refunds, which is what it holds and is owed less what it owes (F7).

use std::collections::BTreeMap;

use crate::funds::domain::ledger::AccountKind;
use crate::kernel::money::Overflow;
use crate::kernel::money::sum;

/// The sums of a fund in minor units, each positive on the account's normal side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worth {
    pub cash: i64,
    /// What members owe.
    pub receivable: i64,
    /// What members have above what was due.
    pub credits: i64,
    /// What suppliers are owed.
    pub payable: i64,
    pub levies: i64,
    pub matches: i64,
    pub in_kind: i64,
    pub transfers_in: i64,
    pub spent: i64,
    pub in_kind_spent: i64,
    pub written_off: i64,
    pub transfers_out: i64,
    /// What members and sponsors got back.
    pub refunded: i64,
}

impl Worth {
    /// Adds up balances by kind of account, debit positive.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn of(balances: impl IntoIterator<Item = (AccountKind, i64)>) -> Result<Self, Overflow> {
        let mut totals: BTreeMap<AccountKind, i64> = BTreeMap::new();
        for (kind, balance) in balances {
            let total = totals.entry(kind).or_default();
            *total = total.checked_add(balance).ok_or(Overflow)?;
        }
        let debit = |kind| totals.get(&kind).copied().unwrap_or(0);
        let credit = |kind| -debit(kind);
        Ok(Self {
            cash: debit(AccountKind::Bank),
            receivable: debit(AccountKind::Receivable),
            credits: credit(AccountKind::Credit),
            payable: credit(AccountKind::Payable),
            levies: credit(AccountKind::Levy),
            matches: credit(AccountKind::Match),
            in_kind: credit(AccountKind::InKind),
            transfers_in: credit(AccountKind::TransferIn),
            spent: debit(AccountKind::Spend),
            in_kind_spent: debit(AccountKind::InKindSpent),
            written_off: debit(AccountKind::WriteOff),
            transfers_out: debit(AccountKind::TransferOut),
            refunded: sum([
                debit(AccountKind::LevyRefunded),
                debit(AccountKind::MatchReturned),
            ])?,
        })
    }

    /// Everything that came in or is to come in.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn income(&self) -> Result<i64, Overflow> {
        sum([self.levies, self.matches, self.in_kind, self.transfers_in])
    }

    /// Everything that went out but refunds.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn expenses(&self) -> Result<i64, Overflow> {
        sum([
            self.spent,
            self.in_kind_spent,
            self.written_off,
            self.transfers_out,
        ])
    }

    /// Income less expenses less refunds.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn net_assets(&self) -> Result<i64, Overflow> {
        sum([self.income()?, -self.expenses()?, -self.refunded])
    }

    /// What the fund holds and is owed, less what it owes.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn holdings(&self) -> Result<i64, Overflow> {
        sum([self.cash, self.receivable, -self.credits, -self.payable])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fund_is_worth_what_it_holds() {
        let worth = Worth::of([
            (AccountKind::Bank, 70),
            (AccountKind::Receivable, 40),
            (AccountKind::Credit, -10),
            (AccountKind::Levy, -150),
            (AccountKind::Spend, 50),
        ])
        .expect("small");
        assert_eq!(worth.net_assets(), Ok(100));
        assert_eq!(worth.holdings(), Ok(100));
    }

    proptest! {
        #[test]
        fn books_that_balance_are_worth_the_same_from_both_sides(
            amounts in proptest::collection::vec((0..14_usize, -1_000_i64..1_000), 0..20)
        ) {
            let kinds: Vec<AccountKind> = AccountKind::ALL
                .iter()
                .copied()
                .filter(|kind| *kind != AccountKind::Result)
                .collect();
            let mut balances: Vec<(AccountKind, i64)> =
                amounts.iter().map(|(n, amount)| (kinds[*n % kinds.len()], *amount)).collect();
            let off: i64 = balances.iter().map(|(_, amount)| amount).sum();
            balances.push((AccountKind::Bank, -off));
            let worth = Worth::of(balances).expect("small");
            prop_assert_eq!(worth.net_assets(), worth.holdings());
        }
    }
}
