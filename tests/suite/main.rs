//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod alliances;
mod campaigns;
mod machinery;
mod merchants;
mod smtp;
mod support;
mod wire;
