//! The money rules: pure functions over integers of minor units and exact rationals.

pub mod allocation;
pub mod apportion;
pub mod band;
pub mod books;
pub mod bought;
pub mod chain;
pub mod chart;
pub mod closing;
pub mod documents;
pub mod due;
pub mod dues;
pub mod exact;
pub mod free;
pub mod instalments;
pub mod invariants;
pub mod ledger;
pub mod levy;
pub mod mix;
pub mod owed;
pub mod plan;
pub mod proof;
pub mod refund;
pub mod reminding;
pub mod rounding;
pub mod season;
pub mod settlement;
pub mod sizes;
pub mod sponsor;
pub mod state;
pub mod true_up;
pub mod unit_rate;
pub mod worth;

#[cfg(test)]
mod vectors;
