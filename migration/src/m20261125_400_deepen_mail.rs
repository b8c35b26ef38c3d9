//! The delivery engine: states of a message that may have arrived, what refusals were answered, what a
//! campaign is to the engine, its counters, rates, pauses, and the rules by which answers are judged.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const STATES: &str = "state IN ('queued', 'claimed', 'sending', 'sent', 'deferred', 'unsure', 'bounced', \
     'failed', 'suppressed', 'cancelled')";

const OLD_STATES: &str = "state IN ('queued', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'suppressed', 'cancelled')";

const UP: &str = "
ALTER TABLE delivery ADD COLUMN domain_group TEXT NOT NULL DEFAULT 'rest';
ALTER TABLE delivery ADD COLUMN on_unsure TEXT NOT NULL DEFAULT 'resend'
  CONSTRAINT delivery_on_unsure CHECK (on_unsure IN ('resend', 'hold'));
ALTER TABLE delivery ADD COLUMN enhanced TEXT;
ALTER TABLE delivery ADD COLUMN relay TEXT;
ALTER TABLE delivery ADD COLUMN zone TEXT;
ALTER TABLE delivery ADD COLUMN vars $json;
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (campaign_id, domain_group, due_at, id)
  WHERE state IN ('queued', 'deferred');
CREATE TABLE attempt (
  id $uuid NOT NULL PRIMARY KEY,
  delivery_id $uuid NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 1),
  at $instant NOT NULL,
  relay TEXT,
  stage TEXT NOT NULL CONSTRAINT attempt_stage CHECK (stage IN
    ('connect', 'mail', 'rcpt', 'data', 'content', 'render', 'worker')),
  code INTEGER,
  enhanced TEXT,
  text TEXT NOT NULL,
  ms $big NOT NULL CHECK (ms >= 0),
  verdict TEXT NOT NULL
) $strict;
CREATE INDEX attempt_of_delivery ON attempt (delivery_id, n);
CREATE TABLE mailing (
  campaign_id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid,
  state TEXT NOT NULL CONSTRAINT mailing_state CHECK (state IN ('open', 'paused', 'cancelled', 'done')),
  rate_per_min $big CONSTRAINT mailing_rate CHECK (rate_per_min >= 1),
  quiet_from INTEGER CONSTRAINT mailing_quiet_from CHECK (quiet_from BETWEEN 0 AND 1439),
  quiet_to INTEGER CONSTRAINT mailing_quiet_to CHECK (quiet_to BETWEEN 0 AND 1439),
  created_at $instant NOT NULL,
  CONSTRAINT mailing_quiet CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
) $strict;
CREATE INDEX mailing_by_alliance ON mailing (alliance_id, campaign_id);
CREATE INDEX mailing_at_work ON mailing (campaign_id) WHERE state <> 'done';
CREATE TABLE stencil (
  campaign_id $uuid NOT NULL,
  locale TEXT NOT NULL,
  subject TEXT NOT NULL,
  html TEXT NOT NULL,
  text TEXT NOT NULL,
  shared $json NOT NULL,
  created_at $instant NOT NULL,
  PRIMARY KEY (campaign_id, locale)
) $strict;
CREATE TABLE campaign_count (
  campaign_id $uuid NOT NULL,
  shard INTEGER NOT NULL,
  state TEXT NOT NULL,
  n $big NOT NULL,
  PRIMARY KEY (campaign_id, shard, state)
) $strict;
CREATE TABLE bucket (
  key TEXT NOT NULL PRIMARY KEY,
  tokens $big NOT NULL,
  at $instant NOT NULL
) $strict;
CREATE TABLE domain_gate (
  domain TEXT NOT NULL PRIMARY KEY,
  closed_until $instant,
  closures INTEGER NOT NULL,
  connections INTEGER,
  reason TEXT NOT NULL,
  updated_at $instant NOT NULL
) $strict;
CREATE TABLE mail_worker (
  id $uuid NOT NULL PRIMARY KEY,
  shard INTEGER NOT NULL,
  host TEXT NOT NULL,
  started_at $instant NOT NULL,
  seen_at $instant NOT NULL
) $strict;
CREATE TABLE answer_rule (
  rank INTEGER NOT NULL PRIMARY KEY,
  code TEXT,
  enhanced TEXT,
  pattern TEXT,
  verdict TEXT NOT NULL CONSTRAINT answer_rule_verdict CHECK (verdict IN
    ('slow_down', 'recycle', 'fewer_connections', 'transient', 'soft', 'hard', 'policy', 'refused')),
  note TEXT NOT NULL
) $strict;
INSERT INTO answer_rule (rank, code, enhanced, pattern, verdict, note) VALUES
  (1000, NULL, NULL, 'frequency limited|too many (messages|mails|recipients|requests)|rate limit|quota exceeded.*sending', 'slow_down',
    'A limit of the rate, whatever the code: QQ says it with 550'),
  (1100, '550', NULL, 'mailbox unavailable or access denied', 'slow_down',
    'QQ: too much mail to one box'),
  (1200, '451', NULL, 'dt:spm', 'transient',
    'NetEase: looks like bulk, wants a pause of two minutes'),
  (1300, NULL, NULL, 'mi:dmc|message count', 'recycle',
    'NetEase: messages of this connection are used up'),
  (1400, NULL, NULL, 'hl:icc|too many (concurrent )?connections', 'fewer_connections',
    'NetEase and others: connections at once'),
  (1500, '421', NULL, NULL, 'transient', 'The server closes the connection'),
  (1600, '4', NULL, NULL, 'transient', 'Later may be better'),
  (1700, '552', NULL, NULL, 'soft', 'The mailbox is full'),
  (1710, NULL, '5.2.2', NULL, 'soft', 'The mailbox is full'),
  (1800, NULL, '5.1.1', NULL, 'hard', 'There is no such mailbox'),
  (1801, NULL, '5.1.2', NULL, 'hard', 'There is no such domain'),
  (1802, NULL, '5.1.3', NULL, 'hard', 'The address is none'),
  (1803, NULL, '5.1.6', NULL, 'hard', 'The mailbox has moved'),
  (1804, NULL, '5.1.10', NULL, 'hard', 'The domain takes no mail (RFC 7505)'),
  (1805, NULL, '5.2.1', NULL, 'hard', 'The mailbox is disabled'),
  (1900, NULL, '5.7.', NULL, 'policy', 'A rule of the receiver, about us and not about the address'),
  (1910, '554', NULL, 'spam|blocked|block ?list|blacklist|reputation', 'policy', 'Taken for spam'),
  (2000, '5', NULL, NULL, 'refused', 'Refused for good');
";

const DOWN: &str = "
DROP TABLE answer_rule;
DROP TABLE mail_worker;
DROP TABLE domain_gate;
DROP TABLE bucket;
DROP TABLE campaign_count;
DROP TABLE stencil;
DROP TABLE mailing;
DROP TABLE attempt;
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (on_hold, due_at, id) WHERE state IN ('queued', 'deferred');
";

/// Newest first; dropping a column with a condition of its own is possible on both.
const COLUMNS: [&str; 6] = [
    "vars",
    "zone",
    "relay",
    "enhanced",
    "on_unsure",
    "domain_group",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::replace_checks(manager, "delivery", &[("delivery_state", STATES)]).await?;
        dialect::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, DOWN).await?;
        for column in COLUMNS {
            dialect::run(
                manager,
                &format!("ALTER TABLE delivery DROP COLUMN {column}"),
            )
            .await?;
        }
        dialect::replace_checks(manager, "delivery", &[("delivery_state", OLD_STATES)]).await
    }
}
