//! Tables of the machinery: clock, journal, outbox, jobs, schedules, idempotency keys, signing keys.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE installation (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sandbox $bool NOT NULL
) $strict;
CREATE TABLE sandbox_clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  offset_ms $big NOT NULL CHECK (offset_ms >= 0)
) $strict;
CREATE TABLE audit_event (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  at $instant NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object_id $uuid NOT NULL,
  data $json NOT NULL,
  request_id TEXT NOT NULL
) $strict;
CREATE INDEX audit_event_by_alliance ON audit_event (alliance_id, id);
CREATE INDEX audit_event_by_object ON audit_event (object_id, id);
CREATE TABLE outbox_event (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  topic TEXT NOT NULL,
  payload $json NOT NULL,
  created_at $instant NOT NULL,
  dispatched_at $instant
) $strict;
CREATE INDEX outbox_event_waiting ON outbox_event (id) WHERE dispatched_at IS NULL;
CREATE TABLE job (
  id $uuid NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  payload $json NOT NULL,
  state TEXT NOT NULL CONSTRAINT job_state CHECK (state IN ('queued', 'running', 'done', 'given_up')),
  due_at $instant NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  lease_until $instant,
  lease_token $uuid,
  last_error TEXT,
  created_at $instant NOT NULL
) $strict;
CREATE INDEX job_due ON job (due_at, id) WHERE state IN ('queued', 'running');
CREATE TABLE schedule (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  name TEXT NOT NULL,
  expr TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  job TEXT NOT NULL,
  payload $json NOT NULL,
  enabled $bool NOT NULL,
  next_at $instant,
  last_at $instant
) $strict;
CREATE UNIQUE INDEX schedule_of_service ON schedule (name) WHERE alliance_id IS NULL;
CREATE INDEX schedule_by_alliance ON schedule (alliance_id, id);
CREATE INDEX schedule_due ON schedule (next_at) WHERE enabled = $true;
CREATE TABLE schedule_fire (
  schedule_id $uuid NOT NULL REFERENCES schedule (id),
  fire_at $instant NOT NULL,
  claimed_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  PRIMARY KEY (schedule_id, fire_at)
) $strict;
CREATE TABLE idempotency_key (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  digest $bytes NOT NULL,
  status INTEGER NOT NULL,
  location TEXT,
  etag TEXT,
  body TEXT NOT NULL,
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL,
  PRIMARY KEY (principal, key)
) $strict;
CREATE TABLE action_link (
  digest $bytes NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  payload $json NOT NULL,
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL,
  used_at $instant
) $strict;
CREATE INDEX action_link_expiry ON action_link (expires_at);
CREATE INDEX idempotency_key_expiry ON idempotency_key (expires_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "audit_event").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &[
                "action_link",
                "idempotency_key",
                "schedule_fire",
                "schedule",
                "job",
                "outbox_event",
                "audit_event",
                "sandbox_clock",
                "installation",
            ],
        )
        .await
    }
}
