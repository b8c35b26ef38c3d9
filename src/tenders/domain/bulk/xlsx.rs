//! XLSX: the same columns as in CSV, on the first sheet, which is named `quote`.
//!
//! The file is a zip that may inflate to anything: it is inflated once into nothing, counted, before a sheet is read.

use std::io::Cursor;
use std::io::Read;

use calamine::DataRef;
use calamine::Reader as _;
use calamine::Xlsx;
use zip::ZipArchive;

use crate::tenders::domain::bulk::Catalogue;
use crate::tenders::domain::bulk::Cell;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::MAX_CELL;
use crate::tenders::domain::bulk::Outcome;
use crate::tenders::domain::bulk::table::Reader;

/// Name of the sheet.
pub const SHEET: &str = "quote";
/// Most bytes that the file may inflate to.
const MAX_INFLATED: u64 = 200 << 20;
/// Most bytes of content per byte of the file; small files are let be.
const MAX_RATIO: u64 = 100;
const SMALL: u64 = 1 << 20;
const MAX_COLUMNS: u32 = 64;

/// Reads a file.
///
/// # Errors
/// Every fault.
pub fn parse(bytes: &[u8], catalogue: &Catalogue<'_>) -> Outcome {
    measure(bytes)?;
    let unreadable = || vec![Fault::of_file("not_xlsx")];
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    if book.sheet_names().first().is_none_or(|name| name != SHEET) {
        return Err(vec![Fault::of_file("sheet_missing")]);
    }
    let mut cells = book
        .worksheet_cells_reader(SHEET)
        .map_err(|_| unreadable())?;
    let mut sheet = Sheet::new(catalogue);
    while let Some(cell) = cells.next_cell_with_formula().map_err(|_| unreadable())? {
        let (row, column) = cell.pos;
        if column >= MAX_COLUMNS {
            return Err(vec![Fault::at(u64::from(row) + 1, "", "column_count", "")]);
        }
        let value = match cell.formula {
            Some(formula) if !formula.is_empty() => Err(formula),
            _ => Ok(read(&cell.value)),
        };
        if !sheet.take(row, column, value)? {
            break;
        }
    }
    sheet.finish()
}

/// Refuses what inflates beyond the limit, whatever its directory claims.
fn measure(bytes: &[u8]) -> Result<(), Vec<Fault>> {
    let unreadable = |_| vec![Fault::of_file("not_xlsx")];
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let small = SMALL.max((bytes.len() as u64).saturating_mul(MAX_RATIO));
    let most = MAX_INFLATED.min(small);
    let mut inflated = 0;
    let mut sink = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        loop {
            let read = entry
                .read(&mut sink)
                .map_err(|_| vec![Fault::of_file("not_xlsx")])?;
            if read == 0 {
                break;
            }
            inflated += read as u64;
            if inflated > most {
                return Err(vec![Fault::of_file("file_too_large")]);
            }
        }
    }
    Ok(())
}

/// A spreadsheet keeps numbers as doubles: the shortest decimal that reads back as the same double is what was
/// typed.
fn read(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(format!("{number}")),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(flag) => Cell::Alien(flag.to_string()),
        DataRef::Empty => Cell::Text(String::new()),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            Cell::Alien("date".to_owned())
        }
        DataRef::Error(error) => Cell::Alien(error.to_string()),
    }
}

/// Rows as their cells come in.
struct Sheet<'a> {
    catalogue: &'a Catalogue<'a>,
    reader: Option<Reader<'a>>,
    width: usize,
    row: Option<u32>,
    cells: Vec<Cell>,
    formulas: Vec<Fault>,
}

impl<'a> Sheet<'a> {
    fn new(catalogue: &'a Catalogue<'a>) -> Self {
        Self {
            catalogue,
            reader: None,
            width: 0,
            row: None,
            cells: Vec::new(),
            formulas: Vec::new(),
        }
    }

    /// `false`: no more is wanted.
    fn take(
        &mut self,
        row: u32,
        column: u32,
        value: Result<Cell, String>,
    ) -> Result<bool, Vec<Fault>> {
        if self.row != Some(row) {
            if !self.end_row()? {
                return Ok(false);
            }
            self.row = Some(row);
        }
        let number = u64::from(row) + 1;
        let cell = match value {
            Ok(cell) => cell,
            Err(formula) => {
                let place = format!("{}{number}", letters(column));
                self.formulas
                    .push(Fault::at(number, &place, "formula_not_allowed", &formula));
                return Ok(self.formulas.len() < 100);
            }
        };
        if cell.text().chars().count() > MAX_CELL {
            return Err(vec![Fault::at(number, "", "too_long", cell.text())]);
        }
        let column = column as usize;
        if self.cells.len() <= column {
            self.cells
                .resize_with(column + 1, || Cell::Text(String::new()));
        }
        self.cells[column] = cell;
        Ok(true)
    }

    fn end_row(&mut self) -> Result<bool, Vec<Fault>> {
        let Some(row) = self.row.take() else {
            return Ok(true);
        };
        let number = u64::from(row) + 1;
        let mut cells = std::mem::take(&mut self.cells);
        while cells.last().is_some_and(|cell| cell.text().is_empty()) {
            cells.pop();
        }
        let Some(reader) = &mut self.reader else {
            if cells.is_empty() {
                return Ok(true);
            }
            self.width = cells.len();
            self.reader = Some(Reader::new(&cells, self.catalogue)?);
            return Ok(true);
        };
        if cells.len() < self.width {
            cells.resize_with(self.width, || Cell::Text(String::new()));
        }
        Ok(reader.row(number, &cells))
    }

    fn finish(mut self) -> Outcome {
        self.end_row()?;
        if !self.formulas.is_empty() {
            return Err(self.formulas);
        }
        self.reader
            .map_or_else(|| Err(vec![Fault::of_file("empty_file")]), Reader::finish)
    }
}

/// `A`, `B` … `Z`, `AA` …
fn letters(column: u32) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    match column / 26 {
        0 => letter.to_string(),
        more => letters(more - 1) + &letter.to_string(),
    }
}
