//! Campaigns that were sent before the delivery engine knew them; what holds them back is said once for each.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
INSERT INTO mailing (campaign_id, alliance_id, state, created_at)
  SELECT id, alliance_id,
    CASE state WHEN 'paused' THEN 'paused' WHEN 'cancelled' THEN 'cancelled' WHEN 'finished' THEN 'done' ELSE 'open' END,
    created_at
  FROM campaign WHERE started_at IS NOT NULL;
INSERT INTO campaign_count (campaign_id, shard, state, n)
  SELECT campaign_id, -1, state, count(*) FROM delivery WHERE campaign_id IS NOT NULL GROUP BY campaign_id, state;
ALTER TABLE delivery DROP COLUMN on_hold;
ALTER TABLE mailing ADD COLUMN keep_until $instant;
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (campaign_id, domain_group, due_at) WHERE state IN ('queued', 'deferred');
DROP INDEX delivery_of_campaign;
CREATE INDEX delivery_aside ON delivery (campaign_id, state, id)
  WHERE state IN ('deferred', 'unsure', 'bounced', 'failed', 'suppressed');
CREATE INDEX delivery_unsure ON delivery (due_at, id) WHERE state = 'unsure';
ALTER TABLE attempt ADD COLUMN campaign_id $uuid;
CREATE INDEX attempt_of_campaign ON attempt (campaign_id, id) WHERE campaign_id IS NOT NULL;
CREATE TABLE address_fault (
  email TEXT NOT NULL PRIMARY KEY,
  refused_at $instant NOT NULL
) $strict;
";

const DOWN: &str = "
DROP TABLE address_fault;
DROP INDEX attempt_of_campaign;
ALTER TABLE attempt DROP COLUMN campaign_id;
DROP INDEX delivery_unsure;
DROP INDEX delivery_aside;
CREATE INDEX delivery_of_campaign ON delivery (campaign_id, state, id) WHERE campaign_id IS NOT NULL;
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (campaign_id, domain_group, due_at, id) WHERE state IN ('queued', 'deferred');
ALTER TABLE mailing DROP COLUMN keep_until;
DELETE FROM campaign_count;
DELETE FROM mailing;
";

const HOLD_SQLITE: &str = "ALTER TABLE delivery ADD COLUMN on_hold INTEGER NOT NULL DEFAULT 0";
const HOLD_POSTGRES: &str =
    "ALTER TABLE delivery ADD COLUMN on_hold BOOLEAN NOT NULL DEFAULT FALSE";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::either(manager, &[HOLD_SQLITE], &[HOLD_POSTGRES]).await?;
        dialect::run(manager, DOWN).await
    }
}
