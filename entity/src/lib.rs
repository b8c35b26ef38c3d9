//! Tables as sea-orm entities: columns and keys. No queries, no rules.

pub mod ids;
pub mod instant;

pub mod action_link;
pub mod audit_event;
pub mod delivery;
pub mod idempotency_key;
pub mod job;
pub mod outbox_event;
pub mod refresh_token;
pub mod schedule;
pub mod schedule_fire;
pub mod session;
pub mod signing_key;
pub mod suppression;
pub mod user_account;
