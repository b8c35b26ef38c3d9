//! What members owe gets a life of its own: instalments, disputes, credit notes, write-offs, reminders, payments
//! that bounce, credits that are used, and pledges.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const APPEND_ONLY: [&str; 5] = [
    "levy_notice_instalment",
    "levy_reminder",
    "payment_bounce",
    "credit_use",
    "credit_use_allocation",
];

const TABLES: &str = "
CREATE TABLE levy_notice_instalment (
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  number $big NOT NULL CONSTRAINT levy_notice_instalment_number CHECK (number >= 1),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  due_on $date NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT levy_notice_instalment_amount CHECK (amount_minor > 0),
  PRIMARY KEY (notice_id, number)
) $strict;
CREATE INDEX levy_notice_instalment_by_alliance ON levy_notice_instalment (alliance_id, notice_id);
CREATE TABLE levy_dispute (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  reason TEXT NOT NULL,
  raised_by $uuid NOT NULL,
  raised_at $instant NOT NULL,
  outcome TEXT CONSTRAINT levy_dispute_outcome CHECK (outcome IN ('upheld', 'credited')),
  answer TEXT,
  decided_by $uuid,
  decided_at $instant,
  CONSTRAINT levy_dispute_decided CHECK ((outcome IS NULL) = (decided_at IS NULL))
) $strict;
CREATE INDEX levy_dispute_by_alliance ON levy_dispute (alliance_id, notice_id);
CREATE UNIQUE INDEX levy_dispute_open ON levy_dispute (notice_id) WHERE outcome IS NULL;
CREATE TABLE credit_note (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  number $big,
  amount_minor $big NOT NULL CONSTRAINT credit_note_amount CHECK (amount_minor > 0),
  returned_minor $big NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT credit_note_state CHECK (state IN ('requested', 'issued', 'rejected')),
  content_hash $bytes NOT NULL,
  requested_by $uuid,
  decided_by $uuid,
  mandate_id $uuid REFERENCES mandate (id),
  source_ref $uuid,
  transaction_id $uuid REFERENCES ledger_transaction (id),
  version $big NOT NULL,
  created_at $instant NOT NULL,
  issued_at $instant,
  CONSTRAINT credit_note_number UNIQUE (fund_id, number),
  CONSTRAINT credit_note_issued CHECK ((state = 'issued') = (number IS NOT NULL AND transaction_id IS NOT NULL)),
  CONSTRAINT credit_note_returned CHECK (returned_minor >= 0 AND returned_minor <= amount_minor)
) $strict;
CREATE INDEX credit_note_by_alliance ON credit_note (alliance_id, fund_id, membership_id);
CREATE INDEX credit_note_by_notice ON credit_note (notice_id);
CREATE UNIQUE INDEX credit_note_open ON credit_note (notice_id) WHERE state = 'requested';
CREATE TABLE levy_reminder (
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  due_on $date NOT NULL,
  step $big NOT NULL,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  sent_at $instant NOT NULL,
  PRIMARY KEY (notice_id, due_on, step)
) $strict;
CREATE INDEX levy_reminder_by_alliance ON levy_reminder (alliance_id, notice_id);
CREATE TABLE payment_bounce (
  payment_id $uuid NOT NULL PRIMARY KEY REFERENCES payment (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  bounced_on $date NOT NULL,
  reason TEXT NOT NULL,
  transaction_id $uuid NOT NULL REFERENCES ledger_transaction (id),
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL
) $strict;
CREATE INDEX payment_bounce_by_alliance ON payment_bounce (alliance_id, fund_id);
CREATE TABLE credit_use (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  kind TEXT NOT NULL CONSTRAINT credit_use_kind CHECK (kind IN ('allocation', 'payout')),
  amount_minor $big NOT NULL CONSTRAINT credit_use_amount CHECK (amount_minor > 0),
  used_on $date NOT NULL,
  reference TEXT NOT NULL,
  transaction_id $uuid NOT NULL REFERENCES ledger_transaction (id),
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL
) $strict;
CREATE INDEX credit_use_by_alliance ON credit_use (alliance_id, fund_id, membership_id);
CREATE TABLE credit_use_allocation (
  credit_use_id $uuid NOT NULL REFERENCES credit_use (id),
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  amount_minor $big NOT NULL CONSTRAINT credit_use_allocation_amount CHECK (amount_minor > 0),
  PRIMARY KEY (credit_use_id, notice_id)
) $strict;
CREATE INDEX credit_use_allocation_by_alliance ON credit_use_allocation (alliance_id, credit_use_id);
CREATE TABLE pledge (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  amount_minor $big NOT NULL CONSTRAINT pledge_amount CHECK (amount_minor > 0),
  purpose TEXT NOT NULL,
  valid_until $date NOT NULL,
  state TEXT NOT NULL CONSTRAINT pledge_state CHECK (state IN
    ('offered', 'accepted', 'converted', 'withdrawn', 'lapsed')),
  notice_id $uuid REFERENCES levy_notice (id) CONSTRAINT pledge_notice_once UNIQUE,
  offered_by $uuid NOT NULL,
  decided_by $uuid,
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT pledge_converted CHECK ((state = 'converted') = (notice_id IS NOT NULL))
) $strict;
CREATE INDEX pledge_by_alliance ON pledge (alliance_id, fund_id, membership_id);
CREATE INDEX pledge_by_state ON pledge (state, valid_until);
ALTER TABLE levy_notice ADD COLUMN kind TEXT NOT NULL DEFAULT 'levy';
ALTER TABLE levy_notice ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE levy_notice ADD COLUMN credited_minor $big NOT NULL DEFAULT 0;
ALTER TABLE levy_notice ADD COLUMN returned_minor $big NOT NULL DEFAULT 0;
ALTER TABLE levy_notice ADD COLUMN written_off_minor $big NOT NULL DEFAULT 0;
ALTER TABLE levy_notice ADD COLUMN next_due_on $date;
ALTER TABLE levy_notice ADD COLUMN overdue_since $date;
ALTER TABLE levy_notice ADD COLUMN checked_on $date;
ALTER TABLE levy_notice ADD COLUMN write_off_mandate_id $uuid;
UPDATE levy_notice SET next_due_on = due_on WHERE state <> 'paid';
CREATE INDEX levy_notice_to_check ON levy_notice (alliance_id, checked_on) WHERE next_due_on IS NOT NULL;
CREATE INDEX levy_notice_of_assessment ON levy_notice (assessment_id);
CREATE INDEX levy_notice_by_state ON levy_notice (fund_id, state);
";

const STATES: &str = "state IN ('issued', 'part_paid', 'paid', 'overdue', 'collected', 'written_off', 'disputed', 'credited', 'cancelled')";
const STATES_BEFORE: &str = "state IN ('issued', 'part_paid', 'paid')";
const WITHIN: &str = "paid_minor >= 0 AND paid_minor <= amount_minor AND credited_minor >= 0 \
AND returned_minor >= 0 AND returned_minor <= credited_minor AND written_off_minor >= 0 \
AND credited_minor + written_off_minor <= amount_minor \
AND paid_minor + credited_minor - returned_minor + written_off_minor <= amount_minor \
AND kind IN ('levy', 'debit_note', 'pledge') AND (kind <> 'levy' OR line_id IS NOT NULL)";
const WITHIN_BEFORE: &str = "paid_minor >= 0 AND paid_minor <= amount_minor";

/// A debit note and a pledge belong to no assessment.
const NEEDED: [&str; 2] = [
    "assessment_id BLOB NOT NULL REFERENCES",
    "line_id BLOB NOT NULL REFERENCES",
];
const OPTIONAL: [&str; 2] = ["assessment_id BLOB REFERENCES", "line_id BLOB REFERENCES"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        for table in APPEND_ONLY {
            dialect::append_only(manager, table).await?;
        }
        dialect::rewrite(
            manager,
            "levy_notice",
            &[(NEEDED[0], OPTIONAL[0]), (NEEDED[1], OPTIONAL[1])],
            &["ALTER TABLE levy_notice ALTER COLUMN assessment_id DROP NOT NULL, ALTER COLUMN line_id DROP NOT NULL"],
        )
        .await?;
        let checks = [("levy_notice_state", STATES), ("levy_notice_paid", WITHIN)];
        dialect::replace_checks(manager, "levy_notice", &checks).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let checks = [
            ("levy_notice_state", STATES_BEFORE),
            ("levy_notice_paid", WITHIN_BEFORE),
        ];
        dialect::replace_checks(manager, "levy_notice", &checks).await?;
        dialect::rewrite(
            manager,
            "levy_notice",
            &[(OPTIONAL[0], NEEDED[0]), (OPTIONAL[1], NEEDED[1])],
            &["ALTER TABLE levy_notice ALTER COLUMN assessment_id SET NOT NULL, ALTER COLUMN line_id SET NOT NULL"],
        )
        .await?;
        let columns = "
DROP INDEX levy_notice_by_state;
DROP INDEX levy_notice_of_assessment;
DROP INDEX levy_notice_to_check;
ALTER TABLE levy_notice DROP COLUMN write_off_mandate_id;
ALTER TABLE levy_notice DROP COLUMN checked_on;
ALTER TABLE levy_notice DROP COLUMN overdue_since;
ALTER TABLE levy_notice DROP COLUMN next_due_on;
ALTER TABLE levy_notice DROP COLUMN written_off_minor;
ALTER TABLE levy_notice DROP COLUMN returned_minor;
ALTER TABLE levy_notice DROP COLUMN credited_minor;
ALTER TABLE levy_notice DROP COLUMN reason;
ALTER TABLE levy_notice DROP COLUMN kind;
";
        dialect::run(manager, columns).await?;
        let newest_first = [
            "pledge",
            "credit_use_allocation",
            "credit_use",
            "payment_bounce",
            "levy_reminder",
            "credit_note",
            "levy_dispute",
            "levy_notice_instalment",
        ];
        dialect::drop_tables(manager, &newest_first).await
    }
}
