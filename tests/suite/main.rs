//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod alliances;
mod machinery;
mod merchants;
mod support;
mod tenders;
mod wire;
