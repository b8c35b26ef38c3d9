//! Machinery without opinions about alliances: database, time, ids, keys, journal, outbox, queue, schedules.

pub mod act;
pub mod clock;
pub mod config;
pub mod cron_line;
pub mod ctx;
pub mod db;
pub mod guard;
pub mod idempotency;
pub mod ids;
pub mod journal;
pub mod keys;
pub mod links;
pub mod outbox;
pub mod queue;
pub mod random;
pub mod registry;
pub mod schedule;
pub mod telemetry;
pub mod worker;
