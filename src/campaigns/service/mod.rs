//! Use cases of campaigns.

pub mod campaigns;
pub mod recipients;
pub mod reports;
pub mod sending;
pub mod suppressions;
pub mod templates;
pub mod transitions;
pub mod unsubscribing;
