//! Sponsors' promises and what they paid, and gifts in kind.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE sponsor_deal (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  sponsor TEXT NOT NULL,
  ratio TEXT NOT NULL,
  cap_minor $big CONSTRAINT sponsor_deal_cap CHECK (cap_minor >= 0),
  accrued_minor $big CONSTRAINT sponsor_deal_accrued CHECK (accrued_minor >= 0),
  restriction TEXT,
  return_rule TEXT NOT NULL CONSTRAINT sponsor_deal_rule CHECK (return_rule IN ('pro_rata', 'sponsor_first', 'members_first')),
  content_hash $bytes NOT NULL,
  mandate_id $uuid REFERENCES mandate (id),
  earned_minor $big NOT NULL CONSTRAINT sponsor_deal_earned CHECK (earned_minor >= 0),
  received_minor $big NOT NULL,
  return_minor $big NOT NULL,
  state TEXT NOT NULL CONSTRAINT sponsor_deal_state CHECK (state IN ('agreed', 'earned', 'paid', 'returned')),
  version $big NOT NULL,
  agreed_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT sponsor_deal_received CHECK (received_minor >= 0 AND received_minor <= earned_minor),
  CONSTRAINT sponsor_deal_return CHECK (return_minor >= 0 AND return_minor <= received_minor),
  CONSTRAINT sponsor_deal_mandated CHECK (state = 'agreed' OR mandate_id IS NOT NULL
    OR (restriction IS NULL AND return_rule = 'pro_rata'))
) $strict;
CREATE INDEX sponsor_deal_by_alliance ON sponsor_deal (alliance_id, fund_id, id);
CREATE TABLE sponsor_receipt (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  deal_id $uuid NOT NULL REFERENCES sponsor_deal (id),
  amount_minor $big NOT NULL CONSTRAINT sponsor_receipt_amount CHECK (amount_minor > 0),
  received_on $date NOT NULL,
  reference TEXT NOT NULL,
  transaction_id $uuid NOT NULL REFERENCES ledger_transaction (id),
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL
) $strict;
CREATE INDEX sponsor_receipt_by_alliance ON sponsor_receipt (alliance_id, deal_id, id);
CREATE TABLE in_kind (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  donor TEXT NOT NULL,
  membership_id $uuid REFERENCES membership (id),
  line TEXT NOT NULL,
  description TEXT NOT NULL,
  value_minor $big NOT NULL CONSTRAINT in_kind_value CHECK (value_minor > 0),
  counts_minor $big NOT NULL CONSTRAINT in_kind_counts CHECK (counts_minor >= 0 AND counts_minor <= value_minor),
  counts $bool NOT NULL,
  state TEXT NOT NULL CONSTRAINT in_kind_state CHECK (state IN ('proposed', 'agreed', 'delivered', 'rejected')),
  proposed_by $uuid NOT NULL,
  decided_by $uuid,
  mandate_id $uuid REFERENCES mandate (id),
  delivered_on $date,
  transaction_id $uuid REFERENCES ledger_transaction (id),
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT in_kind_decided CHECK (state IN ('proposed', 'rejected') OR mandate_id IS NOT NULL
    OR (decided_by IS NOT NULL AND decided_by <> proposed_by)),
  CONSTRAINT in_kind_posted CHECK ((state = 'delivered') = (transaction_id IS NOT NULL))
) $strict;
CREATE INDEX in_kind_by_alliance ON in_kind (alliance_id, fund_id, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "sponsor_receipt").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let newest_first = ["in_kind", "sponsor_receipt", "sponsor_deal"];
        dialect::drop_tables(manager, &newest_first).await
    }
}
