//! Messages that came back, what they say about addresses, and where a refusal came from.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE bounce (
  id $uuid NOT NULL PRIMARY KEY,
  sha256 $bytes NOT NULL CONSTRAINT bounce_once UNIQUE,
  received_at $instant NOT NULL,
  source TEXT NOT NULL CONSTRAINT bounce_source CHECK (source IN ('hook', 'imap')),
  delivery_id $uuid,
  alliance_id $uuid,
  email TEXT,
  kind TEXT NOT NULL CONSTRAINT bounce_kind CHECK (kind IN
    ('hard', 'soft', 'refused', 'policy', 'complaint', 'delayed', 'ignored', 'unmatched', 'forged')),
  status TEXT,
  diagnostic TEXT,
  raw $bytes NOT NULL,
  CONSTRAINT bounce_names_whom CHECK ((delivery_id IS NULL) = (email IS NULL))
) $strict;
CREATE INDEX bounce_by_alliance ON bounce (alliance_id, id) WHERE alliance_id IS NOT NULL;
CREATE INDEX bounce_by_email ON bounce (email, received_at) WHERE email IS NOT NULL;
CREATE TABLE address_watch (
  email TEXT NOT NULL PRIMARY KEY,
  recent $json NOT NULL,
  changed_at $instant NOT NULL
) $strict;
ALTER TABLE suppression ADD COLUMN source TEXT NOT NULL DEFAULT 'link';
ALTER TABLE suppression ADD COLUMN evidence_id $uuid;
ALTER TABLE suppression ADD COLUMN expires_at $instant;
ALTER TABLE suppression ADD COLUMN found_in $uuid;
CREATE INDEX suppression_found_in ON suppression (found_in, id) WHERE found_in IS NOT NULL;
";

const DOWN: &str = "
DROP INDEX suppression_found_in;
ALTER TABLE suppression DROP COLUMN found_in;
ALTER TABLE suppression DROP COLUMN expires_at;
ALTER TABLE suppression DROP COLUMN evidence_id;
ALTER TABLE suppression DROP COLUMN source;
DROP TABLE address_watch;
DROP TABLE bounce;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await
    }
}
