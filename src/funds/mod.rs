//! Pooled money: how an alliance turns a decision to spend into amounts its members owe.
//!
//! `domain` holds the rules, exact and free of clocks and stores; `calculators` offers the same rules to
//! anyone who wants to try one before adopting it.

pub mod calculators;
pub mod domain;
pub mod problems;
mod routes;
mod rules;

pub use routes::configure;
pub use rules::RULES;
