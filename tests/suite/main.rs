//! The service as its callers see it, on both databases. One binary: it links once.

mod access;
mod accounts;
mod alliances;
mod ballots;
mod campaigns;
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
