//! Guildhall: the coordinator for chambers of commerce of small merchants.
//!
//! Vertical slices over a shared kernel; imports point one way (see `ARCHITECTURE.md`).

pub mod kernel;
pub mod tenders;
