//! Mandates may run out, be revoked, and name the act that used them; awards
//! name the choice of the members; and the hearings of members whose expulsion is decided on.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const CHANGES: &str = "
ALTER TABLE mandate ADD COLUMN expires_at $instant;
ALTER TABLE mandate ADD COLUMN consumed_by TEXT;
ALTER TABLE mandate ADD COLUMN revoked_at $instant
  CONSTRAINT mandate_revoked CHECK (revoked_at IS NULL OR consumed_at IS NULL);
ALTER TABLE award ADD COLUMN mandate_id $uuid;
CREATE INDEX mandate_by_alliance ON mandate (alliance_id, id);
CREATE TABLE expulsion (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  reasons TEXT NOT NULL,
  hearing_at $instant NOT NULL,
  state TEXT NOT NULL CONSTRAINT expulsion_state CHECK (state IN ('announced', 'heard', 'executed', 'dropped')),
  statement TEXT,
  stated_at $instant,
  minutes TEXT,
  heard_at $instant,
  ended_at $instant,
  mandate_id $uuid REFERENCES mandate (id),
  opened_by $uuid NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT expulsion_heard CHECK ((heard_at IS NULL) = (minutes IS NULL)),
  CONSTRAINT expulsion_by_mandate CHECK ((state = 'executed') = (mandate_id IS NOT NULL))
) $strict;
CREATE INDEX expulsion_by_alliance ON expulsion (alliance_id, id);
CREATE UNIQUE INDEX expulsion_once ON expulsion (membership_id) WHERE state IN ('announced', 'heard');
";

const BACK: &str = "
DROP TABLE expulsion;
ALTER TABLE award DROP COLUMN mandate_id;
DROP INDEX mandate_by_alliance;
ALTER TABLE mandate DROP COLUMN revoked_at;
ALTER TABLE mandate DROP COLUMN consumed_by;
ALTER TABLE mandate DROP COLUMN expires_at;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, CHANGES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, BACK).await
    }
}
