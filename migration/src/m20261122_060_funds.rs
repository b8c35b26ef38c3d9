//! Money: policies, funds, assessments, notices, payments, expenses, refunds, and the ledger under them.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows never change: what was decided, received and posted.
const APPEND_ONLY: [&str; 6] = [
    "levy_policy",
    "assessment_line",
    "ledger_transaction",
    "posting",
    "payment",
    "payment_allocation",
];

const TABLES: &str = "
CREATE TABLE levy_policy (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  name TEXT NOT NULL,
  number $big NOT NULL,
  measure TEXT NOT NULL,
  accept_declared $bool NOT NULL,
  quantum_minor $big NOT NULL,
  floor_minor $big,
  cap_minor $big,
  overrides $json NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT levy_policy_number UNIQUE (alliance_id, name, number),
  CONSTRAINT levy_policy_quantum CHECK (quantum_minor >= 1)
) $strict;
CREATE INDEX levy_policy_by_alliance ON levy_policy (alliance_id, id);
CREATE TABLE fund (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  season_from $date NOT NULL,
  season_to $date NOT NULL,
  currency TEXT NOT NULL,
  custodian_holder TEXT NOT NULL,
  custodian_institution TEXT NOT NULL,
  custodian_account_ref TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT fund_state CHECK (state IN
    ('planned', 'voted', 'collecting', 'active', 'closing', 'settled', 'closed')),
  version $big NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT fund_code UNIQUE (alliance_id, code)
) $strict;
CREATE INDEX fund_by_alliance ON fund (alliance_id, id);
CREATE TABLE account (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  kind TEXT NOT NULL,
  party TEXT NOT NULL,
  balance_minor $big NOT NULL,
  CONSTRAINT account_name UNIQUE (fund_id, kind, party),
  CONSTRAINT account_bank_covered CHECK (kind <> 'bank' OR balance_minor >= 0)
) $strict;
CREATE INDEX account_by_alliance ON account (alliance_id, fund_id, id);
CREATE TABLE ledger_transaction (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  kind TEXT NOT NULL,
  document_ref $uuid NOT NULL,
  mandate_id $uuid REFERENCES mandate (id),
  reverses $uuid REFERENCES ledger_transaction (id),
  narration TEXT NOT NULL,
  effective_date $date NOT NULL,
  recorded_at $instant NOT NULL,
  CONSTRAINT ledger_transaction_document UNIQUE (fund_id, kind, document_ref)
) $strict;
CREATE INDEX ledger_transaction_by_alliance ON ledger_transaction (alliance_id, fund_id, id);
CREATE TABLE posting (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  transaction_id $uuid NOT NULL REFERENCES ledger_transaction (id),
  account_id $uuid NOT NULL REFERENCES account (id),
  sequence $big NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT posting_amount CHECK (amount_minor <> 0),
  balance_minor $big NOT NULL,
  CONSTRAINT posting_sequence UNIQUE (fund_id, sequence)
) $strict;
CREATE INDEX posting_by_alliance ON posting (alliance_id, fund_id, sequence);
CREATE INDEX posting_by_transaction ON posting (transaction_id);
CREATE INDEX posting_by_account ON posting (account_id, sequence);
CREATE TABLE assessment (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  policy_id $uuid NOT NULL REFERENCES levy_policy (id),
  budget_minor $big NOT NULL CONSTRAINT assessment_budget CHECK (budget_minor > 0),
  budget_lines $json NOT NULL,
  snapshot_date $date NOT NULL,
  due_on $date NOT NULL,
  unit_price TEXT,
  content_hash $bytes NOT NULL,
  state TEXT NOT NULL CONSTRAINT assessment_state CHECK (state IN ('proposed', 'approved', 'issued', 'cancelled')),
  mandate_id $uuid REFERENCES mandate (id),
  version $big NOT NULL,
  created_by $uuid NOT NULL,
  created_at $instant NOT NULL,
  issued_at $instant,
  CONSTRAINT assessment_mandated CHECK (state NOT IN ('approved', 'issued') OR mandate_id IS NOT NULL)
) $strict;
CREATE INDEX assessment_by_alliance ON assessment (alliance_id, fund_id, id);
CREATE TABLE assessment_line (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  assessment_id $uuid NOT NULL REFERENCES assessment (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  merchant_name TEXT NOT NULL,
  size $big NOT NULL,
  size_fact_id $uuid NOT NULL REFERENCES size_fact (id),
  size_status TEXT NOT NULL,
  floor_minor $big NOT NULL,
  cap_minor $big,
  exact TEXT NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT assessment_line_amount CHECK (amount_minor >= 0),
  CONSTRAINT assessment_line_once UNIQUE (assessment_id, membership_id)
) $strict;
CREATE INDEX assessment_line_by_alliance ON assessment_line (alliance_id, assessment_id);
CREATE TABLE levy_notice (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  assessment_id $uuid NOT NULL REFERENCES assessment (id),
  line_id $uuid NOT NULL REFERENCES assessment_line (id) CONSTRAINT levy_notice_once UNIQUE,
  membership_id $uuid NOT NULL REFERENCES membership (id),
  number $big NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT levy_notice_amount CHECK (amount_minor > 0),
  paid_minor $big NOT NULL,
  state TEXT NOT NULL CONSTRAINT levy_notice_state CHECK (state IN ('issued', 'part_paid', 'paid')),
  due_on $date NOT NULL,
  version $big NOT NULL,
  issued_at $instant NOT NULL,
  CONSTRAINT levy_notice_number UNIQUE (fund_id, number),
  CONSTRAINT levy_notice_paid CHECK (paid_minor >= 0 AND paid_minor <= amount_minor)
) $strict;
CREATE INDEX levy_notice_by_alliance ON levy_notice (alliance_id, fund_id, membership_id);
CREATE TABLE payment (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  amount_minor $big NOT NULL CONSTRAINT payment_amount CHECK (amount_minor > 0),
  received_on $date NOT NULL,
  reference TEXT NOT NULL,
  transaction_id $uuid NOT NULL REFERENCES ledger_transaction (id),
  recorded_by $uuid NOT NULL,
  recorded_at $instant NOT NULL
) $strict;
CREATE INDEX payment_by_alliance ON payment (alliance_id, fund_id, membership_id);
CREATE TABLE payment_allocation (
  payment_id $uuid NOT NULL REFERENCES payment (id),
  notice_id $uuid NOT NULL REFERENCES levy_notice (id),
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  amount_minor $big NOT NULL CONSTRAINT payment_allocation_amount CHECK (amount_minor > 0),
  PRIMARY KEY (payment_id, notice_id)
) $strict;
CREATE INDEX payment_allocation_by_alliance ON payment_allocation (alliance_id, payment_id);
CREATE TABLE expense (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  payee TEXT NOT NULL,
  line TEXT NOT NULL,
  amount_minor $big NOT NULL CONSTRAINT expense_amount CHECK (amount_minor > 0),
  description TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT expense_state CHECK (state IN ('requested', 'approved', 'paid', 'rejected')),
  requested_by $uuid NOT NULL,
  decided_by $uuid,
  transaction_id $uuid REFERENCES ledger_transaction (id),
  version $big NOT NULL,
  created_at $instant NOT NULL,
  CONSTRAINT expense_second_person CHECK (decided_by IS NULL OR decided_by <> requested_by OR state = 'rejected'),
  CONSTRAINT expense_posted CHECK ((state = 'paid') = (transaction_id IS NOT NULL))
) $strict;
CREATE INDEX expense_by_alliance ON expense (alliance_id, fund_id, id);
CREATE TABLE refund (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  membership_id $uuid NOT NULL REFERENCES membership (id),
  paid_minor $big NOT NULL,
  amount_minor $big NOT NULL,
  state TEXT NOT NULL CONSTRAINT refund_state CHECK (state IN ('due', 'offset', 'paid', 'rolled_over', 'unclaimed')),
  transaction_id $uuid REFERENCES ledger_transaction (id),
  created_at $instant NOT NULL,
  CONSTRAINT refund_once UNIQUE (fund_id, membership_id),
  CONSTRAINT refund_within_paid CHECK (amount_minor > 0 AND amount_minor <= paid_minor)
) $strict;
CREATE INDEX refund_by_alliance ON refund (alliance_id, fund_id, id);
";

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
        let newest_first = [
            "refund",
            "expense",
            "payment_allocation",
            "payment",
            "levy_notice",
            "assessment_line",
            "assessment",
            "posting",
            "ledger_transaction",
            "account",
            "fund",
            "levy_policy",
        ];
        dialect::drop_tables(manager, &newest_first).await
    }
}
