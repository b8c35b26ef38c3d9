//! Terms of promotions and their yearly editions, price logs, blackouts, and festivals of an alliance's own.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE promotion ADD COLUMN terms $json NOT NULL DEFAULT '{}';
ALTER TABLE promotion ADD COLUMN edition_of $uuid;
CREATE UNIQUE INDEX promotion_edition ON promotion (edition_of)
  WHERE edition_of IS NOT NULL AND state <> 'cancelled';
ALTER TABLE enrolment ADD COLUMN late_reason TEXT;
ALTER TABLE enrolment ADD COLUMN end_reason TEXT;
CREATE INDEX enrolment_by_member ON enrolment (membership_id, id);
CREATE TABLE price_log (
  id $uuid NOT NULL PRIMARY KEY,
  merchant_id $uuid NOT NULL REFERENCES merchant (id),
  sku TEXT NOT NULL,
  currency TEXT NOT NULL,
  price_minor $big NOT NULL CONSTRAINT price_log_price CHECK (price_minor > 0),
  effective_at $instant NOT NULL,
  recorded_by $uuid NOT NULL REFERENCES user_account (id),
  recorded_at $instant NOT NULL,
  CONSTRAINT price_log_past CHECK (effective_at <= recorded_at)
) $strict;
CREATE INDEX price_log_by_merchant ON price_log (merchant_id, id);
CREATE INDEX price_log_by_product ON price_log (merchant_id, sku, currency, effective_at, id);
CREATE TABLE blackout (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  membership_id $uuid REFERENCES membership (id),
  name TEXT NOT NULL,
  local_from TEXT NOT NULL,
  local_to TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  created_by $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL
) $strict;
CREATE INDEX blackout_by_alliance ON blackout (alliance_id, id);
CREATE INDEX blackout_by_member ON blackout (membership_id) WHERE membership_id IS NOT NULL;
CREATE TABLE alliance_festival (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  festival TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  rule $json NOT NULL,
  provisional $bool NOT NULL,
  created_by $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL,
  CONSTRAINT alliance_festival_once UNIQUE (alliance_id, festival)
) $strict;
CREATE TABLE festival_confirmation (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  festival TEXT NOT NULL,
  date $date NOT NULL,
  source TEXT NOT NULL,
  confirmed_by $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL
) $strict;
CREATE INDEX festival_confirmation_by_alliance ON festival_confirmation (alliance_id, id);
";

const DOWN: &str = "
DROP INDEX promotion_edition;
DROP INDEX enrolment_by_member;
ALTER TABLE promotion DROP COLUMN edition_of;
ALTER TABLE promotion DROP COLUMN terms;
ALTER TABLE enrolment DROP COLUMN late_reason;
ALTER TABLE enrolment DROP COLUMN end_reason;
";

/// Newest first.
const TABLES: [&str; 4] = [
    "festival_confirmation",
    "alliance_festival",
    "blackout",
    "price_log",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await?;
        for table in ["price_log", "festival_confirmation"] {
            dialect::append_only(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &TABLES).await?;
        dialect::run(manager, DOWN).await
    }
}
