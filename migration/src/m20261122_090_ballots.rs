//! Ballots, the electorates that they froze, and votes.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE ballot (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  title TEXT NOT NULL,
  explanation TEXT,
  matter TEXT NOT NULL CONSTRAINT ballot_matter CHECK (matter IN ('season_budget', 'promotion', 'advisory')),
  subject_id $uuid,
  content_hash $bytes,
  rule $json NOT NULL,
  state TEXT NOT NULL CONSTRAINT ballot_state CHECK (state IN
    ('draft', 'notice', 'open', 'declared', 'effective', 'withdrawn')),
  withdrawal TEXT,
  result TEXT CONSTRAINT ballot_result CHECK (result IN ('carried', 'lost', 'inquorate')),
  record $json,
  opens_at $instant,
  closes_at $instant NOT NULL,
  proposed_by $uuid NOT NULL,
  published_at $instant,
  opened_at $instant,
  closed_at $instant,
  electorate_size $big,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT ballot_subject CHECK ((matter = 'advisory') = (subject_id IS NULL)),
  CONSTRAINT ballot_declared CHECK ((state IN ('declared', 'effective')) = (result IS NOT NULL))
) $strict;
CREATE INDEX ballot_by_alliance ON ballot (alliance_id, id);
CREATE INDEX ballot_to_open ON ballot (opens_at) WHERE state = 'notice';
CREATE INDEX ballot_to_close ON ballot (closes_at) WHERE state = 'open';
CREATE TABLE ballot_elector (
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  weight $big NOT NULL CONSTRAINT ballot_elector_weight CHECK (weight >= 0),
  PRIMARY KEY (ballot_id, membership_id)
) $strict;
CREATE INDEX ballot_elector_by_alliance ON ballot_elector (alliance_id, ballot_id);
CREATE TABLE vote (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  choice TEXT NOT NULL CONSTRAINT vote_choice CHECK (choice IN ('for', 'against', 'abstain')),
  cast_by $uuid NOT NULL,
  cast_at $instant NOT NULL,
  CONSTRAINT vote_once UNIQUE (ballot_id, membership_id)
) $strict;
CREATE INDEX vote_by_alliance ON vote (alliance_id, ballot_id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "ballot_elector").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["vote", "ballot_elector", "ballot"]).await
    }
}
