//! What is wrongly recorded is taken back by whoever asks for it and, as the by-laws say, a second person.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE reversal (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  original_id $uuid NOT NULL REFERENCES ledger_transaction (id) CONSTRAINT reversal_once UNIQUE,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT reversal_state CHECK (state IN ('requested', 'done')),
  transaction_id $uuid REFERENCES ledger_transaction (id),
  requested_by $uuid NOT NULL,
  requested_at $instant NOT NULL,
  done_by $uuid,
  done_at $instant,
  CONSTRAINT reversal_posted CHECK ((state = 'done') = (transaction_id IS NOT NULL)
    AND (state = 'done') = (done_by IS NOT NULL) AND (state = 'done') = (done_at IS NOT NULL))
) $strict;
CREATE INDEX reversal_by_alliance ON reversal (alliance_id, fund_id, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["reversal"]).await
    }
}
