//! Transfers between funds, and the one fund of an alliance that is not restricted.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
ALTER TABLE fund ADD COLUMN general $bool NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX fund_general ON fund (alliance_id) WHERE general = $true;
CREATE TABLE fund_transfer (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  from_fund_id $uuid NOT NULL REFERENCES fund (id),
  to_fund_id $uuid NOT NULL REFERENCES fund (id),
  amount_minor $big NOT NULL CONSTRAINT fund_transfer_amount CHECK (amount_minor > 0),
  reason TEXT NOT NULL,
  content_hash $bytes NOT NULL,
  state TEXT NOT NULL CONSTRAINT fund_transfer_state CHECK (state IN ('proposed', 'done', 'cancelled')),
  mandate_id $uuid REFERENCES mandate (id),
  proposed_by $uuid NOT NULL,
  decided_by $uuid,
  out_transaction_id $uuid REFERENCES ledger_transaction (id),
  in_transaction_id $uuid REFERENCES ledger_transaction (id),
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT fund_transfer_apart CHECK (from_fund_id <> to_fund_id),
  CONSTRAINT fund_transfer_second_person CHECK (state <> 'done' OR mandate_id IS NOT NULL
    OR (decided_by IS NOT NULL AND decided_by <> proposed_by)),
  CONSTRAINT fund_transfer_posted CHECK ((state = 'done') = (out_transaction_id IS NOT NULL)
    AND (state = 'done') = (in_transaction_id IS NOT NULL))
) $strict;
CREATE INDEX fund_transfer_by_alliance ON fund_transfer (alliance_id, from_fund_id, id);
CREATE INDEX fund_transfer_arriving ON fund_transfer (alliance_id, to_fund_id, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["fund_transfer"]).await?;
        dialect::run(
            manager,
            "DROP INDEX fund_general;\nALTER TABLE fund DROP COLUMN general;\n",
        )
        .await
    }
}
