//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod ballots;
mod document;
mod machinery;
mod support;
mod wire;
