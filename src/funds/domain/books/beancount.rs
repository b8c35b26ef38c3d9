//! Beancount. A `balance` directive tolerates a unit of the last digit unless it is told `~ 0`.

use std::fmt::Write as _;

use chrono::Days;
use chrono::NaiveDate;

use super::BookAccount;
use super::BookBalance;
use super::BookFund;
use super::BookTransaction;
use super::currencies;
use super::exact;
use super::one_line;

/// Accounts and commodities are there from the beginning.
const ALWAYS: &str = "1970-01-01";

pub fn preamble(title: &str, funds: &[BookFund]) -> String {
    let mut text = format!("option \"title\" {}\n", quoted(title));
    for currency in currencies(funds) {
        text.push_str(&format!("option \"operating_currency\" \"{currency}\"\n"));
    }
    text.push_str("; This is a record, not a bank. The money is kept by the custodians:\n");
    for fund in funds {
        let custodian = &fund.custodian;
        let line = format!(
            "; {} ({}): {}, {}, {}",
            fund.code, fund.name, custodian.holder, custodian.institution, custodian.account_ref
        );
        text.push_str(&one_line(&line));
        text.push('\n');
    }
    text.push('\n');
    for currency in currencies(funds) {
        text.push_str(&format!("{ALWAYS} commodity {currency}\n"));
    }
    text
}

pub fn account(account: &BookAccount) -> String {
    let mut text = format!("{ALWAYS} open {} {}\n", account.account, account.currency);
    if !account.label.is_empty() {
        text.push_str(&meta("name", &account.label));
    }
    if let Some(custodian) = &account.custodian {
        text.push_str(&meta("custodian_holder", &custodian.holder));
        text.push_str(&meta("custodian_institution", &custodian.institution));
        text.push_str(&meta("custodian_account_ref", &custodian.account_ref));
    }
    text
}

pub fn transaction(fund: &BookFund, transaction: &BookTransaction) -> String {
    let t = transaction;
    let payee = t.supplier.as_deref().map(quoted).unwrap_or_default();
    let gap = if payee.is_empty() { "" } else { " " };
    let narration = quoted(&t.narration);
    let mut text = format!("\n{} * {payee}{gap}{narration}\n", t.date);
    text.push_str(&meta("id", &t.id));
    text.push_str(&meta("fund", &fund.code));
    text.push_str(&format!("  sequence: {}\n", t.sequence));
    text.push_str(&meta("kind", &t.kind));
    text.push_str(&meta("document", &t.document));
    for (key, value) in [("decision", &t.decision), ("reverses", &t.reverses)] {
        if let Some(value) = value {
            text.push_str(&meta(key, value));
        }
    }
    text.push_str(&meta("recorded_at", &t.recorded_at));
    text.push_str(&meta("hash", &t.hash));
    for posting in &t.postings {
        let amount = exact(posting.amount, fund.currency);
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {}  {amount} {}", posting.account, fund.currency);
        if let Some(told) = posting.added_up() {
            let _ = writeln!(text, "    ; {told}");
        }
    }
    text
}

/// Assertions hold at the beginning of their day.
pub fn balance(last: NaiveDate, balance: &BookBalance) -> String {
    let day = last.checked_add_days(Days::new(1)).unwrap_or(last);
    let amount = exact(balance.amount, balance.currency);
    format!(
        "{day} balance {}  {amount} ~ 0 {}\n",
        balance.account, balance.currency
    )
}

fn meta(key: &str, value: &str) -> String {
    format!("  {key}: {}\n", quoted(value))
}

/// A string: quotes and backslashes are escaped, and so is what would break its line.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            other if other.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
