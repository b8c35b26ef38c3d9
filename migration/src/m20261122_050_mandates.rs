//! Mandates: what a carried ballot or an approval permits.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE mandate (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  matter TEXT NOT NULL,
  subject_id $uuid NOT NULL,
  content_hash $bytes NOT NULL,
  source TEXT NOT NULL CONSTRAINT mandate_source UNIQUE,
  issued_at $instant NOT NULL,
  consumed_at $instant
) $strict;
CREATE INDEX mandate_by_subject ON mandate (alliance_id, subject_id, matter);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["mandate"]).await
    }
}
