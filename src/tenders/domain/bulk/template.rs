//! Templates that a manufacturer fills in: one row per item of the tender, prices left empty.

use rust_xlsxwriter::DataValidation;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Workbook;
use rust_xlsxwriter::XlsxError;
use serde_json::Value;
use serde_json::json;

use crate::tenders::domain::bulk::columns::Column;
use crate::tenders::domain::bulk::columns::PLAIN;
use crate::tenders::domain::bulk::xlsx::SHEET;
use crate::tenders::domain::line_rules::MAX_BREAKS;

/// What a template says of one item.
pub struct Asked {
    pub line_ref: String,
    pub gtin: Option<String>,
    pub title: String,
    pub unit_code: String,
    pub expected_quantity: i64,
}

/// The names of all columns, in order.
fn header() -> Vec<String> {
    let breaks = (0..MAX_BREAKS).flat_map(|i| [Column::BreakQuantity(i), Column::BreakPrice(i)]);
    PLAIN
        .iter()
        .map(|name| (*name).to_owned())
        .chain(breaks.map(Column::name))
        .collect()
}

fn cell(item: &Asked, currency: &str, name: &str) -> String {
    match name {
        "line_ref" => item.line_ref.clone(),
        "gtin" => item.gtin.clone().unwrap_or_default(),
        "description" => item.title.clone(),
        "unit_code" => item.unit_code.clone(),
        "expected_quantity" => item.expected_quantity.to_string(),
        "currency" => currency.to_owned(),
        "break1_min_quantity" => "1".to_owned(),
        _ => String::new(),
    }
}

/// A text that begins like a formula gets an apostrophe, so that no spreadsheet runs it.
pub fn harmless(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text,
    }
}

/// As CSV with a byte order mark, which Excel needs to read Chinese.
///
/// # Errors
/// When memory cannot be written to: never.
pub fn csv(items: &[Asked], currency: &str) -> Result<Vec<u8>, ::csv::Error> {
    let header = header();
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = ::csv::Writer::from_writer(&mut bytes);
    writer.write_record(&header)?;
    for item in items {
        let row = header
            .iter()
            .map(|name| harmless(cell(item, currency, name)));
        writer.write_record(row)?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

/// As a spreadsheet: prices and GTINs are text, words are chosen from lists.
///
/// # Errors
/// When the sheet cannot be written.
pub fn xlsx(items: &[Asked], currency: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let text = Format::new().set_num_format("@");
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(SHEET)?;
    let header = header();
    let last = u32::try_from(items.len()).unwrap_or(u32::MAX).max(1);
    for (column, name) in (0..).zip(&header) {
        if name == "gtin" || name.ends_with("unit_price") || name == "freight_per_unit" {
            sheet.set_column_format(column, &text)?;
        }
        let words: &[&str] = match name.as_str() {
            "discount_mode" => &["all_units"],
            "alternative" => &["true", "false"],
            _ => &[],
        };
        if !words.is_empty() {
            let list = DataValidation::new().allow_list_strings(words)?;
            sheet.add_data_validation(1, column, last, column, &list)?;
        }
    }
    for (column, name) in (0..).zip(&header) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    for (row, item) in (1..).zip(items) {
        for (column, name) in (0..).zip(&header) {
            let value = harmless(cell(item, currency, name));
            if !value.is_empty() {
                sheet.write_string_with_format(row, column, value, &text)?;
            }
        }
    }
    book.save_to_buffer()
}

/// As a JSON document.
pub fn json(items: &[Asked], currency: &str) -> Value {
    let line = |item: &Asked| {
        json!({ "line_ref": item.line_ref, "gtin": item.gtin, "description": item.title, "unit_code": item.unit_code,
            "price_breaks": [], "lead_time_days": null })
    };
    json!({ "currency": currency, "lines": items.iter().map(line).collect::<Vec<_>>() })
}
