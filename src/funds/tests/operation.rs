//! What somebody may do to a ledger, and how to draw it at random.

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::TransactionKind;

/// Members and lines of spending of the model.
pub const MEMBERS: usize = 4;
pub const LINES: usize = 3;
/// Funds of the model.
pub const FUNDS: usize = 2;

/// Something that somebody does to a ledger; amounts in minor units.
#[derive(Debug, Clone)]
pub enum Operation {
    /// Notices of these amounts to the members, on a day.
    Levy {
        fund: usize,
        amounts: Vec<i64>,
        day: u64,
    },
    /// A member pays: what it owes first, the rest is its credit.
    Pay {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    /// Credit pays what the member owes, at most this.
    UseCredit {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    /// Credit is paid out.
    PayOut {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    CreditNote {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    DebitNote {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    WriteOff {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    /// A supplier bills; it is paid later, or at once.
    Bill {
        fund: usize,
        line: usize,
        amount: i64,
        day: u64,
    },
    PayBill {
        fund: usize,
        line: usize,
        amount: i64,
        day: u64,
    },
    Spend {
        fund: usize,
        line: usize,
        amount: i64,
        day: u64,
    },
    Match {
        fund: usize,
        amount: i64,
        day: u64,
    },
    ReturnMatch {
        fund: usize,
        amount: i64,
        day: u64,
    },
    InKind {
        fund: usize,
        line: usize,
        amount: i64,
        day: u64,
    },
    /// From this fund to the other.
    Transfer {
        fund: usize,
        amount: i64,
        day: u64,
    },
    Refund {
        fund: usize,
        member: usize,
        amount: i64,
        day: u64,
    },
    /// Takes back one of the transactions so far.
    Reverse {
        fund: usize,
        which: usize,
        day: u64,
    },
    /// Posts a document again that was posted.
    Again {
        fund: usize,
        which: usize,
    },
    /// Closes the ledger through a day.
    ClosePeriod {
        fund: usize,
        day: u64,
    },
    /// Income and spending move to the result.
    CloseAccounts {
        fund: usize,
        day: u64,
    },
}

pub fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let fund = || 0..FUNDS;
    let member = || 0..MEMBERS;
    let line = || 0..LINES;
    let day = || 0..60_u64;
    // Small and large, so that accounts run dry and fill again.
    let amount = || prop_oneof![3 => 1..500_i64, 2 => 1..50_000_i64, 1 => 1..5_000_000_i64];
    let amounts = proptest::collection::vec(amount(), MEMBERS);
    let of_member = || (fund(), member(), amount(), day());
    let of_line = || (fund(), line(), amount(), day());
    let of_fund = || (fund(), amount(), day());
    let which = || 0..1_000_usize;
    prop_oneof![
        3 => (fund(), amounts, day()).prop_map(|(fund, amounts, day)| O::Levy { fund, amounts, day }),
        8 => of_member().prop_map(|(fund, member, amount, day)| O::Pay { fund, member, amount, day }),
        2 => of_member().prop_map(|(fund, member, amount, day)| O::UseCredit { fund, member, amount, day }),
        2 => of_member().prop_map(|(fund, member, amount, day)| O::PayOut { fund, member, amount, day }),
        1 => of_member().prop_map(|(fund, member, amount, day)| O::CreditNote { fund, member, amount, day }),
        1 => of_member().prop_map(|(fund, member, amount, day)| O::DebitNote { fund, member, amount, day }),
        1 => of_member().prop_map(|(fund, member, amount, day)| O::WriteOff { fund, member, amount, day }),
        2 => of_line().prop_map(|(fund, line, amount, day)| O::Bill { fund, line, amount, day }),
        2 => of_line().prop_map(|(fund, line, amount, day)| O::PayBill { fund, line, amount, day }),
        4 => of_line().prop_map(|(fund, line, amount, day)| O::Spend { fund, line, amount, day }),
        2 => of_fund().prop_map(|(fund, amount, day)| O::Match { fund, amount, day }),
        1 => of_fund().prop_map(|(fund, amount, day)| O::ReturnMatch { fund, amount, day }),
        1 => of_line().prop_map(|(fund, line, amount, day)| O::InKind { fund, line, amount, day }),
        2 => of_fund().prop_map(|(fund, amount, day)| O::Transfer { fund, amount, day }),
        2 => of_member().prop_map(|(fund, member, amount, day)| O::Refund { fund, member, amount, day }),
        3 => (fund(), which(), day()).prop_map(|(fund, which, day)| O::Reverse { fund, which, day }),
        1 => (fund(), which()).prop_map(|(fund, which)| O::Again { fund, which }),
        1 => (fund(), 0..40_u64).prop_map(|(fund, day)| O::ClosePeriod { fund, day }),
        1 => (fund(), day()).prop_map(|(fund, day)| O::CloseAccounts { fund, day }),
    ]
}

/// One leg: kind of account, party, amount.
pub type Leg = (AccountKind, String, i64);

/// A transaction that is to be tried.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub fund: usize,
    pub kind: TransactionKind,
    pub day: NaiveDate,
    pub legs: Vec<Leg>,
    /// The number of the transaction of the fund that it takes back.
    pub reverses: Option<usize>,
    /// The number of the transaction of the fund whose document it posts again.
    pub again: Option<usize>,
}

/// Why the ledger must refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    Overdrawn { by: i64 },
    CreditSpent { by: i64 },
    PeriodClosed,
    AlreadyReversed,
    PostedAlready,
}
