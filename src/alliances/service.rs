//! Use cases of alliances.

mod admission_letters;
pub mod admissions;
pub mod agreeing;
pub mod dissolving;
mod expiry;
pub mod founding;
mod invitation_page;
pub mod invitations;
pub mod memberships;
pub mod notes;
pub mod registers;
pub mod roles;
pub mod sizes;
pub mod statutes;

pub use expiry::sweeps;
pub use invitation_page::links;
