//! The rules of collective decisions: no clock, no rows, exact integers.

pub mod choice;
pub mod early_close;
pub mod refusal;
pub mod resolve;
pub mod rule;
pub mod tally;
pub mod weight;

#[cfg(test)]
mod tests;
