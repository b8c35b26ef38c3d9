//! Use cases of campaigns.

pub mod campaigns;
pub mod coming;
pub mod fired;
pub mod preferences;
pub mod recipients;
pub mod reports;
pub mod schedules;
pub mod sending;
pub mod stopping;
pub mod suppressions;
pub mod templates;
pub mod transitions;
pub mod unsubscribing;
