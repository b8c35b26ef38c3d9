//! Guildhall: the coordinator for chambers of commerce of small merchants.
//!
//! Vertical slices over a shared kernel; imports point one way (see `ARCHITECTURE.md`).

pub mod accounts;
pub mod alliances;
pub mod app;
pub mod audit;
pub mod ballots;
pub mod campaigns;
pub mod funds;
pub mod http;
pub mod kernel;
pub mod mail;
pub mod mandates;
pub mod merchants;
pub mod platform;
pub mod promotions;
pub mod tenders;
