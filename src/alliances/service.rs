//! Use cases of alliances.

pub mod founding;
pub mod memberships;
pub mod notes;
pub mod sizes;
pub mod statutes;
