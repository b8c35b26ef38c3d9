//! Tenders: items, rounds, invitations, sealed quotes, commitments, evaluations, awards and group orders.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE tender (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  title TEXT NOT NULL,
  currency TEXT NOT NULL,
  min_quotes INTEGER NOT NULL,
  commitment_opens_at $instant NOT NULL,
  commitment_closes_at $instant NOT NULL,
  award_by $instant NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  created_by $uuid NOT NULL,
  published_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT tender_state CHECK (state IN ('draft', 'published', 'evaluating', 'awarded', 'completed', 'cancelled', 'unsuccessful')),
  CONSTRAINT tender_window CHECK (commitment_closes_at > commitment_opens_at)
) $strict;
CREATE INDEX tender_by_alliance ON tender (alliance_id, id);
CREATE INDEX tender_published ON tender (commitment_closes_at) WHERE state = 'published';
CREATE TABLE tender_item (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  line_ref TEXT NOT NULL,
  title TEXT NOT NULL,
  unit_code TEXT NOT NULL,
  expected_quantity $big NOT NULL,
  order_multiple $big NOT NULL,
  gtin TEXT,
  CONSTRAINT tender_item_once UNIQUE (tender_id, line_ref),
  CONSTRAINT tender_item_quantities CHECK (expected_quantity > 0 AND order_multiple > 0)
) $strict;
CREATE INDEX tender_item_by_alliance ON tender_item (alliance_id, tender_id, id);
CREATE TABLE tender_round (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  opens_at $instant NOT NULL,
  closes_at $instant NOT NULL,
  state TEXT NOT NULL,
  opened_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT tender_round_once UNIQUE (tender_id, number),
  CONSTRAINT tender_round_window CHECK (closes_at > opens_at),
  CONSTRAINT tender_round_state CHECK (state IN ('scheduled', 'open', 'closed', 'opened', 'evaluated', 'cancelled')),
  CONSTRAINT tender_round_opened CHECK (opened_at IS NULL OR opened_at >= closes_at)
) $strict;
CREATE INDEX tender_round_by_alliance ON tender_round (alliance_id, tender_id);
CREATE TABLE unsealing (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  round_id $uuid NOT NULL REFERENCES tender_round (id),
  user_id $uuid NOT NULL,
  approved_at $instant NOT NULL
) $strict;
CREATE INDEX unsealing_by_alliance ON unsealing (alliance_id, round_id);
CREATE TABLE tender_invitation (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  manufacturer_id $uuid NOT NULL REFERENCES manufacturer (id),
  email TEXT,
  locale TEXT NOT NULL,
  invited_by $uuid NOT NULL,
  mailed_at $instant,
  created_at $instant NOT NULL,
  CONSTRAINT tender_invitation_once UNIQUE (tender_id, manufacturer_id)
) $strict;
CREATE INDEX tender_invitation_by_alliance ON tender_invitation (alliance_id, tender_id);
CREATE INDEX tender_invitation_by_manufacturer ON tender_invitation (manufacturer_id, tender_id);
CREATE TABLE link_session (
  digest $bytes NOT NULL PRIMARY KEY,
  invitation_id $uuid NOT NULL REFERENCES tender_invitation (id),
  manufacturer_id $uuid NOT NULL,
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL
) $strict;
CREATE INDEX link_session_by_invitation ON link_session (invitation_id);
CREATE TABLE quote (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  round_id $uuid NOT NULL REFERENCES tender_round (id),
  manufacturer_id $uuid NOT NULL REFERENCES manufacturer (id),
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  received_at $instant NOT NULL,
  submitted_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT quote_once UNIQUE (tender_id, manufacturer_id),
  CONSTRAINT quote_state CHECK (state IN ('draft', 'submitted', 'opened', 'awarded', 'not_awarded', 'withdrawn', 'disqualified', 'expired'))
) $strict;
CREATE INDEX quote_by_alliance ON quote (alliance_id, tender_id, id);
CREATE TABLE quote_revision (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  quote_id $uuid NOT NULL REFERENCES quote (id),
  number INTEGER NOT NULL,
  wrapped_key $bytes NOT NULL,
  sealed_content $bytes NOT NULL,
  content_mac $bytes NOT NULL,
  received_at $instant NOT NULL,
  closes_at $instant NOT NULL,
  CONSTRAINT quote_revision_once UNIQUE (quote_id, number),
  CONSTRAINT quote_revision_in_time CHECK (received_at < closes_at)
) $strict;
CREATE INDEX quote_revision_by_alliance ON quote_revision (alliance_id, quote_id);
CREATE TABLE commitment (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  item_id $uuid NOT NULL REFERENCES tender_item (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  sequence $big NOT NULL,
  state TEXT NOT NULL,
  sealed_content $bytes NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  received_at $instant NOT NULL,
  CONSTRAINT commitment_state CHECK (state IN ('submitted', 'withdrawn', 'locked', 'accepted', 'rejected', 'ordered', 'released')),
  CONSTRAINT commitment_sequence UNIQUE (tender_id, sequence)
) $strict;
CREATE INDEX commitment_by_alliance ON commitment (alliance_id, tender_id, membership_id);
CREATE UNIQUE INDEX commitment_once ON commitment (item_id, membership_id) WHERE state <> 'withdrawn';
CREATE TABLE evaluation (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  round_id $uuid NOT NULL,
  algorithm TEXT NOT NULL,
  input_mac $bytes NOT NULL,
  result $json NOT NULL,
  sealed_allocations $bytes NOT NULL,
  evaluated_by $uuid NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE INDEX evaluation_by_alliance ON evaluation (alliance_id, tender_id, id);
CREATE TABLE award (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  evaluation_id $uuid NOT NULL REFERENCES evaluation (id),
  quote_id $uuid NOT NULL REFERENCES quote (id),
  manufacturer_id $uuid NOT NULL,
  state TEXT NOT NULL,
  proposed_by $uuid NOT NULL,
  approved_by $uuid,
  notified_at $instant,
  accept_by $instant,
  decided_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT award_two_people CHECK (approved_by IS NULL OR approved_by <> proposed_by),
  CONSTRAINT award_state CHECK (state IN ('proposed', 'approved', 'notified', 'accepted', 'active', 'declined', 'expired', 'cancelled', 'completed'))
) $strict;
CREATE INDEX award_by_alliance ON award (alliance_id, tender_id, id);
CREATE INDEX award_notified ON award (accept_by) WHERE state = 'notified';
CREATE TABLE award_line (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  award_id $uuid NOT NULL REFERENCES award (id),
  item_id $uuid NOT NULL REFERENCES tender_item (id),
  unit_price_e6 $big NOT NULL,
  tier_index INTEGER NOT NULL,
  quantity $big NOT NULL,
  goods_minor $big NOT NULL,
  live $bool NOT NULL,
  CONSTRAINT award_line_quantity CHECK (quantity > 0)
) $strict;
CREATE INDEX award_line_by_alliance ON award_line (alliance_id, award_id);
CREATE UNIQUE INDEX award_line_once ON award_line (item_id) WHERE live = $true;
CREATE TABLE group_order (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  tender_id $uuid NOT NULL REFERENCES tender (id),
  award_id $uuid NOT NULL REFERENCES award (id),
  manufacturer_id $uuid NOT NULL,
  state TEXT NOT NULL,
  placed_at $instant,
  confirmed_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT group_order_once UNIQUE (award_id),
  CONSTRAINT group_order_state CHECK (state IN ('draft', 'placed', 'confirmed', 'in_delivery', 'delivered', 'disputed', 'settled', 'cancelled'))
) $strict;
CREATE INDEX group_order_by_alliance ON group_order (alliance_id, tender_id, id);
CREATE TABLE member_line (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL,
  group_order_id $uuid NOT NULL REFERENCES group_order (id),
  item_id $uuid NOT NULL REFERENCES tender_item (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  unit_price_e6 $big NOT NULL,
  tier_index INTEGER NOT NULL,
  quantity $big NOT NULL,
  total_minor $big NOT NULL,
  reference_e6 $big,
  reference_minor $big,
  CONSTRAINT member_line_once UNIQUE (group_order_id, item_id, membership_id),
  CONSTRAINT member_line_quantity CHECK (quantity > 0)
) $strict;
CREATE INDEX member_line_by_alliance ON member_line (alliance_id, membership_id);
";

/// Written once, never changed.
const APPEND_ONLY: [&str; 4] = ["unsealing", "quote_revision", "evaluation", "member_line"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        for table in APPEND_ONLY {
            dialect::append_only(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &[
                "member_line",
                "group_order",
                "award_line",
                "award",
                "evaluation",
                "commitment",
                "quote_revision",
                "quote",
                "link_session",
                "tender_invitation",
                "unsealing",
                "tender_round",
                "tender_item",
                "tender",
            ],
        )
        .await
    }
}
