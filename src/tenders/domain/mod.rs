//! The rules of negotiation, pure: same inputs, same result.
//!
//! Money is minor units, unit prices are scaled by 10^6, rounding is half away from zero once per named amount.

pub mod award;
pub mod bulk;
pub mod clearing;
pub mod commitments;
pub mod evaluation;
pub mod exact;
pub mod group_invoice;
pub mod gtin;
pub mod lifecycle;
pub mod line_rules;
pub mod member_default;
pub mod offer;
pub mod price_schedule;
pub mod quote_choice;
pub mod rationing;
pub mod retro_rebate;
pub mod round_rules;
pub mod scorecard;
pub mod sharing;
pub mod terms;
pub mod tiered_price;
