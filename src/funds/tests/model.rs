//! What the ledger should do, in memory: balances by account, and what is refused with which arithmetic.

use std::collections::BTreeMap;

use chrono::Days;
use chrono::NaiveDate;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::tests::operation::Attempt;
use crate::funds::tests::operation::FUNDS;
use crate::funds::tests::operation::LINES;
use crate::funds::tests::operation::Leg;
use crate::funds::tests::operation::MEMBERS;
use crate::funds::tests::operation::Move;
use crate::funds::tests::operation::Operation;
use crate::funds::tests::operation::Refusal;

#[derive(Debug, Clone)]
struct Written {
    kind: TransactionKind,
    legs: Vec<Leg>,
    reversed: bool,
}

#[derive(Debug, Clone, Default)]
struct FundModel {
    balances: BTreeMap<(AccountKind, String), i64>,
    written: Vec<Written>,
    closed_through: Option<NaiveDate>,
}

/// All funds.
#[derive(Debug, Clone)]
pub struct Model {
    funds: Vec<FundModel>,
}

fn day(n: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default();
    first.checked_add_days(Days::new(n)).unwrap_or(first)
}

/// The day through which an operation closes a period.
pub fn close_day(n: u64) -> NaiveDate {
    day(n) - Days::new(45)
}

pub fn member(n: usize) -> String {
    format!("member-{n}")
}

/// Whose account of a kind a move touches: a member's, a line's, the sponsor's, or the fund's own.
fn party_of(kind: AccountKind, n: usize) -> String {
    use AccountKind as A;
    match kind {
        A::Spend | A::Payable | A::InKindSpent => format!("line-{}", n % LINES),
        A::Match | A::MatchReturned | A::InKind => "sponsor".to_owned(),
        kind if kind.is_of_member() => member(n % MEMBERS),
        _ => String::new(),
    }
}

impl Default for Model {
    fn default() -> Self {
        Self {
            funds: vec![FundModel::default(); FUNDS],
        }
    }
}

impl Model {
    /// What a fund's accounts hold; accounts that were never touched are not among them.
    pub fn balances(&self, fund: usize) -> &BTreeMap<(AccountKind, String), i64> {
        &self.funds[fund].balances
    }

    fn held(&self, fund: usize, kind: AccountKind, party: &str) -> i64 {
        let name = (kind, party.to_owned());
        self.funds[fund].balances.get(&name).copied().unwrap_or(0)
    }

    /// The transactions by which an operation is done; none where there is nothing to do.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm per operation, read as a table"
    )]
    pub fn attempts(&self, operation: &Operation) -> Vec<Attempt> {
        use AccountKind as A;
        use Operation as O;
        use TransactionKind as T;
        let one = |fund: usize, kind, on: u64, legs: Vec<Leg>| {
            vec![Attempt {
                fund,
                kind,
                day: day(on),
                legs,
                reverses: None,
                again: None,
            }]
        };
        let two = |debit: A, to: String, credit: A, from: String, amount: i64| {
            vec![(debit, to, amount), (credit, from, -amount)]
        };
        let none = String::new;
        match operation {
            O::Levy { fund, amounts, day } => {
                let debit = |(n, amount): (usize, &i64)| (A::Receivable, member(n), *amount);
                let credit = |(n, amount): (usize, &i64)| (A::Levy, member(n), -*amount);
                let mut legs: Vec<Leg> = amounts.iter().enumerate().map(debit).collect();
                legs.extend(amounts.iter().enumerate().map(credit));
                one(*fund, T::Levy, *day, legs)
            }
            O::Pay {
                fund,
                member: m,
                amount,
                day,
            } => {
                let due = self
                    .held(*fund, A::Receivable, &member(*m))
                    .max(0)
                    .min(*amount);
                let mut legs = vec![(A::Bank, none(), *amount)];
                legs.extend((due > 0).then(|| (A::Receivable, member(*m), -due)));
                legs.extend((*amount > due).then(|| (A::Credit, member(*m), due - *amount)));
                one(*fund, T::Payment, *day, legs)
            }
            O::Move {
                what,
                fund,
                party,
                amount,
                day,
            } => {
                let Some((_, _, kind, debit, credit)) =
                    Move::TABLE.iter().find(|(_, known, ..)| known == what)
                else {
                    return Vec::new();
                };
                let legs = two(
                    *debit,
                    party_of(*debit, *party),
                    *credit,
                    party_of(*credit, *party),
                    *amount,
                );
                one(*fund, *kind, *day, legs)
            }
            O::Transfer { fund, amount, day } => {
                let other = (*fund + 1) % FUNDS;
                let out = two(A::TransferOut, none(), A::Bank, none(), *amount);
                let into = two(A::Bank, none(), A::TransferIn, none(), *amount);
                let mut both = one(*fund, T::TransferOut, *day, out);
                both.extend(one(other, T::TransferIn, *day, into));
                both
            }
            O::Reverse {
                fund,
                which,
                day: on,
            } => {
                let written = &self.funds[*fund].written;
                let Some(n) = which.checked_rem(written.len()) else {
                    return Vec::new();
                };
                let back = |(kind, party, amount): &Leg| (*kind, party.clone(), -amount);
                let legs = written[n].legs.iter().map(back).collect();
                let mut attempts = one(*fund, T::Reversal, *on, legs);
                attempts
                    .iter_mut()
                    .for_each(|attempt| attempt.reverses = Some(n));
                attempts
            }
            O::Again { fund, which } => {
                let written = &self.funds[*fund].written;
                let Some(n) = which.checked_rem(written.len()) else {
                    return Vec::new();
                };
                // In the books, so that nothing but the document is in the way.
                let legs = two(A::Bank, none(), A::Match, "sponsor".to_owned(), 1);
                let mut attempts = one(*fund, written[n].kind, 60, legs);
                attempts
                    .iter_mut()
                    .for_each(|attempt| attempt.again = Some(n));
                attempts
            }
            O::ClosePeriod { .. } => Vec::new(),
            O::CloseAccounts { fund, day } => {
                let closes = |kind: A| {
                    !matches!(
                        kind,
                        A::Bank | A::Receivable | A::Payable | A::Credit | A::Result
                    )
                };
                let open = self.funds[*fund].balances.iter();
                let mut legs: Vec<Leg> = open
                    .filter(|((kind, _), balance)| closes(*kind) && **balance != 0)
                    .map(|((kind, party), balance)| (*kind, party.clone(), -*balance))
                    .collect();
                let total: i64 = legs.iter().map(|(.., amount)| amount).sum();
                if total != 0 {
                    legs.push((A::Result, none(), -total));
                }
                if legs.len() < 2 {
                    return Vec::new();
                }
                one(*fund, T::CloseIncome, *day, legs)
            }
        }
    }

    /// Tries the transactions of one operation: all of them are written, or none.
    ///
    /// # Errors
    /// The refusal of the first that must be refused.
    pub fn attempt(&mut self, attempts: &[Attempt]) -> Result<(), Refusal> {
        let mut after = self.clone();
        for attempt in attempts {
            after.write(attempt)?;
        }
        *self = after;
        Ok(())
    }

    fn write(&mut self, attempt: &Attempt) -> Result<(), Refusal> {
        let fund = &mut self.funds[attempt.fund];
        if attempt.reverses.is_some_and(|n| fund.written[n].reversed) {
            return Err(Refusal::AlreadyReversed);
        }
        if fund
            .closed_through
            .is_some_and(|through| attempt.day <= through)
        {
            return Err(Refusal::PeriodClosed);
        }
        for (kind, party, amount) in &attempt.legs {
            let balance = fund.balances.entry((*kind, party.clone())).or_default();
            *balance += amount;
            match kind {
                AccountKind::Bank if *balance < 0 => {
                    return Err(Refusal::Overdrawn { by: -*balance });
                }
                AccountKind::Credit if *balance > 0 => {
                    return Err(Refusal::CreditSpent { by: *balance });
                }
                _ => {}
            }
        }
        // A document is posted once per kind of transaction, also by reversals.
        let twice = attempt
            .reverses
            .is_some_and(|n| fund.written[n].kind == TransactionKind::Reversal);
        if twice || attempt.again.is_some() {
            return Err(Refusal::PostedAlready);
        }
        if let Some(n) = attempt.reverses {
            fund.written[n].reversed = true;
        }
        fund.written.push(Written {
            kind: attempt.kind,
            legs: attempt.legs.clone(),
            reversed: false,
        });
        Ok(())
    }

    /// Closes a fund's ledger through a day; `false`: it is closed that far already.
    pub fn close_period(&mut self, fund: usize, through: NaiveDate) -> bool {
        let closed = &mut self.funds[fund].closed_through;
        if closed.is_some_and(|day| through <= day) {
            return false;
        }
        *closed = Some(through);
        true
    }
}
