//! Merchants and manufacturers, their staff, sizes and keys.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE merchant (
  id $uuid NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  category TEXT NOT NULL,
  locale TEXT NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE TABLE merchant_staff (
  id $uuid NOT NULL PRIMARY KEY,
  merchant_id $uuid NOT NULL REFERENCES merchant (id),
  user_id $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL,
  CONSTRAINT merchant_staff_once UNIQUE (merchant_id, user_id)
) $strict;
CREATE INDEX merchant_staff_by_user ON merchant_staff (user_id, merchant_id);
CREATE TABLE size_fact (
  id $uuid NOT NULL PRIMARY KEY,
  merchant_id $uuid NOT NULL REFERENCES merchant (id),
  measure TEXT NOT NULL,
  value $big NOT NULL CONSTRAINT size_fact_value CHECK (value >= 0),
  unit TEXT NOT NULL,
  valid_from $date NOT NULL,
  valid_to $date,
  status TEXT NOT NULL CONSTRAINT size_fact_status CHECK (status IN ('declared', 'verified', 'estimated', 'disputed')),
  evidence_ref TEXT,
  supersedes $uuid REFERENCES size_fact (id),
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL,
  CONSTRAINT size_fact_period CHECK (valid_to IS NULL OR valid_to > valid_from)
) $strict;
CREATE INDEX size_fact_by_merchant ON size_fact (merchant_id, measure, recorded_at);
CREATE TABLE manufacturer (
  id $uuid NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  locale TEXT NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE TABLE manufacturer_staff (
  id $uuid NOT NULL PRIMARY KEY,
  manufacturer_id $uuid NOT NULL REFERENCES manufacturer (id),
  user_id $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL,
  CONSTRAINT manufacturer_staff_once UNIQUE (manufacturer_id, user_id)
) $strict;
CREATE INDEX manufacturer_staff_by_user ON manufacturer_staff (user_id, manufacturer_id);
CREATE TABLE api_key (
  id $uuid NOT NULL PRIMARY KEY,
  manufacturer_id $uuid NOT NULL REFERENCES manufacturer (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL CONSTRAINT api_key_prefix UNIQUE,
  digest $bytes NOT NULL,
  scopes TEXT NOT NULL,
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL,
  last_used_at $instant,
  revoked_at $instant
) $strict;
CREATE INDEX api_key_by_manufacturer ON api_key (manufacturer_id, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "size_fact").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &[
                "api_key",
                "manufacturer_staff",
                "manufacturer",
                "size_fact",
                "merchant_staff",
                "merchant",
            ],
        )
        .await
    }
}
