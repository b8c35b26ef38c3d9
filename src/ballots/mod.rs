//! Ballots: an alliance puts a question, its members vote by head and by weight, and the count is
//! a pure function of rule, electorate and votes that anybody may repeat.
//! Design: dual majorities of business improvement districts, votes by proxy, choice with run-off.

pub mod calculators;
pub mod domain;
pub mod problems;
mod routes;
mod rules;

pub use routes::configure;
pub use rules::RULES;
