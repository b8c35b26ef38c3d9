//! A table of quote lines: a header with exact names in any order, then one row per line.

use std::collections::HashSet;

use crate::tenders::domain::bulk::Catalogue;
use crate::tenders::domain::bulk::Cell;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::Outcome;
use crate::tenders::domain::bulk::Parsed;
use crate::tenders::domain::bulk::columns::Column;
use crate::tenders::domain::bulk::columns::Draft;
use crate::tenders::domain::bulk::columns::DraftBreak;
use crate::tenders::domain::offer::MAX_LINES;
use crate::tenders::domain::offer::OfferBreak;

/// Errors that are kept; what comes after them is only counted as "more".
pub const MAX_FAULTS: usize = 10_000;
const REQUIRED: [&str; 3] = ["line_ref", "break1_min_quantity", "break1_unit_price"];

/// Reads a table row by row.
pub struct Reader<'a> {
    catalogue: &'a Catalogue<'a>,
    columns: Vec<Column>,
    seen: HashSet<String>,
    rows: usize,
    parsed: Parsed,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Begins with the header, which is line 1.
    ///
    /// # Errors
    /// Unknown, repeated and missing columns, before any row is looked at.
    pub fn new(header: &[Cell], catalogue: &'a Catalogue<'a>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut columns: Vec<Column> = Vec::new();
        for cell in header {
            let name = cell.text();
            match Column::parse(name) {
                None => faults.push(Fault::at(1, name, "unknown_column", name)),
                Some(column) if columns.contains(&column) => {
                    faults.push(Fault::at(1, name, "duplicate_column", name));
                }
                Some(column) => columns.push(column),
            }
        }
        for name in REQUIRED {
            if !columns.iter().any(|column| column.name() == name) {
                faults.push(Fault::at(1, name, "missing_column", ""));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            catalogue,
            columns,
            seen: HashSet::new(),
            rows: 0,
            parsed: Parsed::default(),
            faults,
        })
    }

    /// Reads one row; blank ones are passed over. `false`: no more rows are wanted.
    pub fn row(&mut self, number: u64, cells: &[Cell]) -> bool {
        if cells.iter().all(|cell| cell.text().is_empty()) {
            return true;
        }
        self.rows += 1;
        if self.rows > MAX_LINES {
            self.faults = vec![Fault::of_file("too_many_lines")];
            return false;
        }
        if cells.len() != self.columns.len() {
            let count = cells.len().to_string();
            self.faults
                .push(Fault::at(number, "", "column_count", &count));
            return self.faults.len() < MAX_FAULTS;
        }
        let mut faults = Vec::new();
        let draft = self.draft(number, cells, &mut faults);
        self.judge(number, draft, &mut faults);
        let place = |fault: &Fault| {
            self.columns
                .iter()
                .position(|column| Some(column.name()) == fault.field)
                .unwrap_or(usize::MAX)
        };
        faults.sort_by_key(place);
        self.faults.append(&mut faults);
        self.faults.len() < MAX_FAULTS
    }

    /// The whole table: its lines, or all its errors.
    ///
    /// # Errors
    /// Every fault.
    pub fn finish(mut self) -> Outcome {
        self.faults.truncate(MAX_FAULTS);
        if self.rows == 0 && self.faults.is_empty() {
            return Err(vec![Fault::of_file("no_lines")]);
        }
        if self.faults.is_empty() {
            Ok(self.parsed)
        } else {
            Err(self.faults)
        }
    }

    fn draft(&self, number: u64, cells: &[Cell], faults: &mut Vec<Fault>) -> Draft {
        let mut draft = Draft::blank();
        for (column, cell) in self.columns.iter().zip(cells) {
            let text = cell.text();
            if text.is_empty() {
                continue;
            }
            if let Err(code) = draft.read(*column, cell) {
                faults.push(Fault::at(number, &column.name(), code, text));
            }
        }
        draft.join_load(number, faults);
        draft
    }

    fn judge(&mut self, number: u64, mut draft: Draft, faults: &mut Vec<Fault>) {
        let name = draft.line.line_ref.clone();
        if name.is_empty() {
            if faults
                .iter()
                .all(|f| f.field.as_deref() != Some("line_ref"))
            {
                faults.push(Fault::at(number, "line_ref", "required", ""));
            }
            return;
        }
        if !self.seen.insert(name.clone()) {
            faults.push(Fault::at(number, "line_ref", "duplicate_line_ref", &name));
        }
        let Some(wanted) = self.catalogue.items.get(&name) else {
            faults.push(Fault::at(number, "line_ref", "unknown_line_ref", &name));
            return;
        };
        if draft.withdrawn {
            self.parsed.withdrawn.push(name);
            return;
        }
        if let Some(currency) = draft.currency.as_deref()
            && currency != self.catalogue.currency
        {
            let code = "currency_differs_from_tender";
            faults.push(Fault::at(number, "currency", code, currency));
        }
        if draft.line.unit_code.is_empty() && no_fault_at(faults, "unit_code") {
            draft.line.unit_code.clone_from(&wanted.unit_code);
        }
        draft.line.price_breaks = breaks(number, &draft.breaks, faults);
        // Rules that weigh one field against another say nothing while a field is unreadable.
        let broken = match faults.is_empty() {
            true => draft.line.broken_rules(wanted),
            false => draft.line.differences(wanted),
        };
        for (field, code) in broken {
            if no_fault_at(faults, &field) {
                faults.push(Fault::at(number, &field, &code, ""));
            }
        }
        if faults.is_empty() {
            self.parsed.lines.push(draft.line);
        }
    }
}

fn no_fault_at(faults: &[Fault], field: &str) -> bool {
    faults.iter().all(|f| f.field.as_deref() != Some(field))
}

/// Breaks stand side by side without gaps, each with both its cells.
fn breaks(number: u64, drafts: &[DraftBreak], faults: &mut Vec<Fault>) -> Vec<OfferBreak> {
    let mut found = Vec::new();
    let mut gap = false;
    for (index, draft) in drafts.iter().enumerate() {
        let at = |part: &str| format!("break{}_{part}", index + 1);
        if !draft.has_quantity && !draft.has_price {
            gap = true;
            continue;
        }
        if gap {
            faults.push(Fault::at(
                number,
                &at("min_quantity"),
                "break_after_gap",
                "",
            ));
            break;
        }
        for (has, part) in [
            (draft.has_quantity, "min_quantity"),
            (draft.has_price, "unit_price"),
        ] {
            if !has {
                faults.push(Fault::at(number, &at(part), "required", ""));
            }
        }
        if let (Some(min_quantity), Some(unit_price)) = (draft.quantity, draft.price.clone()) {
            found.push(OfferBreak {
                min_quantity,
                unit_price,
            });
        }
    }
    found
}
