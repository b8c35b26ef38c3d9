//! Promotions: festivals and their dates, the phases of a shared sale in local time, and the
//! conflicts between sales of different alliances.
//! Design: phases as the large marketplaces publish them; local wall time is the truth.

pub mod calculators;
pub mod domain;
pub mod problems;
mod routes;
mod rules;

pub use routes::configure;
pub use rules::RULES;
