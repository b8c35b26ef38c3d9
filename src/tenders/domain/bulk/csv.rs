//! CSV by RFC 4180: UTF-8, comma, semicolon or tab as the header has it, CRLF or LF.

use crate::tenders::domain::bulk::Catalogue;
use crate::tenders::domain::bulk::Cell;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::MAX_CELL;
use crate::tenders::domain::bulk::Outcome;
use crate::tenders::domain::bulk::table::Reader;

/// Most columns of a file.
const MAX_COLUMNS: usize = 64;

/// Reads a file.
///
/// # Errors
/// Every fault.
pub fn parse(bytes: &[u8], catalogue: &Catalogue<'_>) -> Outcome {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Fault::of_file("not_utf8")])?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(vec![Fault::of_file("empty_file")]);
    }
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut reader: Option<Reader<'_>> = None;
    loop {
        match rows.read_record(&mut record) {
            Ok(false) => break,
            // The bytes are UTF-8 and rows may differ in length: nothing else can be wrong.
            Err(_) => return Err(vec![Fault::of_file("not_utf8")]),
            Ok(true) => {}
        }
        let number = record.position().map_or(0, csv::Position::line);
        if record.len() > MAX_COLUMNS {
            return Err(vec![Fault::at(number, "", "column_count", "")]);
        }
        if let Some(field) = record.iter().find(|cell| cell.chars().count() > MAX_CELL) {
            return Err(vec![Fault::at(number, "", "too_long", field)]);
        }
        let cells: Vec<Cell> = record.iter().map(|c| Cell::Text(c.to_owned())).collect();
        match &mut reader {
            None => reader = Some(Reader::new(&cells, catalogue)?),
            Some(reader) => {
                if !reader.row(number, &cells) {
                    break;
                }
            }
        }
    }
    reader.map_or_else(|| Err(vec![Fault::of_file("empty_file")]), Reader::finish)
}

/// What separates the names of the header.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let count = |byte: u8| header.bytes().filter(|b| *b == byte).count();
    let mut best = b',';
    for candidate in [b';', b'\t'] {
        if count(candidate) > count(best) {
            best = candidate;
        }
    }
    best
}
