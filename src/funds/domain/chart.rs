//! The chart of accounts of a fund, and the kinds of transactions that move it (fund.md 3.3).
//!
//! Debits are positive, credits negative. Accounts of members carry the membership as their party, accounts of
//! spending the line, accounts of suppliers and sponsors a name.

crate::words! {
    /// Kinds of accounts.
    pub enum AccountKind {
        /// The fund's part of the one bank account. Never below zero (F3).
        Bank = "bank",
        /// What a member owes.
        Receivable = "receivable",
        /// What the fund owes a supplier.
        Payable = "payable",
        /// What the fund owes a member: money that arrived above what was due. Never a debt of the member (F4).
        Credit = "credit",
        /// What a member was charged.
        Levy = "levy",
        /// What a member got back: reduces the income.
        LevyRefunded = "levy_refunded",
        /// What a sponsor adds.
        Match = "match",
        /// What a sponsor got back: reduces the income.
        MatchReturned = "match_returned",
        /// What somebody gave in kind.
        InKind = "in_kind",
        /// What was spent on a line.
        Spend = "spend",
        /// What was used of gifts in kind.
        InKindSpent = "in_kind_spent",
        /// What a member will not pay any more.
        WriteOff = "write_off",
        /// Money from another fund.
        TransferIn = "transfer_in",
        /// Money to another fund.
        TransferOut = "transfer_out",
        /// Takes income and spending in at the close, and reads zero after it.
        Result = "result",
    }
}

/// On which side an account grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Assets and expenses: positive balances.
    Debit,
    /// Liabilities, income and equity: negative balances.
    Credit,
}

impl AccountKind {
    /// First part of the account's name, by its type.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Bank => "Assets:Bank",
            Self::Receivable => "Assets:Receivable",
            Self::Payable => "Liabilities:Payable",
            Self::Credit => "Liabilities:Credit",
            Self::Levy => "Income:Levy",
            Self::LevyRefunded => "Income:LevyRefunded",
            Self::Match => "Income:Match",
            Self::MatchReturned => "Income:MatchReturned",
            Self::InKind => "Income:InKind",
            Self::Spend => "Expenses:Spend",
            Self::InKindSpent => "Expenses:InKind",
            Self::WriteOff => "Expenses:WriteOff",
            Self::TransferIn => "Income:TransferIn",
            Self::TransferOut => "Expenses:TransferOut",
            Self::Result => "Equity:Result",
        }
    }

    /// Where the account's normal balance stands.
    pub const fn normal_side(self) -> Side {
        match self {
            Self::Bank
            | Self::Receivable
            | Self::LevyRefunded
            | Self::MatchReturned
            | Self::Spend
            | Self::InKindSpent
            | Self::WriteOff
            | Self::TransferOut => Side::Debit,
            Self::Payable
            | Self::Credit
            | Self::Levy
            | Self::Match
            | Self::InKind
            | Self::TransferIn
            | Self::Result => Side::Credit,
        }
    }

    /// Whether the balance may never pass zero to the other side (F3, F4).
    pub const fn is_covered(self) -> bool {
        matches!(self, Self::Bank | Self::Credit)
    }

    /// Whether a balance is one that the account may have.
    pub const fn admits(self, balance: i64) -> bool {
        match self.normal_side() {
            Side::Debit => !self.is_covered() || balance >= 0,
            Side::Credit => !self.is_covered() || balance <= 0,
        }
    }

    /// Whether the account tells what one member owes, paid or got: others may not read it.
    pub const fn is_of_member(self) -> bool {
        match self {
            Self::Receivable | Self::Credit | Self::Levy | Self::LevyRefunded | Self::WriteOff => {
                true
            }
            Self::Bank
            | Self::Payable
            | Self::Match
            | Self::MatchReturned
            | Self::InKind
            | Self::Spend
            | Self::InKindSpent
            | Self::TransferIn
            | Self::TransferOut
            | Self::Result => false,
        }
    }

    /// The name of an account: `Assets:Bank:D11-2026`, `Expenses:Spend:D11-2026:posters`.
    pub fn name(self, code: &str, party: &str) -> String {
        if party.is_empty() {
            format!("{}:{code}", self.prefix())
        } else {
            format!("{}:{code}:{party}", self.prefix())
        }
    }
}

crate::words! {
    /// Why money moved.
    pub enum TransactionKind {
        /// Levy notices were issued.
        Levy = "levy",
        /// A member paid.
        Payment = "payment",
        /// A member's credit paid a notice.
        CreditAllocation = "credit_allocation",
        /// A member's credit was paid out.
        CreditPayout = "credit_payout",
        /// A payment came to nothing; reverses it.
        Bounce = "bounce",
        /// Less is due than was billed.
        CreditNote = "credit_note",
        /// More is due than was billed.
        DebitNote = "debit_note",
        /// A pledge became a debt.
        Pledge = "pledge",
        /// A debt is given up.
        WriteOff = "write_off",
        /// A supplier billed.
        Payable = "payable",
        /// An expense was paid.
        Expense = "expense",
        /// A sponsor's match arrived.
        SponsorMatch = "sponsor_match",
        /// Unspent money of a sponsor went back.
        SponsorReturn = "sponsor_return",
        /// Something was given in kind.
        InKind = "in_kind",
        /// Money left for another fund.
        TransferOut = "transfer_out",
        /// Money came from another fund.
        TransferIn = "transfer_in",
        /// A member got unspent money back.
        Refund = "refund",
        /// A refund paid what the member owed.
        Offset = "offset",
        /// A refund went to another fund.
        Rollover = "rollover",
        /// A mistake is taken back; names the original.
        Reversal = "reversal",
        /// At the close, income moves to the result.
        CloseIncome = "close_income",
        /// At the close, spending and refunds move to the result.
        CloseSpending = "close_spending",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_and_a_credit_stay_on_their_side() {
        assert!(AccountKind::Bank.admits(0) && !AccountKind::Bank.admits(-1));
        assert!(AccountKind::Credit.admits(0) && !AccountKind::Credit.admits(1));
        assert!(AccountKind::Receivable.admits(-1) && AccountKind::Levy.admits(1));
    }

    #[test]
    fn accounts_are_named_by_type_fund_and_party() {
        assert_eq!(
            AccountKind::Bank.name("D11-2026", ""),
            "Assets:Bank:D11-2026"
        );
        assert_eq!(
            AccountKind::Credit.name("D11-2026", "M-1"),
            "Liabilities:Credit:D11-2026:M-1"
        );
    }
}
