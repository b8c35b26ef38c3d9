//! Admissions to which members may object, and their objections.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE admission (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  state TEXT NOT NULL CONSTRAINT admission_state CHECK (state IN ('open', 'admitted', 'refused')),
  agreed_by $uuid,
  announced_at $instant NOT NULL,
  objections_until $instant NOT NULL,
  reasons TEXT,
  decided_by $uuid,
  decided_at $instant,
  version $big NOT NULL,
  CONSTRAINT admission_decided CHECK ((state = 'open') = (decided_at IS NULL))
) $strict;
CREATE INDEX admission_by_alliance ON admission (alliance_id, id);
CREATE UNIQUE INDEX admission_once ON admission (membership_id) WHERE state = 'open';
CREATE INDEX admission_due ON admission (objections_until) WHERE state = 'open';
CREATE TABLE admission_objection (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  admission_id $uuid NOT NULL REFERENCES admission (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  reasons TEXT NOT NULL,
  objected_by $uuid NOT NULL,
  objected_at $instant NOT NULL,
  withdrawn_at $instant
) $strict;
CREATE INDEX admission_objection_by_alliance ON admission_objection (alliance_id, admission_id);
CREATE UNIQUE INDEX admission_objection_once ON admission_objection (admission_id, membership_id)
  WHERE withdrawn_at IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["admission_objection", "admission"]).await
    }
}
