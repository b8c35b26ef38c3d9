//! Files that letters carry, stored with them.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE mail_attachment (
  digest $bytes NOT NULL PRIMARY KEY,
  body $bytes NOT NULL,
  created_at $instant NOT NULL
) $strict;
ALTER TABLE delivery ADD COLUMN attachments $json;
";

const DOWN: &str = "
ALTER TABLE delivery DROP COLUMN attachments;
DROP TABLE mail_attachment;
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
