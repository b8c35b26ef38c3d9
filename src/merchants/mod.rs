//! Merchants and manufacturers: who they are, who acts for them, how large they are.

pub mod domain;
pub mod face;
mod letters;
pub mod problems;
mod repo;
mod routes;
mod rules;
mod service;

pub use domain::size::Size;
pub use domain::size::SizeEvent;
pub use domain::size::SizeStatus;
pub use face::Manufacturer;
pub use face::Merchant;
pub use face::found_merchant_in;
pub use face::lock_merchant;
pub use face::manufacturer;
pub use face::manufacturer_staff;
pub use face::manufacturers_of;
pub use face::merchant;
pub use face::merchants_of;
pub use face::note_manufacturer;
pub use face::require_manufacturer;
pub use face::size_on;
pub use face::staff_of;
pub use repo::sizes::SizeFact;
pub use routes::SizeFactView;
pub use routes::configure;
pub use rules::RULES;
pub use service::api_keys::AUTHENTICATOR;
pub use service::sizes::size_fact;
pub use service::sizes::size_facts;
pub use service::sizes::supersede_size;
