//! Tables as sea-orm entities: columns and keys. No queries, no rules.

pub mod ids;
pub mod instant;
