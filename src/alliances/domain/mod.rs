//! Rules of alliances.

pub mod by_laws;
pub mod membership;
