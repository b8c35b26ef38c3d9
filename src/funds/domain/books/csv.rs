//! One row per posting (RFC 4180). Amounts are minor units, and no text is one that a spreadsheet takes for a formula.

use csv::Terminator;
use csv::WriterBuilder;

use super::BookFund;
use super::BookPosting;
use super::BookTransaction;
use crate::funds::domain::ledger::cell;

const HEADER: [&str; 22] = [
    "sequence",
    "transaction_id",
    "effective_date",
    "recorded_at",
    "kind",
    "document_ref",
    "mandate_id",
    "account",
    "party",
    "currency",
    "amount_minor",
    "balance_minor",
    "narration",
    "supplier",
    "reverses",
    "transaction_sequence",
    "hash",
    "fund",
    "fund_name",
    "custodian_holder",
    "custodian_institution",
    "custodian_account_ref",
];

/// The header.
pub fn preamble() -> String {
    rows(std::iter::once(HEADER.map(str::to_owned)))
}

/// A row for each posting.
pub fn transaction(fund: &BookFund, transaction: &BookTransaction) -> String {
    let row = |posting: &BookPosting| record(fund, transaction, posting);
    rows(transaction.postings.iter().map(row))
}

fn record(fund: &BookFund, t: &BookTransaction, posting: &BookPosting) -> [String; 22] {
    let number = |value: Option<i64>| value.map(|n| n.to_string()).unwrap_or_default();
    let text = |value: &Option<String>| cell(value.as_deref().unwrap_or_default());
    [
        number(posting.sequence),
        t.id.clone(),
        t.date.to_string(),
        t.recorded_at.clone(),
        t.kind.clone(),
        t.document.clone(),
        text(&t.decision),
        cell(&posting.account),
        cell(&posting.label),
        fund.currency.code().to_owned(),
        posting.amount.to_string(),
        number(posting.balance),
        cell(&t.narration),
        text(&t.supplier),
        text(&t.reverses),
        t.sequence.to_string(),
        t.hash.clone(),
        cell(&fund.code),
        cell(&fund.name),
        cell(&fund.custodian.holder),
        cell(&fund.custodian.institution),
        cell(&fund.custodian.account_ref),
    ]
}

/// Writing to memory does not fail, and what was written is UTF-8.
fn rows(records: impl Iterator<Item = [String; 22]>) -> String {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for record in records {
        writer.write_record(record).unwrap_or_default();
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
