//! A ballot's rule as data, as the by-laws spell it.

pub use crate::alliances::domain::ballot_rule::*;
