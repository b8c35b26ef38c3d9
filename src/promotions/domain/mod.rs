//! The rules of festivals and promotions: no clock, no rows, dates and instants as arguments.

pub mod conflicts;
pub mod festivals;
pub mod ics;
pub mod local_time;
pub mod phases;
pub mod refusal;

#[cfg(test)]
pub(crate) mod vectors;
