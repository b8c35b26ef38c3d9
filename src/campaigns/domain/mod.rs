//! Rules of campaigns without IO: what a template may say, the states of a campaign, the link that refuses.

pub mod action;
pub mod letter;
pub mod purpose;
pub mod state;
pub mod template;
pub mod token;
pub mod variables;
