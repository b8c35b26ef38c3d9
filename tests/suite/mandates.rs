//! Mandates: what a decision permits, once, with exactly its content; and the acts that need one.

mod awards;
mod dissolutions;
pub mod expulsions;
pub mod flows;
mod money;
mod permits;
