//! The ledger guards itself: a transaction is written after its postings and seals them, so that the database can
//! add them up (F1), compare the balances of the accounts (F7), refuse closed days (F2) and keep the chain of
//! hashes. Banks and credits stay on their side (F3, F4), and a transaction is taken back once at most.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE fund_period (
  id $uuid NOT NULL PRIMARY KEY,
  alliance_id $uuid NOT NULL REFERENCES alliance (id),
  fund_id $uuid NOT NULL REFERENCES fund (id),
  closed_through $date NOT NULL,
  closed_by $uuid NOT NULL,
  closed_at $instant NOT NULL,
  CONSTRAINT fund_period_once UNIQUE (fund_id, closed_through)
) $strict;
CREATE INDEX fund_period_by_alliance ON fund_period (alliance_id, fund_id, id);
ALTER TABLE ledger_transaction ADD COLUMN sequence $big NOT NULL DEFAULT 0;
ALTER TABLE ledger_transaction ADD COLUMN postings $big NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX ledger_transaction_sequence ON ledger_transaction (fund_id, sequence) WHERE sequence > 0;
CREATE UNIQUE INDEX ledger_transaction_reversed_once ON ledger_transaction (reverses);
DROP INDEX posting_by_transaction;
CREATE UNIQUE INDEX posting_once ON posting (transaction_id, account_id);
";

/// Hashes are empty in rows from before the chain.
const HASHES_ON_SQLITE: [&str; 2] = [
    "ALTER TABLE ledger_transaction ADD COLUMN previous_hash BLOB NOT NULL DEFAULT x''",
    "ALTER TABLE ledger_transaction ADD COLUMN hash BLOB NOT NULL DEFAULT x''",
];
const HASHES_ON_POSTGRES: [&str; 2] = [
    "ALTER TABLE ledger_transaction ADD COLUMN previous_hash BYTEA NOT NULL DEFAULT ''",
    "ALTER TABLE ledger_transaction ADD COLUMN hash BYTEA NOT NULL DEFAULT ''",
];

const IMMEDIATE: &str = "transaction_id BLOB NOT NULL REFERENCES ledger_transaction (id),";
const DEFERRED: &str = "transaction_id BLOB NOT NULL REFERENCES ledger_transaction (id) DEFERRABLE INITIALLY DEFERRED,";

const BANK: &str = "CONSTRAINT account_bank_covered CHECK (kind <> 'bank' OR balance_minor >= 0)";
const BANK_AND_CREDIT: &str = "CONSTRAINT account_bank_covered CHECK (kind <> 'bank' OR balance_minor >= 0), CONSTRAINT account_credit_covered CHECK (kind <> 'credit' OR balance_minor <= 0)";

/// What the postings of a transaction come to: their number and sum, those of another fund, and those whose account
/// was not moved by exactly them.
const SUMS: &str = "
SELECT COUNT(*) AS number, COALESCE(SUM(p.amount_minor), 0) AS total,
  COUNT(CASE WHEN p.fund_id <> NEW.fund_id OR a.fund_id <> NEW.fund_id
    OR p.alliance_id <> NEW.alliance_id THEN 1 END) AS strange,
  COUNT(CASE WHEN p.balance_minor <> a.balance_minor OR p.balance_minor - p.amount_minor <> COALESCE(
    (SELECT o.balance_minor FROM posting o WHERE o.account_id = p.account_id AND o.sequence < p.sequence
      ORDER BY o.sequence DESC LIMIT 1), 0) THEN 1 END) AS unmoved";
const FROM_POSTINGS: &str =
    " FROM posting p JOIN account a ON a.id = p.account_id WHERE p.transaction_id = NEW.id";

const CLOSED: &str = "EXISTS (SELECT 1 FROM fund_period f
  WHERE f.fund_id = NEW.fund_id AND f.closed_through >= NEW.effective_date)";

/// Whether a new transaction stands elsewhere than next to the newest of its fund.
const MISPLACED: &str =
    "NEW.sequence <> 1 + COALESCE((SELECT MAX(t.sequence) FROM ledger_transaction t
    WHERE t.fund_id = NEW.fund_id), 0)
  OR (NEW.sequence > 1 AND NEW.previous_hash <> (SELECT t.hash FROM ledger_transaction t
    WHERE t.fund_id = NEW.fund_id AND t.sequence = NEW.sequence - 1))
  OR (NEW.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_transaction t
    WHERE t.id = NEW.reverses AND t.fund_id = NEW.fund_id))";

fn seal_on_sqlite() -> String {
    let seal = "BEGIN
  SELECT RAISE(ABORT, 'ledger_transaction: the postings do not balance') FROM (SUMS) s
    WHERE s.number < 2 OR s.number <> NEW.postings OR s.total <> 0;
  SELECT RAISE(ABORT, 'ledger_transaction: the accounts were not moved by it') FROM (SUMS) s
    WHERE s.strange > 0 OR s.unmoved > 0;
  SELECT RAISE(ABORT, 'ledger_transaction: the period is closed') WHERE CLOSED;
  SELECT RAISE(ABORT, 'ledger_transaction: out of the chain') WHERE MISPLACED;
END";
    let seal = with_conditions(seal);
    format!("CREATE TRIGGER ledger_transaction_seal BEFORE INSERT ON ledger_transaction {seal}")
}

fn seal_on_postgres() -> String {
    let seal = "DECLARE s RECORD;
BEGIN
  SELECT c.* INTO s FROM (SUMS) c;
  IF s.number < 2 OR s.number <> NEW.postings OR s.total <> 0 THEN
    RAISE EXCEPTION 'ledger_transaction: the postings do not balance'; END IF;
  IF s.strange > 0 OR s.unmoved > 0 THEN
    RAISE EXCEPTION 'ledger_transaction: the accounts were not moved by it'; END IF;
  IF CLOSED THEN RAISE EXCEPTION 'ledger_transaction: the period is closed'; END IF;
  IF MISPLACED THEN RAISE EXCEPTION 'ledger_transaction: out of the chain'; END IF;
  RETURN NEW;
END";
    let seal = with_conditions(seal);
    format!(
        "CREATE FUNCTION ledger_transaction_seals() RETURNS trigger LANGUAGE plpgsql AS $$ {seal} $$"
    )
}

fn with_conditions(text: &str) -> String {
    text.replace("SUMS", &format!("{SUMS}{FROM_POSTINGS}"))
        .replace("CLOSED", CLOSED)
        .replace("MISPLACED", MISPLACED)
}

const OPEN_ON_SQLITE: &str = "CREATE TRIGGER posting_before_seal BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.id = NEW.transaction_id)
BEGIN SELECT RAISE(ABORT, 'posting: the transaction is sealed'); END";

const OPEN_ON_POSTGRES: [&str; 2] = [
    "CREATE FUNCTION posting_is_before_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM fresh f JOIN ledger_transaction t ON t.id = f.transaction_id) THEN
    RAISE EXCEPTION 'posting: the transaction is sealed'; END IF;
  RETURN NULL; END $$",
    "CREATE TRIGGER posting_before_seal AFTER INSERT ON posting REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION posting_is_before_seal()",
];

const SEAL_ON_POSTGRES: &str =
    "CREATE TRIGGER ledger_transaction_seal BEFORE INSERT ON ledger_transaction
FOR EACH ROW EXECUTE FUNCTION ledger_transaction_seals()";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, TABLES).await?;
        dialect::append_only(manager, "fund_period").await?;
        dialect::either(manager, &HASHES_ON_SQLITE, &HASHES_ON_POSTGRES).await?;
        let deferred = "ALTER TABLE posting ALTER CONSTRAINT posting_transaction_id_fkey DEFERRABLE INITIALLY DEFERRED";
        dialect::rewrite(manager, "posting", &[(IMMEDIATE, DEFERRED)], &[deferred]).await?;
        let covered = "ALTER TABLE account ADD CONSTRAINT account_credit_covered CHECK (kind <> 'credit' OR balance_minor <= 0)";
        dialect::rewrite(manager, "account", &[(BANK, BANK_AND_CREDIT)], &[covered]).await?;
        let (on_sqlite, on_postgres) = (seal_on_sqlite(), seal_on_postgres());
        dialect::either(
            manager,
            &[OPEN_ON_SQLITE, &on_sqlite],
            &[
                OPEN_ON_POSTGRES[0],
                OPEN_ON_POSTGRES[1],
                &on_postgres,
                SEAL_ON_POSTGRES,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::either(
            manager,
            &[
                "DROP TRIGGER ledger_transaction_seal",
                "DROP TRIGGER posting_before_seal",
            ],
            &[
                "DROP TRIGGER ledger_transaction_seal ON ledger_transaction",
                "DROP TRIGGER posting_before_seal ON posting",
                "DROP FUNCTION ledger_transaction_seals",
                "DROP FUNCTION posting_is_before_seal",
            ],
        )
        .await?;
        let covered = "ALTER TABLE account DROP CONSTRAINT account_credit_covered";
        dialect::rewrite(manager, "account", &[(BANK_AND_CREDIT, BANK)], &[covered]).await?;
        let immediate =
            "ALTER TABLE posting ALTER CONSTRAINT posting_transaction_id_fkey NOT DEFERRABLE";
        dialect::rewrite(manager, "posting", &[(DEFERRED, IMMEDIATE)], &[immediate]).await?;
        let columns = "
DROP INDEX posting_once;
CREATE INDEX posting_by_transaction ON posting (transaction_id);
DROP INDEX ledger_transaction_reversed_once;
DROP INDEX ledger_transaction_sequence;
ALTER TABLE ledger_transaction DROP COLUMN hash;
ALTER TABLE ledger_transaction DROP COLUMN previous_hash;
ALTER TABLE ledger_transaction DROP COLUMN postings;
ALTER TABLE ledger_transaction DROP COLUMN sequence;
";
        dialect::run(manager, columns).await?;
        dialect::drop_tables(manager, &["fund_period"]).await
    }
}
