//! Reservations, and expenses that several people approve.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
ALTER TABLE expense ADD COLUMN document_ref TEXT;
ALTER TABLE expense ADD COLUMN reservation_id $uuid;
ALTER TABLE expense ADD COLUMN approvals_needed $big NOT NULL DEFAULT 1;
ALTER TABLE expense ADD COLUMN approver_roles $json NOT NULL DEFAULT '[\"organizer\", \"treasurer\"]';
CREATE UNIQUE INDEX expense_of_fund ON expense (id, fund_id);
CREATE TABLE expense_approval (
  expense_id $uuid NOT NULL REFERENCES expense (id),
  user_id $uuid NOT NULL REFERENCES user_account (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  approved_at $instant NOT NULL,
  PRIMARY KEY (expense_id, user_id)
) $strict;
CREATE INDEX expense_approval_by_alliance ON expense_approval (alliance_id, expense_id);
CREATE TABLE reservation (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  payee TEXT NOT NULL,
  line TEXT NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT reservation_amount CHECK (amount_minor > 0),
  description TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT reservation_state CHECK (state IN ('reserved', 'invoiced', 'paid', 'released')),
  expense_id $uuid CONSTRAINT reservation_once UNIQUE,
  reserved_by $uuid NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT reservation_invoiced CHECK (state NOT IN ('invoiced', 'paid') OR expense_id IS NOT NULL),
  CONSTRAINT reservation_own_fund FOREIGN KEY (expense_id, fund_id) REFERENCES expense (id, fund_id)
) $strict;
CREATE INDEX reservation_by_alliance ON reservation (alliance_id, fund_id, id);
CREATE INDEX reservation_open ON reservation (fund_id) WHERE state IN ('reserved', 'invoiced');
";

const REVERT: &str = "
DROP INDEX expense_of_fund;
ALTER TABLE expense DROP COLUMN approver_roles;
ALTER TABLE expense DROP COLUMN approvals_needed;
ALTER TABLE expense DROP COLUMN reservation_id;
ALTER TABLE expense DROP COLUMN document_ref;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "expense_approval").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["reservation", "expense_approval"]).await?;
        dialect::run(manager, REVERT).await
    }
}
