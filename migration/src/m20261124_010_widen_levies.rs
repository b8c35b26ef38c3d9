//! Levies in full: measures and placements of members, policies as plans that are adopted, assessments that
//! explain every share, and the true-up at the close.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows never change.
const APPEND_ONLY: [&str; 4] = [
    "measure",
    "placement",
    "levy_policy_adoption",
    "true_up_line",
];

const TABLES: &str = "
CREATE TABLE measure (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  key TEXT NOT NULL,
  unit TEXT NOT NULL,
  is_money $bool NOT NULL,
  scale $big NOT NULL CONSTRAINT measure_scale CHECK (scale BETWEEN 0 AND 6),
  description TEXT NOT NULL,
  evidence_required $bool NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT measure_key UNIQUE (alliance_id, key)
) $strict;
CREATE TABLE placement (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  class TEXT,
  owner TEXT,
  valid_from $date NOT NULL,
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL
) $strict;
CREATE INDEX placement_by_alliance ON placement (alliance_id, membership_id, valid_from);
CREATE TABLE levy_policy_adoption (
  policy_id $uuid NOT NULL PRIMARY KEY REFERENCES levy_policy (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  content_hash $bytes NOT NULL,
  mandate_id $uuid REFERENCES mandate (id),
  adopted_by $uuid NOT NULL,
  adopted_at $instant NOT NULL
) $strict;
CREATE INDEX levy_policy_adoption_by_alliance ON levy_policy_adoption (alliance_id, adopted_at);
CREATE TABLE true_up (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  basis TEXT NOT NULL CONSTRAINT true_up_basis CHECK (basis IN ('budget', 'spend')),
  total_minor $big NOT NULL CONSTRAINT true_up_total CHECK (total_minor >= 0),
  due_on $date NOT NULL,
  content_hash $bytes NOT NULL,
  state TEXT NOT NULL CONSTRAINT true_up_state CHECK (state IN ('proposed', 'applied', 'cancelled')),
  version $big NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  applied_by $uuid,
  applied_at $instant
) $strict;
CREATE INDEX true_up_by_alliance ON true_up (alliance_id, fund_id, id);
CREATE UNIQUE INDEX true_up_once ON true_up (fund_id) WHERE state <> 'cancelled';
CREATE TABLE true_up_line (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  true_up_id $uuid NOT NULL REFERENCES true_up (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  merchant_name TEXT NOT NULL,
  weight_days TEXT NOT NULL,
  active_days $big NOT NULL,
  exact TEXT NOT NULL,
  billed_minor $big NOT NULL,
  final_minor $big NOT NULL CONSTRAINT true_up_line_final CHECK (final_minor >= 0),
  adjustment_minor $big NOT NULL,
  CONSTRAINT true_up_line_once UNIQUE (true_up_id, membership_id),
  CONSTRAINT true_up_line_adds_up CHECK (billed_minor + adjustment_minor = final_minor)
) $strict;
CREATE INDEX true_up_line_by_alliance ON true_up_line (alliance_id, true_up_id);
CREATE INDEX size_fact_by_measure ON size_fact (measure, merchant_id);
ALTER TABLE levy_policy ADD COLUMN plan $json;
ALTER TABLE levy_policy ADD COLUMN content_hash $bytes;
ALTER TABLE assessment ADD COLUMN kind TEXT NOT NULL DEFAULT 'season' CONSTRAINT assessment_kind CHECK (kind IN ('season', 'supplement'));
ALTER TABLE assessment ADD COLUMN supplements $uuid;
ALTER TABLE assessment ADD COLUMN instalments $json;
ALTER TABLE assessment ADD COLUMN tax $json;
ALTER TABLE assessment_line ADD COLUMN class TEXT;
ALTER TABLE assessment_line ADD COLUMN owner TEXT;
ALTER TABLE assessment_line ADD COLUMN weight TEXT;
ALTER TABLE assessment_line ADD COLUMN facts $json;
ALTER TABLE assessment_line ADD COLUMN steps $json;
ALTER TABLE assessment_line ADD COLUMN liable_from $date;
";

/// Added columns, newest first.
const COLUMNS: [(&str, &str); 12] = [
    ("assessment_line", "liable_from"),
    ("assessment_line", "steps"),
    ("assessment_line", "facts"),
    ("assessment_line", "weight"),
    ("assessment_line", "owner"),
    ("assessment_line", "class"),
    ("assessment", "tax"),
    ("assessment", "instalments"),
    ("assessment", "supplements"),
    ("assessment", "kind"),
    ("levy_policy", "content_hash"),
    ("levy_policy", "plan"),
];

/// A policy may need no size at all, or several: the columns of the one size, as SQLite writes them with and
/// without their condition.
const SIZES: [(&str, &str); 3] = [
    ("  size INTEGER NOT NULL,", "  size INTEGER,"),
    (
        "  size_fact_id BLOB NOT NULL REFERENCES",
        "  size_fact_id BLOB REFERENCES",
    ),
    ("  size_status TEXT NOT NULL,", "  size_status TEXT,"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        for table in APPEND_ONLY {
            dialect::append_only(manager, table).await?;
        }
        let on_postgres = [
            "ALTER TABLE assessment_line ALTER COLUMN size DROP NOT NULL, \
             ALTER COLUMN size_fact_id DROP NOT NULL, ALTER COLUMN size_status DROP NOT NULL",
        ];
        dialect::rewrite(manager, "assessment_line", &SIZES, &on_postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let on_postgres = [
            "ALTER TABLE assessment_line ALTER COLUMN size SET NOT NULL, \
             ALTER COLUMN size_fact_id SET NOT NULL, ALTER COLUMN size_status SET NOT NULL",
        ];
        let on_sqlite = SIZES.map(|(strict, loose)| (loose, strict));
        dialect::rewrite(manager, "assessment_line", &on_sqlite, &on_postgres).await?;
        for (table, column) in COLUMNS {
            let sql = format!("ALTER TABLE {table} DROP COLUMN {column}");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        manager
            .get_connection()
            .execute_unprepared("DROP INDEX size_fact_by_measure")
            .await?;
        let newest_first = [
            "true_up_line",
            "true_up",
            "levy_policy_adoption",
            "placement",
            "measure",
        ];
        dialect::drop_tables(manager, &newest_first).await
    }
}
