//! Previews and comparisons as CSV (RFC 4180): amounts in minor units, and no text that a spreadsheet takes for a
//! formula.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::funds::domain::ledger::cell;
use crate::funds::domain::plan::Line;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Taken;
use crate::funds::service::previews::Comparison;
use crate::funds::service::previews::Preview;
use crate::funds::service::previews::Row;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refusal;

/// The word for the direction of a policy.
pub fn direction(plan: &Plan) -> &'static str {
    match plan.method {
        Method::Budget(_) => "budget",
        Method::Rate(_) => "rate",
    }
}

/// What rounding added to a line, as a fraction.
pub fn rounding(line: &Line) -> String {
    (BigRational::from_integer(BigInt::from(line.amount)) - &line.exact).to_string()
}

fn table(header: &[&str], records: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(header).map_err(anyhow::Error::new)?;
    for record in records {
        writer.write_record(record).map_err(anyhow::Error::new)?;
    }
    let bytes = writer.into_inner();
    Ok(bytes.map_err(|error| anyhow::anyhow!("{error}"))?)
}

const PREVIEW: [&str; 12] = [
    "membership_id",
    "merchant_name",
    "class",
    "owner",
    "sizes",
    "currency",
    "amount_minor",
    "exact_share",
    "rounding",
    "exempt",
    "steps",
    "error",
];

/// One record per member.
///
/// # Errors
/// When the table cannot be written.
pub fn preview(found: &Preview) -> Result<Vec<u8>, Failure> {
    let currency = found.alliance.currency.code();
    table(
        &PREVIEW,
        found.rows.iter().map(|row| previewed(row, currency)),
    )
}

fn previewed(row: &Row, currency: &str) -> Vec<String> {
    let line = row.outcome.as_ref().ok();
    let error = row.outcome.as_ref().err().and_then(Option::as_ref);
    let text = |text: Option<&String>| cell(text.map_or("", String::as_str));
    let sizes = row.entry.used.iter().map(|used| {
        let (measure, value, status) = (&used.measure, used.value, &used.status);
        format!("{measure}={value} ({status})")
    });
    let steps = line.map(|line| line.steps.iter().map(Taken::sentence).collect::<Vec<_>>());
    vec![
        row.entry.member.membership.to_string(),
        cell(&row.entry.member.name),
        text(row.class.as_ref()),
        text(row.owner.as_ref()),
        cell(&sizes.collect::<Vec<_>>().join("; ")),
        currency.to_owned(),
        line.map(|line| line.amount.to_string()).unwrap_or_default(),
        line.map(|line| line.exact.to_string()).unwrap_or_default(),
        line.map(|line| cell(&rounding(line))).unwrap_or_default(),
        line.map(|line| line.exempt.to_string()).unwrap_or_default(),
        cell(&steps.unwrap_or_default().join("; ")),
        error.map_or_else(String::new, |one| one.refusal.kind().code.to_owned()),
    ]
}

const COMPARISON: [&str; 6] = [
    "membership_id",
    "merchant_name",
    "currency",
    "left_minor",
    "right_minor",
    "difference_minor",
];

/// One record per member.
///
/// # Errors
/// When the table cannot be written.
pub fn comparison(found: &Comparison) -> Result<Vec<u8>, Failure> {
    let currency = found.left.alliance.currency.code();
    let amount = |amount: Option<i64>| amount.map(|a| a.to_string()).unwrap_or_default();
    let records = found.changes.iter().map(|change| {
        vec![
            change.membership.to_string(),
            cell(&change.name),
            currency.to_owned(),
            amount(change.left_minor),
            amount(change.right_minor),
            amount(change.difference()),
        ]
    });
    table(&COMPARISON, records)
}
