//! The content of a bulk quote: header, declarations and lines, and every rule that they break.
//!
//! There is no field for a resale price, and unknown fields are refused. Nothing here derives `Debug`:
//! a price must not reach a log.

pub mod check;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de::Error;
use utoipa::ToSchema;

use crate::kernel::money::UnitPrice;
use crate::kernel::time::Instant;
use crate::kernel::time::content;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::OutOfRange;
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

/// A field that must stand there, even if it is `null`.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Option::deserialize(deserializer)
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
    /// From the order's confirmation to readiness; `null` where it is not stated.
    #[serde(deserialize_with = "stated")]
    #[schema(minimum = 0, maximum = 730, required = true)]
    pub lead_time_days: Option<i64>,
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

impl Offer {
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
    /// A line that says nothing yet.
    pub const fn empty() -> Self {
        Self {
            line_ref: String::new(),
            supplier_item_code: None,
            gtin: None,
            description: None,
            alternative: false,
            unit_code: String::new(),
            base_quantity: None,
            discount_mode: None,
            price_breaks: Vec::new(),
            moq: None,
            order_multiple: None,
            pack_size: None,
            pack_unit_code: None,
            capacity: None,
            lead_time_days: None,
            tooling_minor: 0,
            freight: None,
            allowance_bps: 0,
            quantity_tolerance_bps: 0,
            country_of_origin: None,
            hs_code: None,
            net_weight_gram: None,
            volume_cm3: None,
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
mod tests;
