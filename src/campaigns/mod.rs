//! Campaigns: mail to the members of an alliance, written with checked templates, sent once to each
//! address, and refused for good with one click.

pub mod domain;
pub mod problems;
mod promotion_facts;
mod repo;
mod routes;
mod rules;
mod service;

use chrono::TimeDelta;

use crate::platform::registry::Sweep;

pub use routes::configure;
pub use rules::RULES;

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![Sweep {
        name: "campaigns",
        every: TimeDelta::seconds(1),
        run: |ctx| Box::pin(service::sending::advance(ctx)),
    }]
}
