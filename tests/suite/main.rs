//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod funds;
mod support;
