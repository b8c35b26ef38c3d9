//! Merchants and manufacturers: who they are, who acts for them, how large they are.

pub mod domain;
pub mod face;
mod repo;

pub use domain::size::Size;
pub use domain::size::SizeStatus;
pub use face::Manufacturer;
pub use face::Merchant;
pub use face::manufacturer;
pub use face::manufacturer_staff;
pub use face::manufacturers_of;
pub use face::merchant;
pub use face::merchants_of;
pub use face::note_manufacturer;
pub use face::require_manufacturer;
pub use face::size_on;
pub use face::staff_of;
