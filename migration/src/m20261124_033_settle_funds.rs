//! A fund closes in steps: its terms, and refunds with arrears, credits and the member's choice.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE fund_closing (
  fund_id $uuid NOT NULL PRIMARY KEY REFERENCES fund (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  unspent_minor $big NOT NULL CONSTRAINT fund_closing_unspent CHECK (unspent_minor >= 0),
  to_members_minor $big NOT NULL,
  to_sponsors_minor $big NOT NULL,
  rolled_minor $big NOT NULL,
  de_minimis_minor $big NOT NULL CONSTRAINT fund_closing_limit CHECK (de_minimis_minor >= 0),
  de_minimis_mode TEXT NOT NULL CONSTRAINT fund_closing_mode CHECK (de_minimis_mode IN ('per_member', 'all_or_nothing')),
  rollover_fund_id $uuid REFERENCES fund (id),
  choose_by $instant NOT NULL,
  started_by $uuid NOT NULL,
  started_at $instant NOT NULL,
  CONSTRAINT fund_closing_whole CHECK (to_members_minor + to_sponsors_minor = unspent_minor),
  CONSTRAINT fund_closing_elsewhere CHECK (rollover_fund_id <> fund_id)
) $strict;
CREATE INDEX fund_closing_by_alliance ON fund_closing (alliance_id, fund_id);
ALTER TABLE refund ADD COLUMN offset_minor $big NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN credit_minor $big NOT NULL DEFAULT 0;
ALTER TABLE refund ADD COLUMN carried $bool NOT NULL DEFAULT FALSE;
ALTER TABLE refund ADD COLUMN choice TEXT;
ALTER TABLE refund ADD COLUMN rollover_fund_id $uuid;
ALTER TABLE refund ADD COLUMN version $big NOT NULL DEFAULT 1;
";

const WITHIN: &str = "amount_minor >= 0 AND amount_minor <= paid_minor AND offset_minor >= 0 \
    AND offset_minor <= amount_minor AND credit_minor >= 0 AND amount_minor + credit_minor > 0";

const REVERT: &str = "
ALTER TABLE refund DROP COLUMN version;
ALTER TABLE refund DROP COLUMN rollover_fund_id;
ALTER TABLE refund DROP COLUMN choice;
ALTER TABLE refund DROP COLUMN carried;
ALTER TABLE refund DROP COLUMN credit_minor;
ALTER TABLE refund DROP COLUMN offset_minor;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "fund_closing").await?;
        dialect::replace_checks(manager, "refund", &[("refund_within_paid", WITHIN)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let before = "amount_minor > 0 AND amount_minor <= paid_minor";
        dialect::replace_checks(manager, "refund", &[("refund_within_paid", before)]).await?;
        dialect::run(manager, REVERT).await?;
        dialect::drop_tables(manager, &["fund_closing"]).await
    }
}
