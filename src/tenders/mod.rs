//! Group price negotiation: pooled demand of members against bulk quotes of manufacturers.
//!
//! `domain` holds the rules, `calculators` the same rules as stateless requests and answers. What a quote
//! says is at rest only encrypted, and nobody in the alliance reads it before two people open the round.

pub mod calculators;
pub mod domain;
mod letters;
pub mod problems;
mod repo;
mod routes;
pub mod rules;
mod sealing;
mod service;
mod views;

use chrono::TimeDelta;

use crate::platform::registry::Sweep;
use crate::platform::registry::Unfinished;

pub use routes::configure;
pub use rules::RULES;
pub use service::bids::ballot_subject;
pub use service::link_sessions::AUTHENTICATOR;
pub use service::link_sessions::links;

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![Sweep {
        name: "tenders",
        every: TimeDelta::seconds(1),
        run: |ctx| Box::pin(service::clock::sweep(ctx)),
    }]
}

/// What has to be finished before the alliance can end.
pub const UNFINISHED: Unfinished = Unfinished {
    what: "tenders",
    count: |tx, alliance| Box::pin(repo::tenders::count_unfinished(tx, alliance)),
};
