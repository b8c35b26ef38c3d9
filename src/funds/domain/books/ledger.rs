//! What both `ledger --strict --pedantic` and `hledger check --strict` take: every commodity, account and tag is
//! declared, and no text of a person stands where either program looks for syntax.

use super::BookAccount;
use super::BookBalance;
use super::BookFund;
use super::BookTransaction;
use super::currencies;
use super::exact;
use super::one_line;

/// The tags of a transaction; ledger's pedantry wants them declared.
const TAGS: [&str; 9] = [
    "id",
    "fund",
    "sequence",
    "kind",
    "document",
    "decision",
    "reverses",
    "recorded_at",
    "hash",
];

pub fn preamble(title: &str, funds: &[BookFund]) -> String {
    let mut text = comment(title);
    text.push_str("; This is a record, not a bank. The money is kept by the custodians:\n");
    for fund in funds {
        let custodian = &fund.custodian;
        text.push_str(&comment(&format!(
            "{} ({}): {}, {}, {}",
            fund.code, fund.name, custodian.holder, custodian.institution, custodian.account_ref
        )));
    }
    text.push('\n');
    for currency in currencies(funds) {
        text.push_str(&format!("commodity {currency}\n"));
        // Without digits the two programs disagree on how a format is written; both learn it from the amounts.
        if currency.exponent() > 0 {
            text.push_str(&format!("    format {} {currency}\n", exact(1, currency)));
        }
    }
    for tag in TAGS {
        text.push_str(&format!("tag {tag}\n"));
    }
    text
}

pub fn account(account: &BookAccount) -> String {
    let mut text = String::new();
    if !account.label.is_empty() {
        text.push_str(&comment(&account.label));
    }
    text.push_str(&format!("account {}\n", account.account));
    text
}

pub fn transaction(fund: &BookFund, transaction: &BookTransaction) -> String {
    let t = transaction;
    let payee = match &t.supplier {
        Some(supplier) => format!("{supplier}, {}", t.narration),
        None => t.narration.clone(),
    };
    let mut text = format!("\n{} * ({}) {}\n", t.date, t.sequence, plain(&payee));
    let sequence = t.sequence.to_string();
    let values = [
        Some(t.id.as_str()),
        Some(fund.code.as_str()),
        Some(sequence.as_str()),
        Some(t.kind.as_str()),
        Some(t.document.as_str()),
        t.decision.as_deref(),
        t.reverses.as_deref(),
        Some(t.recorded_at.as_str()),
        Some(t.hash.as_str()),
    ];
    for (tag, value) in TAGS.iter().zip(values) {
        if let Some(value) = value {
            text.push_str(&format!("    ; {tag}: {}\n", plain(value)));
        }
    }
    for posting in &t.postings {
        let amount = exact(posting.amount, fund.currency);
        text.push_str(&format!(
            "    {}  {amount} {}\n",
            posting.account, fund.currency
        ));
        if let Some(told) = posting.added_up() {
            text.push_str(&format!("    ; {}\n", plain(told)));
        }
    }
    text
}

/// Neither program has an assertion outside a transaction that the other understands: a comment, for people.
pub fn balance(balance: &BookBalance) -> String {
    let amount = exact(balance.amount, balance.currency);
    comment(&format!(
        "{} ends at {amount} {}",
        balance.account, balance.currency
    ))
}

/// A line that both programs pass over.
fn comment(text: &str) -> String {
    format!("; {}\n", one_line(text))
}

/// A text of a person with nothing in it that begins a comment, a payee, a date or a tag.
fn plain(text: &str) -> String {
    let replaced: String = one_line(text)
        .chars()
        .map(|character| match character {
            ';' => ',',
            '|' => '/',
            '[' => '(',
            ']' => ')',
            other => other,
        })
        .collect();
    replaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
