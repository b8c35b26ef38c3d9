//! Promotions, their phases, and who takes part.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE promotion (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  criteria TEXT NOT NULL,
  festival TEXT,
  template TEXT,
  main_day $date NOT NULL,
  time_zone TEXT NOT NULL,
  tzdb TEXT NOT NULL,
  budget_fund_id $uuid,
  capacity $big,
  enrolled $big NOT NULL,
  state TEXT NOT NULL CONSTRAINT promotion_state CHECK (state IN
    ('draft', 'proposed', 'scheduled', 'running', 'ended', 'settled', 'cancelled')),
  main_from $instant NOT NULL,
  main_to $instant NOT NULL,
  settles_at $instant,
  next_change_at $instant,
  published_at $instant,
  created_by $uuid NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT promotion_capacity CHECK (enrolled >= 0 AND (capacity IS NULL OR enrolled <= capacity)),
  CONSTRAINT promotion_main CHECK (main_from < main_to)
) $strict;
CREATE INDEX promotion_by_alliance ON promotion (alliance_id, id);
CREATE INDEX promotion_by_tzdb ON promotion (tzdb);
CREATE INDEX promotion_by_change ON promotion (next_change_at) WHERE next_change_at IS NOT NULL;
CREATE TABLE promotion_phase (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  promotion_id $uuid NOT NULL REFERENCES promotion (id),
  position $big NOT NULL,
  name TEXT NOT NULL,
  local_from TEXT NOT NULL,
  local_to TEXT NOT NULL,
  starts_at $instant NOT NULL,
  ends_at $instant NOT NULL,
  CONSTRAINT promotion_phase_position UNIQUE (promotion_id, position)
) $strict;
CREATE INDEX promotion_phase_by_alliance ON promotion_phase (alliance_id, promotion_id);
CREATE TABLE enrolment (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  promotion_id $uuid NOT NULL REFERENCES promotion (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  state TEXT NOT NULL CONSTRAINT enrolment_state CHECK (state IN
    ('pending', 'approved', 'rejected', 'withdrawn')),
  items $json NOT NULL,
  enrolled_by $uuid REFERENCES user_account (id),
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE INDEX enrolment_by_alliance ON enrolment (alliance_id, promotion_id, id);
CREATE INDEX enrolment_by_promotion ON enrolment (promotion_id, id);
CREATE UNIQUE INDEX enrolment_once ON enrolment (promotion_id, membership_id) WHERE state <> 'withdrawn';
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["enrolment", "promotion_phase", "promotion"]).await
    }
}
