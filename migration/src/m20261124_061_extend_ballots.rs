//! Options, rounds, proxies, interests, exclusions, challenges, secret votes and what follows a declaration.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [(&str, &str); 17] = [
    ("options", "$json"),
    ("round", "$big NOT NULL DEFAULT 1"),
    ("edition", "$big NOT NULL DEFAULT 1"),
    ("follows_id", "$uuid"),
    ("origin", "TEXT"),
    ("extended_at", "$instant"),
    ("withdrawal_asked_by", "$uuid"),
    ("remind_at", "$instant"),
    ("reminded_at", "$instant"),
    ("checked_votes", "$big"),
    ("winner", "TEXT"),
    ("casting_until", "$instant"),
    ("casting_vote_by", "$uuid"),
    ("challenge_until", "$instant"),
    ("effective_at", "$instant"),
    ("permitted_at", "$instant"),
    ("rounds", "$json"),
];

const INDEXES: &str = "
CREATE UNIQUE INDEX ballot_followed_once ON ballot (follows_id, origin) WHERE follows_id IS NOT NULL;
CREATE INDEX ballot_to_remind ON ballot (remind_at) WHERE state = 'open' AND reminded_at IS NULL;
CREATE INDEX ballot_to_check ON ballot (id) WHERE state = 'open' AND checked_votes IS NOT NULL;
CREATE INDEX ballot_to_cast ON ballot (casting_until) WHERE state = 'declared' AND result = 'casting_vote';
CREATE INDEX ballot_to_permit ON ballot (effective_at)
  WHERE state = 'declared' AND result = 'carried' AND permitted_at IS NULL;
";

const TABLES: &str = "
CREATE TABLE ballot_exclusion (
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  reason TEXT NOT NULL CONSTRAINT ballot_exclusion_reason CHECK (reason IN ('suspended', 'interested', 'arrears')),
  PRIMARY KEY (ballot_id, membership_id)
) $strict;
CREATE INDEX ballot_exclusion_by_alliance ON ballot_exclusion (alliance_id, ballot_id);
CREATE TABLE ballot_interest (
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  note TEXT NOT NULL,
  declared_by $uuid NOT NULL,
  declared_at $instant NOT NULL,
  PRIMARY KEY (ballot_id, membership_id)
) $strict;
CREATE INDEX ballot_interest_by_alliance ON ballot_interest (alliance_id, ballot_id);
CREATE TABLE ballot_proxy (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  principal_id $uuid NOT NULL REFERENCES membership (id),
  holder_id $uuid NOT NULL REFERENCES membership (id),
  appointed_by $uuid NOT NULL,
  appointed_at $instant NOT NULL,
  replaced_at $instant,
  CONSTRAINT ballot_proxy_to_another CHECK (principal_id <> holder_id)
) $strict;
CREATE INDEX ballot_proxy_by_alliance ON ballot_proxy (alliance_id, ballot_id);
CREATE INDEX ballot_proxy_by_holder ON ballot_proxy (ballot_id, holder_id);
CREATE UNIQUE INDEX ballot_proxy_once ON ballot_proxy (ballot_id, principal_id) WHERE replaced_at IS NULL;
CREATE TABLE ballot_challenge (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  grounds TEXT NOT NULL,
  challenged_by $uuid NOT NULL,
  challenged_at $instant NOT NULL,
  outcome TEXT CONSTRAINT ballot_challenge_outcome CHECK (outcome IN ('upheld', 'annulled')),
  reasons TEXT,
  decided_by $uuid,
  decided_at $instant,
  CONSTRAINT ballot_challenge_decided CHECK ((outcome IS NULL) = (decided_by IS NULL))
) $strict;
CREATE INDEX ballot_challenge_by_alliance ON ballot_challenge (alliance_id, ballot_id);
CREATE UNIQUE INDEX ballot_challenge_pending ON ballot_challenge (ballot_id) WHERE outcome IS NULL;
CREATE TABLE secret_vote (
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  round $big NOT NULL,
  pseudonym $bytes NOT NULL,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  slip $bytes NOT NULL,
  PRIMARY KEY (ballot_id, round, pseudonym)
) $strict;
CREATE INDEX secret_vote_by_alliance ON secret_vote (alliance_id, ballot_id);
CREATE TABLE ballot_receipt (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  round $big NOT NULL,
  digest TEXT NOT NULL
) $strict;
CREATE INDEX ballot_receipt_by_alliance ON ballot_receipt (alliance_id, ballot_id);
CREATE INDEX ballot_receipt_by_ballot ON ballot_receipt (ballot_id, id);
";

/// The table of votes is made anew, because one vote per member becomes one per member and round.
const VOTES: &str = "
CREATE TABLE vote_anew (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  round $big NOT NULL,
  membership_id $uuid NOT NULL REFERENCES membership (id),
  choice TEXT NOT NULL CONSTRAINT vote_choice CHECK (choice <> ''),
  how TEXT NOT NULL CONSTRAINT vote_how CHECK (how IN ('in_person', 'by_proxy')),
  cast_by $uuid NOT NULL,
  cast_at $instant NOT NULL,
  CONSTRAINT vote_once_in_round UNIQUE (ballot_id, round, membership_id)
) $strict;
INSERT INTO vote_anew (id, alliance_id, ballot_id, round, membership_id, choice, how, cast_by, cast_at)
  SELECT id, alliance_id, ballot_id, 1, membership_id, choice, 'in_person', cast_by, cast_at FROM vote;
DROP TABLE vote;
ALTER TABLE vote_anew RENAME TO vote;
CREATE INDEX vote_by_alliance ON vote (alliance_id, ballot_id);
";

const OLD_VOTES: &str = "
CREATE TABLE vote_old (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  ballot_id $uuid NOT NULL REFERENCES ballot (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  choice TEXT NOT NULL CONSTRAINT vote_choice CHECK (choice IN ('for', 'against', 'abstain')),
  cast_by $uuid NOT NULL,
  cast_at $instant NOT NULL,
  CONSTRAINT vote_once UNIQUE (ballot_id, membership_id)
) $strict;
INSERT INTO vote_old (id, alliance_id, ballot_id, membership_id, choice, cast_by, cast_at)
  SELECT id, alliance_id, ballot_id, membership_id, choice, cast_by, cast_at FROM vote
  WHERE round = 1 AND choice IN ('for', 'against', 'abstain');
DROP TABLE vote;
ALTER TABLE vote_old RENAME TO vote;
CREATE INDEX vote_by_alliance ON vote (alliance_id, ballot_id);
DROP INDEX ballot_followed_once;
DROP INDEX ballot_to_remind;
DROP INDEX ballot_to_check;
DROP INDEX ballot_to_cast;
DROP INDEX ballot_to_permit;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, definition) in COLUMNS {
            let sql = format!("ALTER TABLE ballot ADD COLUMN {name} {definition}");
            dialect::run(manager, &sql).await?;
        }
        dialect::run(manager, INDEXES).await?;
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "ballot_exclusion").await?;
        dialect::append_only(manager, "ballot_receipt").await?;
        dialect::run(manager, VOTES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, OLD_VOTES).await?;
        let newest_first = [
            "ballot_receipt",
            "secret_vote",
            "ballot_challenge",
            "ballot_proxy",
            "ballot_interest",
            "ballot_exclusion",
        ];
        dialect::drop_tables(manager, &newest_first).await?;
        for (name, _) in COLUMNS.iter().rev() {
            let sql = format!("ALTER TABLE ballot DROP COLUMN {name}");
            dialect::run(manager, &sql).await?;
        }
        Ok(())
    }
}
