//! Accounts: people sign up, prove their address, log in, and keep their sessions.
//! Access tokens are Ed25519 and live ten minutes; refresh tokens rotate, and a replay ends the family.

mod letters;
mod passwords;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;
mod tokens;

pub use routes::configure;
pub use rules::RULES;
pub use service::Person;
pub use service::create_admin;
pub use service::ensure_first_admin;
pub use service::links;
pub use service::people;
pub use service::person;
pub use service::person_by_email;
pub use tokens::AUTHENTICATOR;

use crate::kernel::problem::Failure;
use crate::platform::registry::Sweep;

/// Accounts need no sweep: sessions and tokens carry their own end.
pub fn sweeps() -> Vec<Sweep> {
    Vec::new()
}

/// A failure in words for an operator at a terminal.
pub fn explain(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.to_string(),
        other => format!("{other:?}"),
    }
}
