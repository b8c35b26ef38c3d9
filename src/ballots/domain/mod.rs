//! The rules of collective decisions: no clock, no rows, exact integers.

pub mod choice;
pub mod choice_round;
pub mod early_close;
pub mod electorate;
pub mod life;
pub mod matter;
pub mod paper;
pub mod proxy;
pub mod record;
pub mod refusal;
pub mod resolve;
pub mod rule;
pub mod tally;
pub mod timetable;
pub mod weight;

#[cfg(test)]
mod strictness_tests;
#[cfg(test)]
mod tests;
