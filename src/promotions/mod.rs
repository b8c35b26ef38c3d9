//! Promotions: festivals and their dates, the phases of a shared sale in local time, and the
//! conflicts between sales of different alliances.
//! Design: phases as the large marketplaces publish them; local wall time is the truth.

pub mod calculators;
pub mod domain;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;

use crate::platform::registry::Unfinished;

pub use domain::life::PromotionState;
pub use routes::configure;
pub use rules::RULES;
pub use service::Files;
pub use service::PhaseTimes;
pub use service::Summary;
pub use service::ballot_subject;
pub use service::coming::Coming;
pub use service::coming::coming;
pub use service::consumers;
pub use service::enrol_link;
pub use service::enrolled_members;
pub use service::links;
pub use service::recomputes;
pub use service::summary;
pub use service::sweeps;

/// What has to be finished before the alliance can end.
pub const UNFINISHED: Unfinished = Unfinished {
    what: "promotions",
    count: |tx, alliance| Box::pin(repo::count_unfinished(tx, alliance)),
};
