//! The rules of negotiation, pure: same inputs, same result.
//!
//! Money is minor units, unit prices are scaled by 10^6, rounding is half away from zero once per named amount.

pub mod clearing;
pub mod commitments;
pub mod evaluation;
pub mod exact;
pub mod gtin;
pub mod line_rules;
pub mod price_schedule;
pub mod quote_choice;
pub mod rationing;
pub mod scorecard;
pub mod tiered_price;
