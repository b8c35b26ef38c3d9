//! Ballots: an alliance puts a question, its members vote by head and by weight, and the count is
//! a pure function of rule, electorate and votes that anybody may repeat.
//! Design: dual majorities of business improvement districts, votes by proxy, choice with run-off.

pub mod calculators;
mod closing;
pub mod domain;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;
mod subjects;

use chrono::TimeDelta;

use crate::platform::registry::Sweep;
use crate::platform::registry::Unfinished;

pub use closing::closing_between;
pub use routes::configure;
pub use rules::RULES;
pub use service::JOBS;
pub use service::LINKS;
pub use service::consumers;
pub use subjects::subject_of;

/// The clock of ballots: does what is due, and looks whether results stand already.
pub const SWEEPS: &[Sweep] = &[
    Sweep {
        name: "ballots",
        every: TimeDelta::seconds(1),
        run: |ctx| Box::pin(service::tick(ctx)),
    },
    Sweep {
        name: "ballots.decided",
        every: TimeDelta::seconds(10),
        run: |ctx| Box::pin(service::check_decided(ctx)),
    },
];

/// What has to be finished before the alliance can end.
pub const UNFINISHED: Unfinished = Unfinished {
    what: "ballots",
    count: |tx, alliance| Box::pin(repo::count_unfinished(tx, alliance)),
};
