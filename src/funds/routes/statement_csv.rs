//! A member's statement as CSV (RFC 4180): opening, one row per line, closing; amounts in minor units.

use crate::funds::domain::ledger::cell;
use crate::funds::service::statement::Statement;
use crate::funds::service::statement::StatementLine;

const HEADER: [&str; 13] = [
    "row",
    "effective_date",
    "fund",
    "kind",
    "document_ref",
    "transaction_id",
    "narration",
    "currency",
    "due_minor",
    "balance_minor",
    "refunded_minor",
    "in_kind_minor",
    "custodian",
];

/// The whole statement. Writing to memory does not fail.
pub fn of(statement: &Statement) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(HEADER).unwrap_or_default();
    let day = |day: Option<chrono::NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
    let edge = |row: &str, on: String, balance: i64| {
        let mut record: [String; 13] = Default::default();
        record[0] = row.to_owned();
        record[1] = on;
        record[9] = balance.to_string();
        record
    };
    let (from, to) = (day(statement.wanted.from), day(statement.wanted.to));
    let opening = edge("opening", from, statement.opening_minor);
    writer.write_record(opening).unwrap_or_default();
    for line in &statement.lines.items {
        writer
            .write_record(record(statement, line))
            .unwrap_or_default();
    }
    let closing = edge("closing", to, statement.closing_minor);
    writer.write_record(closing).unwrap_or_default();
    for share in &statement.funds {
        let mut record = edge("share_of_spend", String::new(), share.share_of_spend_minor);
        record[2] = cell(&share.fund.code);
        record[7] = share.fund.currency.clone();
        record[12] = custodian(&share.fund);
        writer.write_record(record).unwrap_or_default();
    }
    writer.into_inner().unwrap_or_default()
}

fn custodian(fund: &crate::funds::repo::Fund) -> String {
    cell(&format!(
        "{}, {}, {}",
        fund.custodian_holder, fund.custodian_institution, fund.custodian_account_ref
    ))
}

fn record(statement: &Statement, line: &StatementLine) -> [String; 13] {
    let row = &line.movement;
    let fund = statement
        .funds
        .iter()
        .find(|share| share.fund.id == row.fund_id);
    let fund = fund.map(|share| &share.fund);
    [
        "line".to_owned(),
        row.effective_date.to_string(),
        fund.map(|fund| cell(&fund.code)).unwrap_or_default(),
        row.kind.clone(),
        row.document_ref.to_string(),
        row.id.to_string(),
        cell(&row.narration),
        fund.map(|fund| fund.currency.clone()).unwrap_or_default(),
        row.due_minor.to_string(),
        line.balance_minor.to_string(),
        row.refunded_minor.to_string(),
        row.in_kind_minor.to_string(),
        fund.map(custodian).unwrap_or_default(),
    ]
}
