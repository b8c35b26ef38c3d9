//! The ledger against a real database, without the wire.

mod ground;
mod model;
mod operation;
mod random;
