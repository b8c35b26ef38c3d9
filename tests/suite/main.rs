//! The service as its callers see it, on both databases. One binary: it links once.

mod accounts;
mod alliances;
mod invitations;
mod machinery;
mod merchants;
mod sizes;
mod support;
mod wire;
