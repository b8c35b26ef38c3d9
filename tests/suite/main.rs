//! The service as its callers see it, on both databases. One binary: it links once.

#![expect(
    clippy::too_many_lines,
    reason = "a flow is one story, told in one place"
)]

mod access;
mod accounts;
mod admissions;
mod alliances;
mod ballots;
mod bounces;
mod campaigns;
mod consents;
mod document;
mod funds;
mod house;
mod invitations;
mod machinery;
mod mandates;
mod merchants;
mod promotions;
mod schedules;
mod sizes;
mod smtp;
mod support;
mod tenders;
mod wire;
