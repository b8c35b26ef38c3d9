//! Files with the lines of a quote.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE quote_upload (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  quote_id $uuid NOT NULL REFERENCES quote (id),
  mode TEXT NOT NULL CONSTRAINT quote_upload_mode CHECK (mode IN ('replace', 'merge')),
  status TEXT NOT NULL,
  line_count INTEGER NOT NULL,
  fault_count INTEGER NOT NULL,
  sealed_faults $bytes,
  revision INTEGER,
  received_at $instant NOT NULL,
  CONSTRAINT quote_upload_status CHECK (status IN ('invalid', 'applied', 'unchanged')),
  CONSTRAINT quote_upload_outcome CHECK ((status = 'invalid') = (revision IS NULL)),
  CONSTRAINT quote_upload_faults CHECK ((status = 'invalid') = (sealed_faults IS NOT NULL))
) $strict;
CREATE INDEX quote_upload_by_alliance ON quote_upload (alliance_id, quote_id, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["quote_upload"]).await
    }
}
