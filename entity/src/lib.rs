//! Tables as sea-orm entities: columns and keys. No queries, no rules.

pub mod ids;
pub mod instant;

pub mod action_link;
pub mod alliance;
pub mod api_key;
pub mod audit_event;
pub mod ballot;
pub mod ballot_elector;
pub mod by_laws;
pub mod campaign;
pub mod delivery;
pub mod enrolment;
pub mod idempotency_key;
pub mod invitation;
pub mod job;
pub mod mandate;
pub mod manufacturer;
pub mod manufacturer_staff;
pub mod membership;
pub mod merchant;
pub mod merchant_staff;
pub mod outbox_event;
pub mod promotion;
pub mod promotion_phase;
pub mod refresh_token;
pub mod role_grant;
pub mod schedule;
pub mod schedule_fire;
pub mod session;
pub mod signing_key;
pub mod size_fact;
pub mod suppression;
pub mod template;
pub mod user_account;
pub mod vote;
