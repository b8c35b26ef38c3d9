//! The money rules: pure functions over integers of minor units and exact rationals.

pub mod apportion;
pub mod dues;
pub mod instalments;
pub mod levy;
pub mod mix;
pub mod refund;
pub mod rounding;
pub mod sponsor;
pub mod true_up;
pub mod unit_rate;

#[cfg(test)]
mod vectors;
