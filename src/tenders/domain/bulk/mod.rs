//! Whole quotes in one file: tables (CSV, XLSX) and JSON lines, read into lines of an offer or refused with every
//! error of every line.
//!
//! A file is taken as a whole or not at all: a manufacturer must never be bound by half of its offer.

pub mod columns;
pub mod csv;
pub mod diff;
pub mod json;
pub mod table;
pub mod template;
pub mod xlsx;

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::tenders::domain::offer::OfferLine;
use crate::tenders::domain::offer::check::Wanted;

/// Longest cell, in characters.
pub const MAX_CELL: usize = 500;
/// Longest value that an error repeats, in characters.
const MAX_VALUE: usize = 80;

/// What the tender asks for: the keys are the references of its items.
pub struct Catalogue<'a> {
    pub currency: &'a str,
    pub items: &'a HashMap<String, Wanted>,
}

/// One error of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Physical line of the file (the header is 1), or the index of a JSON line + 1; none for the whole file.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub line: Option<u64>,
    /// Column or field.
    #[schema(max_length = 80)]
    pub field: Option<String>,
    #[schema(max_length = 60)]
    pub code: String,
    /// What stands there, cut to 80 characters.
    #[schema(max_length = 80)]
    pub value: Option<String>,
}

impl Fault {
    /// An error of the file as a whole.
    pub fn of_file(code: &str) -> Self {
        Self {
            line: None,
            field: None,
            code: code.to_owned(),
            value: None,
        }
    }

    /// An error at a field.
    pub fn at(line: u64, field: &str, code: &str, value: &str) -> Self {
        let value: String = value.chars().take(MAX_VALUE).collect();
        Self {
            line: Some(line),
            field: Some(field.chars().take(MAX_VALUE).collect()),
            code: code.to_owned(),
            value: (!value.is_empty()).then_some(value),
        }
    }
}

/// The lines of a sound file.
#[derive(Default)]
pub struct Parsed {
    pub lines: Vec<OfferLine>,
    /// References of lines that `withdraw_line` takes away.
    pub withdrawn: Vec<String>,
}

/// A file, read.
pub type Outcome = Result<Parsed, Vec<Fault>>;

/// A cell as a file holds it.
#[derive(Clone)]
pub enum Cell {
    /// Text; empty means nothing.
    Text(String),
    /// A number of a spreadsheet in its shortest decimal form.
    Number(String),
    /// What can be no value of ours: a date, an error.
    Alien(String),
}

impl Cell {
    /// What stands there, without surrounding spaces.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Alien(text) => text.trim(),
        }
    }
}

#[cfg(test)]
mod tests;
