//! Rules of alliances.

pub mod by_laws;
pub mod invitation;
pub mod kind;
pub mod membership;
pub mod roles;
