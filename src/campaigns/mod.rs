//! Campaigns: mail to the members of an alliance, written with checked templates, sent once to each
//! address, and refused for good with one click.

pub mod domain;
mod letters;
pub mod problems;
mod promotion_facts;
mod repo;
mod routes;
mod rules;
mod service;

use chrono::TimeDelta;

use crate::platform::registry::Sweep;
use crate::platform::registry::Unfinished;

pub use routes::configure;
pub use rules::RULES;
pub use service::fired::jobs;
pub use service::stopping::consumers;
pub use service::unsubscribing::link as refusal_link;

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![Sweep {
        name: "campaigns",
        every: TimeDelta::seconds(1),
        run: |ctx| Box::pin(service::sending::advance(ctx)),
    }]
}

/// What has to be finished before the alliance can end.
pub const UNFINISHED: Unfinished = Unfinished {
    what: "campaigns",
    count: |tx, alliance| Box::pin(repo::count_unfinished(tx, alliance)),
};
