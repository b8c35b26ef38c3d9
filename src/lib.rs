//! Guildhall: the coordinator for chambers of commerce of small merchants.
//!
//! Vertical slices over a shared kernel; imports point one way (see `ARCHITECTURE.md`).

pub mod ballots;
pub mod kernel;
pub mod promotions;
