//! Mandates: a carried ballot or an approval permits one act with one content, once; the gated use case
//! consumes it. Whoever decides and whoever acts meet here, so that neither imports the other.
//!
//! The acts of the alliance upon itself are gated here as well, because its own slice lies to the left: the
//! expulsion of a member, and its own end.

pub mod domain;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;

pub use domain::matter::Matter;
pub use domain::subject::Choice;
pub use domain::subject::Subject;
pub use routes::configure;
pub use rules::RULES;
pub use service::consumers;
pub use service::permits::CONSUMED;
pub use service::permits::Decision;
pub use service::permits::ISSUED;
pub use service::permits::consume;
pub use service::permits::content_hash;
pub use service::permits::issue;
pub use service::permits::missing;
pub use service::permits::permits;
pub use service::permits::revoke;
pub use service::permits::source_of;
pub use service::subjects::ballot_subject;
