//! Calculators: the rules without the paperwork. Requests and answers use the names of the rules' examples.

pub mod clearing;
pub mod tiered_price;
#[cfg(test)]
pub(crate) mod vectors;
