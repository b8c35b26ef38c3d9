//! The service as its callers see it, on both databases. One binary: it links once.

mod access;
mod accounts;
mod house;
mod promotions;
mod alliances;
mod invitations;
mod ballots;
mod document;
mod campaigns;
mod machinery;
mod merchants;
mod smtp;
mod funds;
mod support;
mod wire;
