//! The end of an alliance, as it is decided on.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE dissolution (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  reasons TEXT NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT dissolution_state CHECK (state IN ('proposed', 'executed', 'dropped')),
  ended_at $instant,
  mandate_id $uuid REFERENCES mandate (id),
  proposed_by $uuid NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT dissolution_by_mandate CHECK ((state = 'executed') = (mandate_id IS NOT NULL))
) $strict;
CREATE INDEX dissolution_by_alliance ON dissolution (alliance_id, id);
CREATE UNIQUE INDEX dissolution_once ON dissolution (alliance_id) WHERE state IN ('proposed', 'executed');
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["dissolution"]).await
    }
}
