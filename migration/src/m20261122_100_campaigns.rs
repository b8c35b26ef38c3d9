//! Templates in immutable versions, and the campaigns that are written with them.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE template (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  name TEXT NOT NULL,
  number $big NOT NULL CHECK (number >= 1),
  category TEXT NOT NULL CONSTRAINT template_category CHECK (category IN ('promotion', 'digest', 'enrolment')),
  locales $json NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT template_number UNIQUE (alliance_id, name, number)
) $strict;
CREATE INDEX template_by_alliance ON template (alliance_id, id);
CREATE TABLE campaign (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  template_id $uuid NOT NULL REFERENCES template (id),
  promotion_id $uuid,
  category TEXT NOT NULL CONSTRAINT campaign_category CHECK (category IN ('promotion', 'digest', 'enrolment')),
  audience TEXT NOT NULL CONSTRAINT campaign_audience CHECK (audience IN ('all_members', 'enrolled', 'not_enrolled')),
  state TEXT NOT NULL CONSTRAINT campaign_state CHECK (state IN
    ('draft', 'approved', 'scheduled', 'sending', 'paused', 'finished', 'cancelled')),
  send_at $instant,
  cursor $uuid,
  gathered_at $instant,
  started_at $instant,
  ended_at $instant,
  created_by $uuid NOT NULL,
  approved_by $uuid,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT campaign_of_the_enrolled CHECK (audience = 'all_members' OR promotion_id IS NOT NULL)
) $strict;
CREATE INDEX campaign_by_alliance ON campaign (alliance_id, id);
CREATE INDEX campaign_at_work ON campaign (state, send_at) WHERE ended_at IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "template").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["campaign", "template"]).await
    }
}
