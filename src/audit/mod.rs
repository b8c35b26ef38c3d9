//! Audit: those who run an alliance, and its observers, read its journal. Every use case writes there in its
//! own transaction; nobody changes it.

mod repo;
mod routes;
mod rules;
mod service;

pub use routes::configure;
pub use rules::RULES;
