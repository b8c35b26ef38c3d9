//! The content of a bulk quote: header, declarations and lines, and every rule that they break.
//!
//! There is no field for a resale price, and unknown fields are refused. Nothing here derives `Debug`:
//! a price must not reach a log.

use std::collections::HashMap;
use std::collections::HashSet;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de::Error;
use utoipa::ToSchema;

use crate::kernel::money::UnitPrice;
use crate::kernel::problem::FieldError;
use crate::kernel::time::Instant;
use crate::kernel::time::content;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::gtin::Gtin;
use crate::tenders::domain::line_rules;
use crate::tenders::domain::line_rules::SentBreak;
use crate::tenders::domain::line_rules::SentLine;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::terms::LimitBasis;
use crate::tenders::domain::terms::Terms;

/// Most lines of a quote and most items of a tender.
pub const MAX_LINES: usize = 50_000;

/// What the manufacturer declares.
#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declarations {
    /// The offer depends on no condition about resale prices; must be true.
    pub no_resale_price_condition: bool,
    /// The quote was made independently of other manufacturers; must be true.
    pub independent_quote: bool,
}

/// When the goods are paid.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentTerms {
    #[schema(minimum = 0, maximum = 365)]
    pub days: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub early_discount_bps: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 365)]
    pub early_days: i64,
}

/// From `min_quantity` on a unit costs `unit_price`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferBreak {
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub min_quantity: i64,
    /// Decimal text with a point and at most six decimals.
    #[serde(deserialize_with = "price_text")]
    #[schema(max_length = 20, example = "9.50")]
    pub unit_price: String,
}

/// A price must be text: a JSON number may have lost digits already.
fn price_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => Ok(text),
        _ => Err(D::Error::custom(content("invalid_price_type"))),
    }
}

/// Freight of a line, where the buyer would see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferFreight {
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub fixed_minor: i64,
    #[schema(max_length = 20)]
    pub per_unit: Option<String>,
    pub per_load: Option<OfferLoad>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub free_from_quantity: Option<i64>,
}

/// What one load costs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferLoad {
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub load_quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub amount_minor: i64,
}

/// The offer for one item.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferLine {
    /// Names an item of the tender, once per quote.
    #[schema(max_length = 40)]
    pub line_ref: String,
    #[schema(max_length = 64)]
    pub supplier_item_code: Option<String>,
    #[schema(max_length = 14)]
    pub gtin: Option<String>,
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// A substitute: needs a GTIN or a description of its own, and is never awarded by itself.
    #[serde(default)]
    pub alternative: bool,
    #[schema(max_length = 3)]
    pub unit_code: String,
    /// Units that one price pays for; 1 unless given.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub base_quantity: Option<i64>,
    /// `all_units`.
    #[schema(max_length = 20)]
    pub discount_mode: Option<String>,
    #[schema(max_items = 10)]
    pub price_breaks: Vec<OfferBreak>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub moq: Option<i64>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub order_multiple: Option<i64>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub pack_size: Option<i64>,
    #[schema(max_length = 3)]
    pub pack_unit_code: Option<String>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub capacity: Option<i64>,
    #[schema(minimum = 0, maximum = 730)]
    pub lead_time_days: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tooling_minor: i64,
    pub freight: Option<OfferFreight>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 10_000)]
    pub allowance_bps: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000)]
    pub quantity_tolerance_bps: i64,
    #[schema(max_length = 2)]
    pub country_of_origin: Option<String>,
    #[schema(max_length = 10)]
    pub hs_code: Option<String>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub net_weight_gram: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub volume_cm3: Option<i64>,
}

/// One complete quote.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The tender's.
    #[schema(max_length = 3)]
    pub currency: String,
    /// Incoterms 2020 code.
    #[schema(max_length = 3)]
    pub incoterm: Option<String>,
    /// Named place; required with an Incoterm.
    #[schema(max_length = 120)]
    pub incoterm_place: Option<String>,
    /// The quote binds until then; not before the tender's `award_by`.
    pub valid_until: Instant,
    pub payment_terms: Option<PaymentTerms>,
    #[schema(max_length = 2)]
    pub country_of_origin_default: Option<String>,
    /// Charged once if anything is awarded.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub supplier_fixed_cost_minor: i64,
    pub declarations: Declarations,
    /// For evaluators alone.
    #[schema(max_length = 2_000)]
    pub note: Option<String>,
    #[schema(max_items = 50_000)]
    pub lines: Vec<OfferLine>,
}

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

    /// The same content in one spelling: lines by reference, prices in their shortest form.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.lines.sort_by(|a, b| a.line_ref.cmp(&b.line_ref));
        for price in self.lines.iter_mut().flat_map(|l| &mut l.price_breaks) {
            if let Some(parsed) = UnitPrice::parse(&price.unit_price) {
                price.unit_price = parsed.to_string();
            }
        }
        self
    }
}

impl OfferLine {
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
            (self.lead_time_days, 730, "lead_time_days"),
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

    /// What commitments are cleared against: prices of one unit, in multiples of the tender's item.
    ///
    /// # Errors
    /// [`ClearingError`] for content that was never checked.
    pub fn terms(&self, order_multiple: i64, minor_unit: u32) -> Result<Terms, ClearingError> {
        let base = self.base_quantity.unwrap_or(1).max(1);
        let mut breaks = vec![];
        for tier in &self.price_breaks {
            let price = UnitPrice::parse(&tier.unit_price).ok_or(OutOfRange {
                field: "unit_price",
                minimum: 0,
                maximum: i64::MAX,
            })?;
            breaks.push(PriceBreak {
                min_quantity: tier.min_quantity,
                unit_price: UnitPrice::from_scaled(price.scaled() / base),
            });
        }
        Ok(Terms {
            schedule: PriceSchedule::new(DiscountMode::AllUnits, breaks)?,
            moq: self.moq.unwrap_or(1),
            order_multiple,
            capacity: self.capacity,
            fixed_cost_minor: 0,
            limit_basis: LimitBasis::Goods,
            min_participants: 1,
            min_total_quantity: 1,
            minor_per_major: exact::minor_per_major(minor_unit.into())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(line: &str) -> Offer {
        let text = format!(
            r#"{{"currency": "CNY", "valid_until": "2026-12-31T00:00:00Z", "lines": [{line}],
                "declarations": {{"no_resale_price_condition": true, "independent_quote": true}}}}"#
        );
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"))
    }

    fn codes(offer: &Offer) -> Vec<String> {
        let wanted = Wanted {
            unit_code: "H87".into(),
            order_multiple: 6,
            gtin: Some("06291041500213".into()),
        };
        let items = HashMap::from([("L1".to_owned(), wanted)]);
        let call = Call {
            currency: "CNY",
            award_by: Instant::parse("2026-12-01T00:00:00Z").expect("a time"),
            items: &items,
        };
        offer.check(&call).into_iter().map(|e| e.code).collect()
    }

    #[test]
    fn the_documented_line_is_acceptable() {
        let line = r#"{"line_ref":"L1","supplier_item_code":"AX-77","gtin":"06291041500213","unit_code":"H87","base_quantity":1,"discount_mode":"all_units",
 "price_breaks":[{"min_quantity":1,"unit_price":"12.00"},{"min_quantity":100,"unit_price":"10.00"}],
 "moq":1,"order_multiple":1,"capacity":null,"lead_time_days":21,"tooling_minor":0,"allowance_bps":0}"#;
        assert_eq!(codes(&offer(line)), Vec::<String>::new());
    }

    #[test]
    fn all_errors_of_all_lines_are_named() {
        let line = r#"{"line_ref":"L1","unit_code":"KGM","gtin":"6291041500214","price_breaks":[{"min_quantity":1,"unit_price":"55,50"}],"lead_time_days":-1,"order_multiple":4},
            {"line_ref":"L1","unit_code":"H87","price_breaks":[{"min_quantity":1,"unit_price":"1"}],"lead_time_days":1,"base_quantity":7},
            {"line_ref":"L9","unit_code":"H87","price_breaks":[],"lead_time_days":1}"#;
        assert_eq!(
            codes(&offer(line)),
            [
                "unit_differs_from_tender",
                "order_multiple_differs_from_tender",
                "invalid_gtin_check_digit",
                "decimal_comma",
                "out_of_range",
                "duplicate_line_ref",
                "price_not_divisible",
                "unknown_line_ref",
                "no_price_breaks",
            ]
        );
    }

    #[test]
    fn a_resale_price_is_an_unknown_field_and_a_number_is_no_price() {
        let extra = r#"{"line_ref":"L1","unit_code":"H87","price_breaks":[],"lead_time_days":1,"resale_price":"3"}"#;
        assert!(serde_json::from_str::<OfferLine>(extra).is_err());
        let number = r#"{"min_quantity":1,"unit_price":9.5}"#;
        assert!(serde_json::from_str::<OfferBreak>(number).is_err());
    }

    #[test]
    fn equal_content_has_one_spelling() {
        let ten = |text: &str| {
            offer(&format!(r#"{{"line_ref":"L1","unit_code":"H87","price_breaks":[{{"min_quantity":1,"unit_price":"{text}"}}],"lead_time_days":1}}"#)).normalised()
        };
        assert!(ten("10") == ten("10.00"));
        assert!(ten("10") != ten("10.01"));
    }
}
