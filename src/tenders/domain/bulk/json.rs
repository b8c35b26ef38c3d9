//! Lines as JSON: one document with `lines`, or one object per row (NDJSON).

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

use crate::kernel::time::CONTENT_MARK;
use crate::tenders::domain::bulk::Catalogue;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::Outcome;
use crate::tenders::domain::bulk::Parsed;
use crate::tenders::domain::bulk::table::MAX_FAULTS;
use crate::tenders::domain::offer::MAX_LINES;
use crate::tenders::domain::offer::OfferLine;

/// A document of lines.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    currency: Option<String>,
    lines: Vec<Value>,
}

/// Reads one document.
///
/// # Errors
/// Every fault.
pub fn parse(bytes: &[u8], catalogue: &Catalogue<'_>) -> Outcome {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(vec![Fault::of_file("empty_file")]);
    }
    let document: Document =
        serde_json::from_slice(bytes).map_err(|_| vec![Fault::of_file("invalid_json")])?;
    if document.currency.is_some_and(|c| c != catalogue.currency) {
        return Err(vec![Fault {
            field: Some("currency".to_owned()),
            ..Fault::of_file("currency_differs_from_tender")
        }]);
    }
    let lines = document.lines.into_iter();
    read((1..).zip(lines.map(Ok)), catalogue)
}

/// Reads one object per row; blank rows are passed over.
///
/// # Errors
/// Every fault.
pub fn parse_rows(bytes: &[u8], catalogue: &Catalogue<'_>) -> Outcome {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Fault::of_file("not_utf8")])?;
    if text.trim().is_empty() {
        return Err(vec![Fault::of_file("empty_file")]);
    }
    let rows = (1..).zip(text.lines());
    let rows = rows.filter(|(_, row)| !row.trim().is_empty());
    let values = rows.map(|(number, row)| (number, serde_json::from_str(row).map_err(|_| ())));
    read(values, catalogue)
}

fn read(
    values: impl Iterator<Item = (u64, Result<Value, ()>)>,
    catalogue: &Catalogue<'_>,
) -> Outcome {
    let mut parsed = Parsed::default();
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    let mut count = 0;
    for (number, value) in values {
        count += 1;
        if count > MAX_LINES {
            return Err(vec![Fault::of_file("too_many_lines")]);
        }
        let Ok(mut value) = value else {
            faults.push(Fault::at(number, "", "invalid_json", ""));
            continue;
        };
        let withdrawn = value
            .as_object_mut()
            .and_then(|fields| fields.remove("withdraw_line"))
            == Some(Value::Bool(true));
        if withdrawn && let Some(name) = value["line_ref"].as_str() {
            parsed.withdrawn.push(name.to_owned());
            continue;
        }
        match serde_path_to_error::deserialize::<_, OfferLine>(value) {
            Err(error) => faults.push(unreadable(number, &error)),
            Ok(line) => judge(number, line, catalogue, &mut seen, &mut parsed, &mut faults),
        }
        if faults.len() >= MAX_FAULTS {
            break;
        }
    }
    faults.truncate(MAX_FAULTS);
    if count == 0 {
        return Err(vec![Fault::of_file("no_lines")]);
    }
    if faults.is_empty() {
        Ok(parsed)
    } else {
        Err(faults)
    }
}

fn judge(
    number: u64,
    line: OfferLine,
    catalogue: &Catalogue<'_>,
    seen: &mut HashSet<String>,
    parsed: &mut Parsed,
    faults: &mut Vec<Fault>,
) {
    let before = faults.len();
    if !seen.insert(line.line_ref.clone()) {
        faults.push(Fault::at(
            number,
            "line_ref",
            "duplicate_line_ref",
            &line.line_ref,
        ));
    }
    match catalogue.items.get(&line.line_ref) {
        None => faults.push(Fault::at(
            number,
            "line_ref",
            "unknown_line_ref",
            &line.line_ref,
        )),
        Some(wanted) => {
            let broken = line.broken_rules(wanted).into_iter();
            faults.extend(broken.map(|(field, code)| Fault::at(number, &field, &code, "")));
        }
    }
    if faults.len() == before {
        parsed.lines.push(line);
    }
}

fn unreadable(number: u64, error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let field = error.path().to_string();
    let text = error.inner().to_string();
    let code = match () {
        () if text.starts_with(CONTENT_MARK) => text[CONTENT_MARK.len()..]
            .split_whitespace()
            .next()
            .unwrap_or("invalid_value"),
        () if text.starts_with("unknown field") => "unknown_field",
        () if text.starts_with("missing field") => "required",
        () => "wrong_type",
    };
    Fault::at(number, &field, code, "")
}
