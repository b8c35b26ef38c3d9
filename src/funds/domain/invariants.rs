//! The invariants of the ledger, F1 to F10 (fund.md 3.3), over rows that are handed in one transaction after another.
//!
//! The ledger is written so that they hold; this module trusts nothing of that and counts again.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use crate::funds::domain::chain::Walk;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::worth::Worth;

crate::words! {
    /// The invariants of the ledger.
    pub enum Invariant {
        /// A transaction has at least two postings, none of zero, and sums to zero in its one fund.
        F1 = "F1",
        /// Nothing was changed or removed; corrections are reversals; closed periods stay closed.
        F2 = "F2",
        /// No bank account was ever overdrawn.
        F3 = "F3",
        /// No member's credit ever turned into a debt.
        F4 = "F4",
        /// Money moved for documents of its own fund.
        F5 = "F5",
        /// A document is posted once.
        F6 = "F6",
        /// All accounts sum to zero and hold what was posted; income less expenses less refunds is what is there.
        F7 = "F7",
        /// The notices of a budget sum to the budget.
        F8 = "F8",
        /// Nobody got back more cash than it paid.
        F9 = "F9",
        /// What is given in kind touches no bank account and is not refunded.
        F10 = "F10",
    }
}

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub invariant: Invariant,
    /// Code of the fund.
    pub fund: String,
    /// Place of the transaction in the fund's chain, where there is one.
    pub transaction: Option<i64>,
    pub detail: String,
}

/// A posting as it is stored; amounts in minor units.
#[derive(Debug, Clone)]
pub struct Posted {
    pub account: Uuid,
    /// None: a word that is no kind of account.
    pub kind: Option<AccountKind>,
    /// The funds of the posting and of its account.
    pub funds: (Uuid, Uuid),
    pub sequence: i64,
    pub amount: i64,
    pub balance: i64,
}

/// A transaction as it is stored.
#[derive(Debug, Clone)]
pub struct Entry {
    pub sequence: i64,
    /// The number of postings that it claims.
    pub claimed: i64,
    pub effective: NaiveDate,
    /// Milliseconds since 1970.
    pub recorded: i64,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    /// The hash that its content has.
    pub computed: Vec<u8>,
    pub postings: Vec<Posted>,
}

/// An account as it is stored.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: Uuid,
    pub kind: Option<AccountKind>,
    pub party: String,
    pub balance: i64,
}

/// A close of a part of the ledger: through which day, and when it was closed, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    pub through: NaiveDate,
    pub at: i64,
}

/// Findings of one fund that are kept.
const MOST: usize = 100;

/// Counts the ledger of one fund again.
#[derive(Debug)]
pub struct Recount {
    fund: Uuid,
    code: String,
    closes: Vec<Closed>,
    walk: Walk,
    newest_posting: i64,
    balances: HashMap<Uuid, i128>,
    broken: bool,
    findings: Vec<Finding>,
}

impl Recount {
    /// Begins with a fund in which nothing was posted.
    pub fn new(fund: Uuid, code: String, closes: Vec<Closed>) -> Self {
        Self {
            fund,
            code,
            closes,
            walk: Walk::default(),
            newest_posting: 0,
            balances: HashMap::new(),
            broken: false,
            findings: Vec::new(),
        }
    }

    /// A part of the ledger was closed.
    pub fn closed(&mut self, close: Closed) {
        self.closes.push(close);
    }

    /// The place of the newest transaction that was counted.
    pub const fn sequence(&self) -> i64 {
        self.walk.sequence()
    }

    /// What was found so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether the chain is broken: nothing after that place can be counted on.
    pub const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Reports something that must not be.
    pub fn find(&mut self, invariant: Invariant, transaction: Option<i64>, detail: String) {
        if self.findings.len() < MOST {
            self.findings.push(Finding {
                invariant,
                fund: self.code.clone(),
                transaction,
                detail,
            });
        }
    }

    /// Counts the next transaction of the chain.
    pub fn pass(&mut self, entry: &Entry) {
        self.check_balance(entry);
        self.check_chain(entry);
        self.check_in_kind(entry);
        for posting in &entry.postings {
            self.check_posting(entry, posting);
        }
    }

    /// F1.
    fn check_balance(&mut self, entry: &Entry) {
        let at = Some(entry.sequence);
        let count = entry.postings.len();
        if count < 2 || i64::try_from(count) != Ok(entry.claimed) {
            let detail = format!("{count} postings are stored, {} were posted", entry.claimed);
            self.find(Invariant::F1, at, detail);
        }
        let sum: i128 = entry.postings.iter().map(|p| i128::from(p.amount)).sum();
        if sum != 0 {
            self.find(Invariant::F1, at, format!("the postings sum to {sum}"));
        }
        let fund = self.fund;
        let strange = |p: &&Posted| p.amount == 0 || p.funds != (fund, fund);
        let strange = entry.postings.iter().filter(strange).count();
        if strange > 0 {
            let detail = format!("{strange} postings are of zero or of another fund");
            self.find(Invariant::F1, at, detail);
        }
    }

    /// F2: the chain, the order of the postings, and closed periods.
    fn check_chain(&mut self, entry: &Entry) {
        let at = Some(entry.sequence);
        let passed = self.walk.pass(
            entry.sequence,
            &entry.previous_hash,
            &entry.hash,
            &entry.computed,
        );
        if let Err(broken) = passed {
            self.broken = true;
            self.find(Invariant::F2, at, broken.to_string());
        }
        let late = self
            .closes
            .iter()
            .find(|c| entry.effective <= c.through && entry.recorded > c.at);
        if let Some(close) = late {
            let detail = format!(
                "posted on {} after {} was closed",
                entry.effective, close.through
            );
            self.find(Invariant::F2, at, detail);
        }
        for posting in &entry.postings {
            if posting.sequence != self.newest_posting + 1 {
                let detail = format!(
                    "posting {} stands after {}",
                    posting.sequence, self.newest_posting
                );
                self.find(Invariant::F2, at, detail);
            }
            self.newest_posting = posting.sequence;
        }
    }

    /// F10: no bank account in a transaction of gifts in kind.
    fn check_in_kind(&mut self, entry: &Entry) {
        let has = |kind: AccountKind| entry.postings.iter().any(|p| p.kind == Some(kind));
        let in_kind = has(AccountKind::InKind) || has(AccountKind::InKindSpent);
        let closing = has(AccountKind::Result);
        if in_kind && !closing && has(AccountKind::Bank) {
            let detail = "a gift in kind touches a bank account".to_owned();
            self.find(Invariant::F10, Some(entry.sequence), detail);
        }
    }

    /// F3, F4, F7: the balance after a posting.
    fn check_posting(&mut self, entry: &Entry, posting: &Posted) {
        let at = Some(entry.sequence);
        let balance = self.balances.entry(posting.account).or_default();
        *balance += i128::from(posting.amount);
        let balance = *balance;
        if balance != i128::from(posting.balance) {
            let detail = format!(
                "posting {} says that the account holds {}, not {balance}",
                posting.sequence, posting.balance
            );
            self.find(Invariant::F7, at, detail);
        }
        match posting.kind {
            Some(AccountKind::Bank) if balance < 0 => {
                let detail = format!("the bank account is overdrawn by {}", -balance);
                self.find(Invariant::F3, at, detail);
            }
            Some(AccountKind::Credit) if balance > 0 => {
                let detail = format!("a member's credit is overdrawn by {balance}");
                self.find(Invariant::F4, at, detail);
            }
            Some(_) => {}
            None => {
                let detail = format!("posting {} is on no kind of account", posting.sequence);
                self.find(Invariant::F7, at, detail);
            }
        }
    }

    /// Compares the accounts with what was counted (F7), without ending the count.
    pub fn compare(&mut self, accounts: &[Held]) {
        let mut total: i128 = 0;
        for account in accounts {
            total += i128::from(account.balance);
            let counted = self.balances.get(&account.id).copied().unwrap_or(0);
            if counted != i128::from(account.balance) {
                let kind = account.kind.map_or("?", AccountKind::as_str);
                let detail = format!(
                    "account {kind} {} holds {}, its postings {counted}",
                    account.party, account.balance
                );
                self.find(Invariant::F7, None, detail);
            }
        }
        if total != 0 {
            self.find(Invariant::F7, None, format!("the accounts sum to {total}"));
        }
        if accounts.len() < self.balances.len() {
            let missing = self.balances.len() - accounts.len();
            self.find(
                Invariant::F7,
                None,
                format!("{missing} accounts are missing"),
            );
        }
        let balances = accounts.iter().filter_map(|a| Some((a.kind?, a.balance)));
        let worth = Worth::of(balances.filter(|(kind, _)| *kind != AccountKind::Result));
        let result = accounts
            .iter()
            .filter(|a| a.kind == Some(AccountKind::Result))
            .map(|a| a.balance);
        let both = worth.and_then(|w| Ok((w.net_assets()?, w.holdings()?)));
        match both {
            Ok((net, held))
                if i128::from(net) - result.map(i128::from).sum::<i128>() == held.into() => {}
            Ok((net, held)) => {
                let detail =
                    format!("income less expenses less refunds is {net}, and {held} is there");
                self.find(Invariant::F7, None, detail);
            }
            Err(overflow) => self.find(Invariant::F7, None, overflow.to_string()),
        }
    }

    /// Ends the count with the newest transaction that the fund claims to have.
    pub fn end(mut self, accounts: &[Held]) -> Vec<Finding> {
        if !self.broken {
            self.compare(accounts);
        }
        self.findings
    }
}

#[cfg(test)]
mod tests;
