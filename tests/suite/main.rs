//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod alliances;
mod house;
mod machinery;
mod merchants;
mod promotions;
mod support;
mod wire;
