//! Rules of alliances.

pub mod admission;
pub mod ballot_matter;
pub mod ballot_rule;
pub mod by_laws;
pub mod country_pack;
pub mod expense_rule;
pub mod invitation;
pub mod kind;
pub mod measure;
pub mod membership;
pub mod roles;
pub mod tightness;
pub mod visibility;
