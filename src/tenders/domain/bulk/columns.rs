//! The columns of a table of quote lines, and how a cell of each is read into a line.

use crate::kernel::money::UnitPrice;
use crate::tenders::domain::bulk::Cell;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::line_rules;
use crate::tenders::domain::line_rules::MAX_BREAKS;
use crate::tenders::domain::offer::OfferFreight;
use crate::tenders::domain::offer::OfferLine;
use crate::tenders::domain::offer::OfferLoad;

/// Every column but those of breaks, in the order of a template.
pub const PLAIN: [&str; 26] = [
    "line_ref",
    "gtin",
    "description",
    "unit_code",
    "expected_quantity",
    "currency",
    "supplier_item_code",
    "alternative",
    "discount_mode",
    "base_quantity",
    "moq",
    "order_multiple",
    "capacity",
    "lead_time_days",
    "tooling_minor",
    "freight_fixed_minor",
    "freight_per_unit",
    "freight_load_quantity",
    "freight_load_minor",
    "freight_free_from",
    "allowance_bps",
    "quantity_tolerance_bps",
    "country_of_origin",
    "hs_code",
    "net_weight_gram",
    "volume_cm3",
];
/// Columns that a template leaves out but a file may have.
const RARE: [&str; 3] = ["pack_size", "pack_unit_code", "withdraw_line"];

/// A column of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Plain(&'static str),
    /// The quantity of a break, from 0.
    BreakQuantity(usize),
    BreakPrice(usize),
}

impl Column {
    /// The column of a name.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(known) = PLAIN.iter().chain(&RARE).find(|known| **known == name) {
            return Some(Self::Plain(known));
        }
        let (number, part) = name.strip_prefix("break")?.split_once('_')?;
        let number: usize = number
            .parse()
            .ok()
            .filter(|n| (1..=MAX_BREAKS).contains(n))?;
        // One spelling each: no break01.
        (format!("break{number}_{part}") == name).then_some(())?;
        match part {
            "min_quantity" => Some(Self::BreakQuantity(number - 1)),
            "unit_price" => Some(Self::BreakPrice(number - 1)),
            _ => None,
        }
    }

    /// Its name in a header.
    pub fn name(self) -> String {
        match self {
            Self::Plain(name) => name.to_owned(),
            Self::BreakQuantity(index) => format!("break{}_min_quantity", index + 1),
            Self::BreakPrice(index) => format!("break{}_unit_price", index + 1),
        }
    }
}

/// A break as it is being read.
#[derive(Default, Clone)]
pub struct DraftBreak {
    pub quantity: Option<i64>,
    pub price: Option<String>,
    /// A cell of it holds something, right or wrong.
    pub has_quantity: bool,
    pub has_price: bool,
}

/// A row as it is being read.
pub struct Draft {
    pub line: OfferLine,
    pub currency: Option<String>,
    pub breaks: [DraftBreak; MAX_BREAKS],
    pub withdrawn: bool,
    load: (Option<i64>, Option<i64>),
}

impl Draft {
    /// A row with nothing in it.
    pub fn blank() -> Self {
        Self {
            line: OfferLine::empty(),
            currency: None,
            breaks: std::array::from_fn(|_| DraftBreak::default()),
            withdrawn: false,
            load: (None, None),
        }
    }

    /// Reads one cell that is not empty.
    ///
    /// # Errors
    /// The code of what is wrong with it.
    pub fn read(&mut self, column: Column, cell: &Cell) -> Result<(), &'static str> {
        match column {
            Column::BreakQuantity(index) => {
                self.breaks[index].has_quantity = true;
                self.breaks[index].quantity = Some(whole(cell, 1, MAX_QUANTITY)?);
            }
            Column::BreakPrice(index) => {
                self.breaks[index].has_price = true;
                self.breaks[index].price = Some(price(cell)?);
            }
            Column::Plain(name) => self.read_plain(name, cell)?,
        }
        Ok(())
    }

    fn read_plain(&mut self, name: &str, cell: &Cell) -> Result<(), &'static str> {
        let line = &mut self.line;
        match name {
            "line_ref" => line.line_ref = text(cell, 40)?,
            "supplier_item_code" => line.supplier_item_code = Some(text(cell, 64)?),
            "gtin" => line.gtin = Some(gtin(cell)?),
            "description" => line.description = Some(text(cell, 500)?),
            "alternative" => line.alternative = flag(cell)?,
            "withdraw_line" => self.withdrawn = flag(cell)?,
            "unit_code" => line.unit_code = text(cell, 3)?,
            "currency" => self.currency = Some(text(cell, 500)?),
            "discount_mode" => line.discount_mode = Some(text(cell, 500)?),
            "base_quantity" => line.base_quantity = Some(whole(cell, 1, 1_000_000)?),
            "moq" => line.moq = Some(whole(cell, 1, MAX_QUANTITY)?),
            "order_multiple" => line.order_multiple = Some(whole(cell, 1, MAX_QUANTITY)?),
            "capacity" => line.capacity = Some(whole(cell, 1, MAX_QUANTITY)?),
            "pack_size" => line.pack_size = Some(whole(cell, 1, MAX_QUANTITY)?),
            "pack_unit_code" => line.pack_unit_code = Some(text(cell, 3)?),
            "lead_time_days" => line.lead_time_days = Some(whole(cell, 0, 730)?),
            "tooling_minor" => line.tooling_minor = whole(cell, 0, MAX_QUANTITY)?,
            "allowance_bps" => line.allowance_bps = whole(cell, 0, 10_000)?,
            "quantity_tolerance_bps" => line.quantity_tolerance_bps = whole(cell, 0, 1_000)?,
            "country_of_origin" => line.country_of_origin = Some(text(cell, 2)?),
            "hs_code" => line.hs_code = Some(text(cell, 10)?),
            "net_weight_gram" => line.net_weight_gram = Some(whole(cell, 0, MAX_QUANTITY)?),
            "volume_cm3" => line.volume_cm3 = Some(whole(cell, 0, MAX_QUANTITY)?),
            "freight_fixed_minor" => freight(line).fixed_minor = whole(cell, 0, MAX_QUANTITY)?,
            "freight_per_unit" => freight(line).per_unit = Some(price(cell)?),
            "freight_free_from" => {
                freight(line).free_from_quantity = Some(whole(cell, 1, MAX_QUANTITY)?);
            }
            "freight_load_quantity" => self.load.0 = Some(whole(cell, 1, MAX_QUANTITY)?),
            "freight_load_minor" => self.load.1 = Some(whole(cell, 0, MAX_QUANTITY)?),
            // What the tender wants is told in a template and read from nowhere else.
            _ => {}
        }
        Ok(())
    }

    /// What belongs together although it stands in two columns.
    pub fn join_load(&mut self, number: u64, faults: &mut Vec<Fault>) {
        match self.load {
            (None, None) => {}
            (Some(load_quantity), Some(amount_minor)) => {
                freight(&mut self.line).per_load = Some(OfferLoad {
                    load_quantity,
                    amount_minor,
                });
            }
            (None, _) => faults.push(Fault::at(number, "freight_load_quantity", "required", "")),
            (_, None) => faults.push(Fault::at(number, "freight_load_minor", "required", "")),
        }
    }
}

fn freight(line: &mut OfferLine) -> &mut OfferFreight {
    line.freight.get_or_insert(OfferFreight {
        fixed_minor: 0,
        per_unit: None,
        per_load: None,
        free_from_quantity: None,
    })
}

fn text(cell: &Cell, most: usize) -> Result<String, &'static str> {
    match cell {
        Cell::Alien(_) => Err("invalid_text"),
        _ if cell.text().chars().count() > most => Err("too_long"),
        _ => Ok(cell.text().to_owned()),
    }
}

/// A whole number in its one spelling: no sign but minus, no leading zero, no point.
fn whole(cell: &Cell, least: i64, most: i64) -> Result<i64, &'static str> {
    let text = match cell {
        Cell::Alien(_) => return Err("not_an_integer"),
        Cell::Text(_) | Cell::Number(_) => cell.text(),
    };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    if !plain {
        return Err("not_an_integer");
    }
    match text.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err("out_of_range"),
    }
}

fn price(cell: &Cell) -> Result<String, &'static str> {
    let text = match cell {
        Cell::Alien(_) => return Err("invalid_price_type"),
        Cell::Text(_) | Cell::Number(_) => cell.text(),
    };
    match UnitPrice::parse(text) {
        Some(price) if price.scaled() == 0 => Err("zero_price"),
        Some(_) => Ok(text.to_owned()),
        None if line_rules::is_decimal_comma(text) => Err("decimal_comma"),
        None => Err("invalid_price"),
    }
}

/// A number of a spreadsheet lost its leading zeros.
fn gtin(cell: &Cell) -> Result<String, &'static str> {
    Ok(match cell {
        Cell::Number(digits) => format!("{digits:0>14}"),
        _ => text(cell, 500)?,
    })
}

fn flag(cell: &Cell) -> Result<bool, &'static str> {
    match cell.text().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("not_a_flag"),
    }
}
