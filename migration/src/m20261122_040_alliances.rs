//! Alliances, their by-laws, memberships, roles and invitations.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE alliance (
  id $uuid NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT alliance_kind CHECK (kind IN ('regional', 'brand', 'product')),
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  locale TEXT NOT NULL,
  listed $bool NOT NULL,
  state TEXT NOT NULL CONSTRAINT alliance_state CHECK (state IN ('active', 'dissolved')),
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE TABLE by_laws (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  number $big NOT NULL,
  content $json NOT NULL,
  adopted_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT by_laws_number UNIQUE (alliance_id, number)
) $strict;
CREATE TABLE membership (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  merchant_id $uuid NOT NULL REFERENCES merchant (id),
  state TEXT NOT NULL CONSTRAINT membership_state CHECK (state IN
    ('applied', 'invited', 'active', 'suspended', 'declined', 'expired', 'left', 'expelled')),
  joined_at $instant,
  ended_at $instant,
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE INDEX membership_by_alliance ON membership (alliance_id, id);
CREATE INDEX membership_by_merchant ON membership (merchant_id, alliance_id);
CREATE UNIQUE INDEX membership_once ON membership (alliance_id, merchant_id)
  WHERE state IN ('applied', 'invited', 'active', 'suspended');
CREATE TABLE role_grant (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  user_id $uuid NOT NULL REFERENCES user_account (id),
  role TEXT NOT NULL CONSTRAINT role_grant_role CHECK (role IN ('organizer', 'treasurer', 'observer')),
  granted_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT role_grant_once UNIQUE (alliance_id, user_id, role)
) $strict;
CREATE INDEX role_grant_by_user ON role_grant (user_id, alliance_id);
CREATE TABLE invitation (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  email TEXT NOT NULL,
  role TEXT NOT NULL CONSTRAINT invitation_role CHECK (role IN ('member', 'organizer', 'treasurer', 'observer')),
  merchant_name TEXT,
  locale TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT invitation_state CHECK (state IN ('open', 'accepted', 'declined', 'revoked', 'expired')),
  membership_id $uuid REFERENCES membership (id),
  invited_by $uuid NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL
) $strict;
CREATE INDEX invitation_by_alliance ON invitation (alliance_id, id);
CREATE UNIQUE INDEX invitation_once ON invitation (alliance_id, email, role) WHERE state = 'open';
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "by_laws").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &[
                "invitation",
                "role_grant",
                "membership",
                "by_laws",
                "alliance",
            ],
        )
        .await
    }
}
