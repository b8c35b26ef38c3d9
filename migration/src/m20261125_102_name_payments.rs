//! A payment may carry the name that its sender gave it: the same name comes once in a fund.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = "
ALTER TABLE payment ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX payment_external_id ON payment (fund_id, external_id) WHERE external_id IS NOT NULL;
";
        dialect::run(manager, columns).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = "
DROP INDEX payment_external_id;
ALTER TABLE payment DROP COLUMN external_id;
";
        dialect::run(manager, columns).await
    }
}
