//! Group price negotiation: pooled demand of members against bulk quotes of manufacturers.
//!
//! `domain` holds the rules, `calculators` the same rules as stateless requests and answers.

pub mod calculators;
pub mod domain;
pub mod problems;
mod repo;
mod routes;
pub mod rules;

pub use routes::configure;
pub use rules::RULES;
