//! Tables of mail: one row per message and recipient, and the addresses that refuse mail.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE delivery (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  campaign_id $uuid,
  category TEXT NOT NULL,
  to_email TEXT NOT NULL,
  to_name TEXT NOT NULL,
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  unsubscribe_url TEXT,
  dedupe_key TEXT,
  state TEXT NOT NULL CONSTRAINT delivery_state CHECK (state IN
    ('queued', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'suppressed', 'cancelled')),
  on_hold $bool NOT NULL,
  due_at $instant NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  lease_until $instant,
  lease_token $uuid,
  first_try_at $instant,
  done_at $instant,
  code INTEGER,
  reason TEXT,
  expires_at $instant NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE UNIQUE INDEX delivery_once_in_campaign ON delivery (campaign_id, dedupe_key);
CREATE UNIQUE INDEX delivery_once_outside ON delivery (dedupe_key) WHERE campaign_id IS NULL;
CREATE INDEX delivery_of_campaign ON delivery (campaign_id, state, id) WHERE campaign_id IS NOT NULL;
CREATE INDEX delivery_due ON delivery (on_hold, due_at, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX delivery_leased ON delivery (lease_until, id) WHERE state IN ('claimed', 'sending');
CREATE TABLE suppression (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  category TEXT,
  email TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE INDEX suppression_by_alliance ON suppression (alliance_id, id);
CREATE UNIQUE INDEX suppression_once ON suppression (email, alliance_id, category);
CREATE UNIQUE INDEX suppression_once_in_alliance ON suppression (email, alliance_id) WHERE category IS NULL;
CREATE UNIQUE INDEX suppression_once_of_category ON suppression (email, category) WHERE alliance_id IS NULL;
CREATE UNIQUE INDEX suppression_once_everywhere ON suppression (email)
  WHERE alliance_id IS NULL AND category IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["suppression", "delivery"]).await
    }
}
