//! Every rule that the content of a quote can break, each named with its place and never with its value.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::kernel::money::UnitPrice;
use crate::kernel::problem::FieldError;
use crate::kernel::time::Instant;
use crate::tenders::domain::exact;
use crate::tenders::domain::gtin::Gtin;
use crate::tenders::domain::line_rules;
use crate::tenders::domain::line_rules::SentBreak;
use crate::tenders::domain::line_rules::SentLine;
use crate::tenders::domain::offer::MAX_LINES;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::offer::OfferLine;

/// What the tender wants of one line.
pub struct Wanted {
    pub unit_code: String,
    pub order_multiple: i64,
    pub gtin: Option<String>,
}

/// What the tender asks of every quote.
pub struct Call<'a> {
    pub currency: &'a str,
    pub award_by: Instant,
    pub items: &'a HashMap<String, Wanted>,
}

const INCOTERMS: [&str; 11] = [
    "EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF",
];

/// Collects broken rules; a detail never repeats a value.
struct Report(Vec<FieldError>);

impl Report {
    fn add(&mut self, pointer: impl Into<String>, code: &str, detail: &str) {
        self.0.push(FieldError::new(pointer, code, detail));
    }

    fn by_field(self) -> Vec<(String, String)> {
        let field = |pointer: &str| pointer.trim_start_matches("#/").to_owned();
        let one = |error: FieldError| (field(&error.pointer), error.code);
        self.0.into_iter().map(one).collect()
    }

    fn require(&mut self, holds: bool, pointer: &str, code: &str, detail: &str) {
        if !holds {
            self.add(pointer, code, detail);
        }
    }
}

impl Offer {
    /// Every rule that this content breaks; empty means acceptable.
    pub fn check(&self, call: &Call<'_>) -> Vec<FieldError> {
        let mut report = Report(vec![]);
        self.check_header(call, &mut report);
        if self.lines.is_empty() {
            report.add("#/lines", "no_lines", "A quote has at least one line.");
        }
        if self.lines.len() > MAX_LINES {
            report.add(
                "#/lines",
                "too_many_lines",
                "A quote has at most 50,000 lines.",
            );
            return report.0;
        }
        let mut seen = HashSet::new();
        for (index, line) in self.lines.iter().enumerate() {
            let at = format!("#/lines/{index}");
            if !seen.insert(line.line_ref.as_str()) {
                report.add(
                    format!("{at}/line_ref"),
                    "duplicate_line_ref",
                    "A quote has one line per item.",
                );
            }
            match call.items.get(&line.line_ref) {
                None => report.add(
                    format!("{at}/line_ref"),
                    "unknown_line_ref",
                    "The tender has no such item.",
                ),
                Some(wanted) => line.check_against(wanted, &at, &mut report),
            }
            line.check_alone(&at, &mut report);
        }
        report.0
    }

    fn check_header(&self, call: &Call<'_>, report: &mut Report) {
        report.require(
            self.currency == call.currency,
            "#/currency",
            "currency_differs_from_tender",
            "A quote is in the tender's currency.",
        );
        report.require(
            self.valid_until >= call.award_by,
            "#/valid_until",
            "valid_until_before_award",
            "A quote binds at least until the tender's award_by.",
        );
        report.require(
            self.declarations.no_resale_price_condition,
            "#/declarations/no_resale_price_condition",
            "declaration_required",
            "A quote must depend on no condition about resale prices.",
        );
        report.require(
            self.declarations.independent_quote,
            "#/declarations/independent_quote",
            "declaration_required",
            "A quote must be made independently.",
        );
        let incoterm = self.incoterm.as_deref();
        report.require(
            incoterm.is_none_or(|code| INCOTERMS.contains(&code)),
            "#/incoterm",
            "unknown_incoterm",
            "An Incoterm is one of the eleven codes of 2020.",
        );
        report.require(
            incoterm.is_none() || self.incoterm_place.as_ref().is_some_and(|p| !p.is_empty()),
            "#/incoterm_place",
            "required",
            "An Incoterm needs its named place.",
        );
        report.require(
            self.note
                .as_ref()
                .is_none_or(|n| n.chars().count() <= 2_000),
            "#/note",
            "too_long",
            "A note has at most 2,000 characters.",
        );
        report.require(
            self.supplier_fixed_cost_minor >= 0,
            "#/supplier_fixed_cost_minor",
            "out_of_range",
            "An amount is not negative.",
        );
    }
}

impl OfferLine {
    /// Fields whose rules this line breaks, with the codes, where `wanted` is its item.
    pub fn broken_rules(&self, wanted: &Wanted) -> Vec<(String, String)> {
        let mut report = Report(vec![]);
        self.check_against(wanted, "#", &mut report);
        self.check_alone("#", &mut report);
        report.by_field()
    }

    /// Fields that differ from what its item wants, with the codes.
    pub fn differences(&self, wanted: &Wanted) -> Vec<(String, String)> {
        let mut report = Report(vec![]);
        self.check_against(wanted, "#", &mut report);
        report.by_field()
    }

    fn check_against(&self, wanted: &Wanted, at: &str, report: &mut Report) {
        report.require(
            self.unit_code == wanted.unit_code,
            &format!("{at}/unit_code"),
            "unit_differs_from_tender",
            "A line is in the item's unit; nothing is converted.",
        );
        let multiple = self.order_multiple.unwrap_or(1);
        report.require(
            multiple < 1 || wanted.order_multiple % multiple == 0,
            &format!("{at}/order_multiple"),
            "order_multiple_differs_from_tender",
            "The item's order multiple must be a multiple of the line's.",
        );
        let Some(text) = &self.gtin else { return };
        match Gtin::parse(text) {
            Err(error) => {
                let code = crate::kernel::problem::Refusal::kind(&error).code;
                report.add(format!("{at}/gtin"), code, &error.to_string());
            }
            Ok(gtin) => report.require(
                self.alternative || wanted.gtin.as_ref().is_none_or(|w| w == gtin.as_str()),
                &format!("{at}/gtin"),
                "gtin_differs_from_tender",
                "The GTIN is not the item's.",
            ),
        }
    }

    fn check_alone(&self, at: &str, report: &mut Report) {
        let sent = self.sent();
        for error in line_rules::check(&sent) {
            report.add(
                format!("{at}/price_breaks"),
                error.code(),
                &error.to_string(),
            );
        }
        report.require(
            self.discount_mode.as_deref() != Some("incremental"),
            &format!("{at}/discount_mode"),
            "incremental_not_offered",
            "Members buy at one price for all units: quote all_units.",
        );
        report.require(
            !self.alternative || self.gtin.is_some() || self.description.is_some(),
            &format!("{at}/alternative"),
            "alternative_undescribed",
            "A substitute needs a GTIN or a description.",
        );
        let base = self.base_quantity.unwrap_or(1);
        let divisible = (1..=1_000_000).contains(&base)
            && self
                .price_breaks
                .iter()
                .filter_map(|b| UnitPrice::parse(&b.unit_price))
                .all(|price| price.scaled() % base == 0);
        report.require(
            divisible,
            &format!("{at}/base_quantity"),
            "price_not_divisible",
            "The price of one unit must be exact within six decimals.",
        );
        for (value, most, field) in [
            (self.lead_time_days.unwrap_or(0), 730, "lead_time_days"),
            (self.tooling_minor, exact::MAX_QUANTITY, "tooling_minor"),
            (self.allowance_bps, 10_000, "allowance_bps"),
            (self.quantity_tolerance_bps, 1_000, "quantity_tolerance_bps"),
        ] {
            report.require(
                (0..=most).contains(&value),
                &format!("{at}/{field}"),
                "out_of_range",
                "The number is out of range.",
            );
        }
        for (text, most, field) in [
            (&self.supplier_item_code, 64, "supplier_item_code"),
            (&self.description, 500, "description"),
            (&self.country_of_origin, 2, "country_of_origin"),
            (&self.hs_code, 10, "hs_code"),
            (&self.pack_unit_code, 3, "pack_unit_code"),
        ] {
            report.require(
                text.as_ref().is_none_or(|t| t.chars().count() <= most),
                &format!("{at}/{field}"),
                "too_long",
                "The text is too long.",
            );
        }
    }

    fn sent(&self) -> SentLine {
        SentLine {
            discount_mode: self.discount_mode.clone(),
            price_breaks: self
                .price_breaks
                .iter()
                .map(|b| SentBreak {
                    min_quantity: b.min_quantity,
                    unit_price: b.unit_price.clone(),
                })
                .collect(),
            moq: self.moq,
            order_multiple: self.order_multiple,
            capacity: self.capacity,
        }
    }
}
