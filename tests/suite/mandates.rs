//! Mandates: what a decision permits, once, with exactly its content; and the acts that need one.

mod awards;
mod dissolutions;
mod expulsions;
mod flows;
mod permits;
