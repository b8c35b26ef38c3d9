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
    /// An amount from one account to another.
    Move {
        what: Move,
        fund: usize,
        /// The member or the line, counted round.
        party: usize,
        amount: i64,
        day: u64,
    },
    /// From this fund to the other.
    Transfer { fund: usize, amount: i64, day: u64 },
    /// Takes back one of the transactions so far.
    Reverse { fund: usize, which: usize, day: u64 },
    /// Posts a document again that was posted.
    Again { fund: usize, which: usize },
    /// Closes the ledger through a day.
    ClosePeriod { fund: usize, day: u64 },
    /// Income and spending move to the result.
    CloseAccounts { fund: usize, day: u64 },
}

/// What moves an amount from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Credit pays what the member owes.
    UseCredit,
    /// Credit is paid out.
    PayOut,
    CreditNote,
    DebitNote,
    WriteOff,
    Refund,
    /// A supplier bills; it is paid later, or at once.
    Bill,
    PayBill,
    Spend,
    InKind,
    Match,
    ReturnMatch,
}

impl Move {
    /// How often it is drawn, the transaction that it is, and the accounts that it debits and credits.
    pub const TABLE: [(u32, Self, TransactionKind, AccountKind, AccountKind); 12] = {
        use AccountKind as A;
        use TransactionKind as T;
        [
            (
                2,
                Self::UseCredit,
                T::CreditAllocation,
                A::Credit,
                A::Receivable,
            ),
            (2, Self::PayOut, T::CreditPayout, A::Credit, A::Bank),
            (1, Self::CreditNote, T::CreditNote, A::Levy, A::Receivable),
            (1, Self::DebitNote, T::DebitNote, A::Receivable, A::Levy),
            (1, Self::WriteOff, T::WriteOff, A::WriteOff, A::Receivable),
            (2, Self::Refund, T::Refund, A::LevyRefunded, A::Bank),
            (2, Self::Bill, T::Payable, A::Spend, A::Payable),
            (2, Self::PayBill, T::Expense, A::Payable, A::Bank),
            (4, Self::Spend, T::Expense, A::Spend, A::Bank),
            (1, Self::InKind, T::InKind, A::InKindSpent, A::InKind),
            (2, Self::Match, T::SponsorMatch, A::Bank, A::Match),
            (
                1,
                Self::ReturnMatch,
                T::SponsorReturn,
                A::MatchReturned,
                A::Bank,
            ),
        ]
    };
}

pub fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let fund = || 0..FUNDS;
    let day = || 0..60_u64;
    // Small and large, so that accounts run dry and fill again.
    let amount = || prop_oneof![3 => 1..500_i64, 2 => 1..50_000_i64, 1 => 1..5_000_000_i64];
    let amounts = proptest::collection::vec(amount(), MEMBERS);
    let drawn = Move::TABLE.map(|(weight, what, ..)| (weight, Just(what)));
    let moves = proptest::strategy::Union::new_weighted(drawn.to_vec());
    let moves = (moves, fund(), 0..MEMBERS * LINES, amount(), day());
    let which = || 0..1_000_usize;
    prop_oneof![
        3 => (fund(), amounts, day()).prop_map(|(fund, amounts, day)| O::Levy { fund, amounts, day }),
        8 => (fund(), 0..MEMBERS, amount(), day()).prop_map(|(fund, member, amount, day)| O::Pay { fund, member, amount, day }),
        21 => moves.prop_map(|(what, fund, party, amount, day)| O::Move { what, fund, party, amount, day }),
        2 => (fund(), amount(), day()).prop_map(|(fund, amount, day)| O::Transfer { fund, amount, day }),
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
