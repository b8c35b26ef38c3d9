//! Against copies of a database and clocks that go back: whose copy this is, and the latest time that was seen.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE instance_guard (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  instance TEXT NOT NULL,
  since $instant NOT NULL
) $strict;
CREATE TABLE clock_guard (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seen_at $instant NOT NULL
) $strict;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["clock_guard", "instance_guard"]).await
    }
}
