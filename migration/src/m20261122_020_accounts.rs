//! People, their logins, and the keys that sign their tokens.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE user_account (
  id $uuid NOT NULL PRIMARY KEY,
  email TEXT NOT NULL CONSTRAINT user_account_email UNIQUE,
  display_name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  locale TEXT NOT NULL,
  verified_at $instant,
  platform_admin $bool NOT NULL,
  version $big NOT NULL,
  created_at $instant NOT NULL
) $strict;
CREATE TABLE session (
  id $uuid NOT NULL PRIMARY KEY,
  user_id $uuid NOT NULL REFERENCES user_account (id),
  created_at $instant NOT NULL,
  last_used_at $instant NOT NULL,
  expires_at $instant NOT NULL,
  revoked_at $instant
) $strict;
CREATE INDEX session_by_user ON session (user_id, id);
CREATE TABLE refresh_token (
  digest $bytes NOT NULL PRIMARY KEY,
  session_id $uuid NOT NULL REFERENCES session (id),
  created_at $instant NOT NULL,
  expires_at $instant NOT NULL,
  used_at $instant,
  successor $bytes
) $strict;
CREATE UNIQUE INDEX refresh_token_one_leaf ON refresh_token (session_id) WHERE used_at IS NULL;
CREATE TABLE signing_key (
  kid $uuid NOT NULL PRIMARY KEY,
  public_key $bytes NOT NULL,
  wrapped_private_key $bytes NOT NULL,
  created_at $instant NOT NULL
) $strict;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &["signing_key", "refresh_token", "session", "user_account"],
        )
        .await
    }
}
