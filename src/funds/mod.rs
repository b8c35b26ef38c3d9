//! Pooled money: how an alliance turns a decision to spend into amounts its members owe, keeps every amount in
//! a ledger that balances, and gives back what was not spent.
//!
//! `domain` holds the rules, exact and free of clocks and stores; `calculators` offers the same rules to
//! anyone who wants to try one before adopting it; `service` runs the real thing.

pub mod calculators;
pub mod domain;
mod due;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;
#[cfg(test)]
mod tests;

use crate::platform::registry::Unfinished;

pub use domain::invariants::Finding;
pub use domain::invariants::Invariant;
pub use domain::proof::Proven;
pub use domain::proof::Unproven;
pub use due::Due;
pub use due::due_until;
pub use routes::configure;
pub use rules::RULES;
pub use service::approval::consumers;
pub use service::budgets::AssessmentBrief;
pub use service::budgets::FundBrief;
pub use service::budgets::assessment_brief;
pub use service::budgets::fund_brief;
pub use service::chain::Verified;
pub use service::chain::verify_chain;
pub use service::clock::sweeps;
pub use service::contributions::Contribution;
pub use service::contributions::in_arrears;
pub use service::contributions::of_last_season;
pub use service::proof::prove;
pub use service::subjects::ballot_subject;
pub use service::verify::Counted;
pub use service::verify::verify;

/// What has to be finished before the alliance can end.
pub const UNFINISHED: Unfinished = Unfinished {
    what: "funds",
    count: |tx, alliance| Box::pin(repo::funds::count_unfinished(tx, alliance)),
};
