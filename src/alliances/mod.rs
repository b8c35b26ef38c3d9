//! Alliances: the tenants. Who belongs to one, who holds which role, and by which by-laws it lives.

pub mod domain;
pub mod face;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;

pub use domain::by_laws::ByLaws;
pub use face::Alliance;
pub use face::Contact;
pub use face::Member;
pub use face::Standing;
pub use face::active_member;
pub use face::active_members;
pub use face::admit;
pub use face::alliance;
pub use face::by_laws;
pub use face::contacts;
pub use face::contacts_after;
pub use face::contacts_of;
pub use face::member;
pub use face::role_holders;
pub use face::standing;
pub use routes::configure;
pub use rules::RULES;
pub use service::links;
pub use service::sweeps;
