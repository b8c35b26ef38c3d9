//! What calendars show of promotions, and the secret addresses under which they read it.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Promotions that are before the members or decided get their entries at once.
const UP: &str = "
CREATE TABLE calendar_entry (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  promotion_id $uuid NOT NULL REFERENCES promotion (id),
  title TEXT NOT NULL,
  phase TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  local_from TEXT NOT NULL,
  local_to TEXT NOT NULL,
  starts_at $instant NOT NULL,
  ends_at $instant NOT NULL,
  status TEXT NOT NULL CONSTRAINT calendar_entry_status CHECK (status IN ('tentative', 'confirmed', 'cancelled')),
  sequence $big NOT NULL CHECK (sequence >= 0),
  changed_at $instant NOT NULL,
  stage TEXT NOT NULL CONSTRAINT calendar_entry_stage CHECK (stage IN ('ahead', 'open', 'over')),
  next_turn_at $instant
) $strict;
CREATE INDEX calendar_entry_by_alliance ON calendar_entry (alliance_id, ends_at);
CREATE INDEX calendar_entry_by_promotion ON calendar_entry (promotion_id);
CREATE INDEX calendar_entry_due ON calendar_entry (next_turn_at) WHERE next_turn_at IS NOT NULL;
CREATE TABLE calendar_feed (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid REFERENCES alliance (id),
  merchant_id $uuid REFERENCES merchant (id),
  name TEXT NOT NULL,
  festivals $bool NOT NULL,
  digest $bytes NOT NULL CONSTRAINT calendar_feed_digest UNIQUE,
  created_by $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL,
  revoked_at $instant,
  CONSTRAINT calendar_feed_owner CHECK ((alliance_id IS NULL) <> (merchant_id IS NULL))
) $strict;
CREATE INDEX calendar_feed_by_alliance ON calendar_feed (alliance_id, id);
CREATE INDEX calendar_feed_by_merchant ON calendar_feed (merchant_id, id);
INSERT INTO calendar_entry (id, alliance_id, promotion_id, title, phase, time_zone, local_from, local_to,
  starts_at, ends_at, status, sequence, changed_at, stage, next_turn_at)
SELECT ph.id, ph.alliance_id, ph.promotion_id, pr.name, ph.name, pr.time_zone, ph.local_from, ph.local_to,
  ph.starts_at, ph.ends_at, CASE WHEN pr.state = 'proposed' THEN 'tentative' ELSE 'confirmed' END, 0,
  pr.created_at, 'ahead', CASE WHEN pr.state = 'proposed' THEN NULL ELSE ph.starts_at END
FROM promotion_phase ph JOIN promotion pr ON pr.id = ph.promotion_id
WHERE pr.state IN ('proposed', 'scheduled', 'running', 'ended');
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["calendar_feed", "calendar_entry"]).await
    }
}
