//! The money rules: pure functions over integers of minor units and exact rationals.

pub mod apportion;
pub mod mix;
