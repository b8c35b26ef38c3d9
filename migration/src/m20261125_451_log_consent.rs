//! Who may be written to: every answer for good, and the last one per address, alliance and category.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE consent_log (
  id $uuid NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  alliance_id $uuid NOT NULL,
  category TEXT NOT NULL,
  allowed $bool NOT NULL,
  text_version TEXT NOT NULL,
  way TEXT NOT NULL CONSTRAINT consent_way CHECK (way IN
    ('joining', 'page', 'one_click', 'account', 'organizer', 'complaint')),
  actor TEXT NOT NULL,
  origin TEXT,
  answered_at $instant NOT NULL
) $strict;
CREATE INDEX consent_log_of_address ON consent_log (email, alliance_id, id);
CREATE TABLE preference (
  email TEXT NOT NULL,
  alliance_id $uuid NOT NULL,
  category TEXT NOT NULL,
  allowed $bool NOT NULL,
  consent_id $uuid NOT NULL,
  changed_at $instant NOT NULL,
  PRIMARY KEY (email, alliance_id, category)
) $strict;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        dialect::append_only(manager, "consent_log").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["preference", "consent_log"]).await
    }
}
