//! Rules of one quote line as it is submitted: every broken rule is named, in order of detection.

use serde::Deserialize;

use crate::kernel::money::UnitPrice;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::price_schedule::DiscountMode;

/// Most breaks of one line.
pub const MAX_BREAKS: usize = 10;

/// A break as it was sent; the price is still text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentBreak {
    /// Smallest quantity of this break.
    pub min_quantity: i64,
    /// Decimal text.
    pub unit_price: String,
}

/// The priced part of a line as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentLine {
    /// `all_units` unless given.
    #[serde(default)]
    pub discount_mode: Option<String>,
    /// 1 to 10 breaks.
    pub price_breaks: Vec<SentBreak>,
    /// 1 unless given.
    #[serde(default)]
    pub moq: Option<i64>,
    /// 1 unless given.
    #[serde(default)]
    pub order_multiple: Option<i64>,
    /// Without limit unless given.
    #[serde(default)]
    pub capacity: Option<i64>,
}

/// A broken rule of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LineError {
    /// Neither `all_units` nor `incremental`.
    #[error("the discount mode is all_units or incremental")]
    InvalidDiscountMode,
    /// There is no break.
    #[error("a line needs at least one price break")]
    NoPriceBreaks,
    /// A quantity is out of range, or there are more than [`MAX_BREAKS`] breaks.
    #[error("a quantity, or the number of breaks, is out of range")]
    OutOfRange,
    /// A price with a comma where the point belongs.
    #[error("a price uses a decimal point, not a comma")]
    DecimalComma,
    /// A price that is no plain decimal with at most six places.
    #[error("a price is a plain decimal with at most six places")]
    InvalidPrice,
    /// A price of zero.
    #[error("a price is above zero")]
    ZeroPrice,
    /// Quantities do not rise.
    #[error("quantities of breaks rise")]
    BreaksNotAscending,
    /// Prices do not fall.
    #[error("prices of breaks fall")]
    PriceNotDecreasing,
    /// Incremental brackets that leave the first units without a price.
    #[error("incremental brackets start at quantity 1")]
    IncrementalMustStartAtOne,
    /// The smallest order has no price.
    #[error("the first break is at or below the minimum order quantity")]
    FirstBreakAboveMoq,
    /// Not even the smallest order can be delivered.
    #[error("the capacity is below the minimum order quantity in whole packs")]
    CapacityBelowMoq,
}

impl LineError {
    /// Stable code of the rule.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidDiscountMode => "invalid_discount_mode",
            Self::NoPriceBreaks => "no_price_breaks",
            Self::OutOfRange => "out_of_range",
            Self::DecimalComma => "decimal_comma",
            Self::InvalidPrice => "invalid_price",
            Self::ZeroPrice => "zero_price",
            Self::BreaksNotAscending => "breaks_not_ascending",
            Self::PriceNotDecreasing => "price_not_decreasing",
            Self::IncrementalMustStartAtOne => "incremental_must_start_at_one",
            Self::FirstBreakAboveMoq => "first_break_above_moq",
            Self::CapacityBelowMoq => "capacity_below_moq",
        }
    }
}

/// Every rule that `line` breaks, each once; empty means acceptable.
pub fn check(line: &SentLine) -> Vec<LineError> {
    let mut errors = vec![];
    let mode = DiscountMode::parse(line.discount_mode.as_deref().unwrap_or("all_units"));
    if mode.is_none() {
        errors.push(LineError::InvalidDiscountMode);
    }
    if line.price_breaks.is_empty() {
        errors.push(LineError::NoPriceBreaks);
    }
    errors.extend(check_prices(&line.price_breaks));
    let moq = line.moq.unwrap_or(1);
    let multiple = line.order_multiple.unwrap_or(1);
    let quantities = line.price_breaks.iter().map(|tier| tier.min_quantity);
    let in_range = |quantity| (1..=MAX_QUANTITY).contains(&quantity);
    if !quantities.chain([moq, multiple]).all(in_range)
        || line.capacity.is_some_and(|most| !in_range(most))
        || line.price_breaks.len() > MAX_BREAKS
    {
        errors.push(LineError::OutOfRange);
        return errors;
    }
    if let Some(first) = line.price_breaks.first() {
        if mode == Some(DiscountMode::Incremental) && first.min_quantity != 1 {
            errors.push(LineError::IncrementalMustStartAtOne);
        } else if first.min_quantity > moq {
            errors.push(LineError::FirstBreakAboveMoq);
        }
    }
    let smallest = exact::round_up(moq, multiple).unwrap_or(MAX_QUANTITY);
    if line.capacity.is_some_and(|most| most < smallest) {
        errors.push(LineError::CapacityBelowMoq);
    }
    errors
}

fn check_prices(breaks: &[SentBreak]) -> Vec<LineError> {
    let mut errors = vec![];
    let mut add = |error| {
        if !errors.contains(&error) {
            errors.push(error);
        }
    };
    let mut before: Option<(i64, Option<UnitPrice>)> = None;
    for tier in breaks {
        let price = UnitPrice::parse(&tier.unit_price);
        match price {
            None if is_decimal_comma(&tier.unit_price) => add(LineError::DecimalComma),
            None => add(LineError::InvalidPrice),
            Some(price) if price.scaled() == 0 => add(LineError::ZeroPrice),
            Some(_) => {}
        }
        if let Some((quantity, last)) = before {
            if tier.min_quantity <= quantity {
                add(LineError::BreaksNotAscending);
            }
            if let (Some(last), Some(price)) = (last, price)
                && price >= last
            {
                add(LineError::PriceNotDecreasing);
            }
        }
        before = Some((tier.min_quantity, price));
    }
    errors
}

/// One comma, no point, digits on both sides: `55,50`.
pub fn is_decimal_comma(text: &str) -> bool {
    text.split_once(',')
        .is_some_and(|(whole, rest)| UnitPrice::parse(&format!("{whole}.{rest}")).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_breaks_the_rules_stated() {
        for vector in vectors::load("4a_line_validation") {
            let text = vector["input"].to_string();
            let line: SentLine = serde_json::from_str(&text).expect("a line");
            let codes: Vec<_> = check(&line).into_iter().map(LineError::code).collect();
            let expected = &vector["expected"]["error_codes"];
            assert_eq!(serde_json::json!(codes), *expected, "{vector}");
        }
    }

    #[test]
    fn a_comma_for_a_point_is_named_and_never_guessed() {
        assert!(is_decimal_comma("55,50"));
        assert!(!is_decimal_comma("1,250.00"));
    }
}
