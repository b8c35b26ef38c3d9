//! Tables as sea-orm entities: columns and keys. No queries, no rules.

pub mod ids;
pub mod instant;

pub mod audit_event;
pub mod delivery;
pub mod idempotency_key;
pub mod job;
pub mod outbox_event;
pub mod schedule;
pub mod schedule_fire;
pub mod suppression;
