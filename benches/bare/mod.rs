//! The bare handler and the load that it shares with the service.

pub mod handlers;
pub mod load;
pub mod server;
pub mod statements;
