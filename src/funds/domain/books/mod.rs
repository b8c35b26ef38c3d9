//! The books of a fund or of all funds of an alliance as text: CSV, beancount, and the common language of ledger
//! and hledger (fund.md 3.6).
//!
//! A book is written in one pass: a preamble, the accounts, the transactions in the order of their days, and the
//! balances that must come out. The writers are pure and hold nothing, so that a book of any length can be streamed.

mod beancount;
pub mod code;
mod csv;
mod ledger;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use crate::kernel::money::Currency;
use crate::kernel::money::format_minor;

crate::words! {
    /// How the books are written.
    pub enum Format {
        /// One row per posting, RFC 4180, amounts in minor units.
        Csv = "csv",
        /// For `bean-check` and its kin.
        Beancount = "beancount",
        /// For `ledger` and `hledger`.
        Ledger = "ledger",
    }
}

impl Format {
    /// The media type of a file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Beancount | Self::Ledger => "text/plain; charset=utf-8",
        }
    }

    /// The end of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Beancount => "beancount",
            Self::Ledger => "journal",
        }
    }
}

/// Who keeps the money of a fund: the ledger is a record, not a bank, and every book says so (fund.md 7.10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custodian {
    pub holder: String,
    pub institution: String,
    pub account_ref: String,
}

/// A fund of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFund {
    /// The component of its accounts' names, such as `D11-2026`.
    pub code: String,
    pub name: String,
    pub currency: Currency,
    pub custodian: Custodian,
}

/// An account that the book uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookAccount {
    /// Such as `Assets:Receivable:D11-2026:M-000123`.
    pub account: String,
    pub currency: Currency,
    /// Whom the last part of the name stands for.
    pub label: String,
    /// Of a bank account.
    pub custodian: Option<Custodian>,
}

/// A balanced transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTransaction {
    pub id: String,
    /// Place in the chain of its fund, from 1.
    pub sequence: i64,
    pub date: NaiveDate,
    /// RFC 3339.
    pub recorded_at: String,
    pub kind: String,
    /// The assessment, payment, expense … that it is written for.
    pub document: String,
    /// The mandate by which it was decided.
    pub decision: Option<String>,
    /// Who was paid.
    pub supplier: Option<String>,
    /// The transaction that it takes back.
    pub reverses: Option<String>,
    pub narration: String,
    /// Hash in the chain of its fund, in hexadecimal digits.
    pub hash: String,
    pub postings: Vec<BookPosting>,
}

/// One leg of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPosting {
    /// Place in the ledger of its fund; none where several were added up.
    pub sequence: Option<i64>,
    pub account: String,
    /// Whom the last part of the account's name stands for.
    pub label: String,
    /// Minor units: debit positive, credit negative.
    pub amount: i64,
    /// The account's balance after it; none where several accounts were added up.
    pub balance: Option<i64>,
}

impl BookPosting {
    /// What is told of those who were added up.
    fn added_up(&self) -> Option<&str> {
        let told = self.label.as_str();
        (self.sequence.is_none() && !told.is_empty()).then_some(told)
    }
}

/// What an account must read at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookBalance {
    pub account: String,
    pub currency: Currency,
    /// Minor units; liabilities and income are negative.
    pub amount: i64,
}

/// What stands before everything else.
pub fn preamble(format: Format, title: &str, funds: &[BookFund]) -> String {
    match format {
        Format::Csv => csv::preamble(),
        Format::Beancount => beancount::preamble(title, funds),
        Format::Ledger => ledger::preamble(title, funds),
    }
}

/// The declaration of an account.
pub fn account(format: Format, account: &BookAccount) -> String {
    match format {
        Format::Csv => String::new(),
        Format::Beancount => beancount::account(account),
        Format::Ledger => ledger::account(account),
    }
}

/// A transaction of a fund.
pub fn transaction(format: Format, fund: &BookFund, transaction: &BookTransaction) -> String {
    match format {
        Format::Csv => csv::transaction(fund, transaction),
        Format::Beancount => beancount::transaction(fund, transaction),
        Format::Ledger => ledger::transaction(fund, transaction),
    }
}

/// What an account must read after all transactions, the last of which is of `last`.
pub fn balance(format: Format, last: NaiveDate, balance: &BookBalance) -> String {
    match format {
        Format::Csv => String::new(),
        Format::Beancount => beancount::balance(last, balance),
        Format::Ledger => ledger::balance(balance),
    }
}

/// An amount with exactly the digits of its currency and nothing between them: `-1234.50`, and no point for JPY.
fn exact(amount: i64, currency: Currency) -> String {
    format_minor(amount, currency).replace(',', "")
}

/// The currencies of the funds, each once.
fn currencies(funds: &[BookFund]) -> Vec<Currency> {
    let mut found: Vec<Currency> = funds.iter().map(|fund| fund.currency).collect();
    found.sort_unstable_by_key(|currency| currency.code());
    found.dedup();
    found
}

/// A text on one line: what would end the line becomes a blank.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
