//! SQL of mandates and of the cases that wait for them.

pub mod dissolutions;
pub mod expulsions;
pub mod mandates;
