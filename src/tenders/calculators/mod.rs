//! Calculators: the rules without the paperwork. Requests and answers use the names of the rules' examples.

pub mod award;
pub mod award_scoring;
pub mod clearing;
pub mod evaluated_cost;
pub mod quote_choice;
pub mod scorecard;
pub mod sharing;
pub mod tiered_price;
#[cfg(test)]
pub(crate) mod vectors;
