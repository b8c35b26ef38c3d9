//! Schedules of alliances: what becomes of missed fires, who made them, and a history of fires.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE schedule ADD COLUMN misfire TEXT NOT NULL DEFAULT 'once';
ALTER TABLE schedule ADD COLUMN max_late_s $big NOT NULL DEFAULT 604800;
ALTER TABLE schedule ADD COLUMN tzdb TEXT NOT NULL DEFAULT '';
ALTER TABLE schedule ADD COLUMN version $big NOT NULL DEFAULT 1;
ALTER TABLE schedule ADD COLUMN created_by $uuid;
ALTER TABLE schedule ADD COLUMN created_at $instant;
ALTER TABLE schedule ADD COLUMN deleted_at $instant;
ALTER TABLE schedule_fire ADD COLUMN local_minute TEXT;
ALTER TABLE schedule_fire ADD COLUMN outcome TEXT NOT NULL DEFAULT 'ran';
ALTER TABLE schedule_fire ADD COLUMN campaign_id $uuid;
ALTER TABLE schedule_fire ADD COLUMN result TEXT;
DROP INDEX schedule_due;
CREATE INDEX schedule_next ON schedule (next_at) WHERE next_at IS NOT NULL;
CREATE UNIQUE INDEX schedule_fire_once_a_minute ON schedule_fire (schedule_id, local_minute);
CREATE INDEX schedule_fire_history ON schedule_fire (schedule_id, claimed_by);
CREATE TABLE time_zone_edition (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  edition TEXT NOT NULL,
  used_since $instant NOT NULL
) $strict;
DROP INDEX promotion_by_tzdb;
CREATE INDEX promotion_ahead_by_tzdb ON promotion (tzdb)
  WHERE state IN ('draft', 'proposed', 'scheduled', 'running');
";

const DOWN: &str = "
DROP INDEX promotion_ahead_by_tzdb;
CREATE INDEX promotion_by_tzdb ON promotion (tzdb);
DROP TABLE time_zone_edition;
DROP INDEX schedule_fire_history;
DROP INDEX schedule_fire_once_a_minute;
DROP INDEX schedule_next;
CREATE INDEX schedule_due ON schedule (next_at) WHERE enabled = $true;
ALTER TABLE schedule_fire DROP COLUMN result;
ALTER TABLE schedule_fire DROP COLUMN campaign_id;
ALTER TABLE schedule_fire DROP COLUMN outcome;
ALTER TABLE schedule_fire DROP COLUMN local_minute;
ALTER TABLE schedule DROP COLUMN deleted_at;
ALTER TABLE schedule DROP COLUMN created_at;
ALTER TABLE schedule DROP COLUMN created_by;
ALTER TABLE schedule DROP COLUMN version;
ALTER TABLE schedule DROP COLUMN tzdb;
ALTER TABLE schedule DROP COLUMN max_late_s;
ALTER TABLE schedule DROP COLUMN misfire;
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
