//! The statements of the bare handlers, in the order in which they run, each beside its origin in the service.
//!
//! Left out: audit events (`platform::journal`, two rows a payment) and idempotency keys
//! (`platform::idempotency`, four statements a payment on PostgreSQL).

/// `accounts::repo::session_with_user`: of every request.
pub const SESSION: &str = "SELECT s.*, u.verified_at IS NOT NULL AS verified, u.platform_admin AS platform_admin \
    FROM session s JOIN user_account u ON u.id = s.user_id WHERE s.id = $1";
/// `alliances::repo::alliance`.
pub const ALLIANCE: &str = "SELECT id, name, kind, time_zone, currency, locale, listed, state, version, created_at \
    FROM alliance WHERE id = $1 LIMIT 1";
/// `alliances::repo::standing`.
pub const STANDING: &str = "SELECT role AS word, NULL AS membership_id, NULL AS merchant_id FROM role_grant \
    WHERE alliance_id = $1 AND user_id = $2 UNION ALL \
    SELECT m.state AS word, m.id AS membership_id, m.merchant_id AS merchant_id FROM membership m \
    JOIN merchant_staff s ON s.merchant_id = m.merchant_id \
    WHERE m.alliance_id = $1 AND s.user_id = $2 AND m.state IN ('active', 'suspended')";

/// `platform::db::wire::now` in a sandbox on PostgreSQL: the first statement of a transaction.
pub const CLOCK: &str = "SELECT clock_timestamp() AS at, \
    coalesce((SELECT offset_ms FROM sandbox_clock), 0) AS offset_ms";
/// The same on SQLite, where the process has the clock.
pub const CLOCK_OFFSET: &str =
    "SELECT coalesce((SELECT offset_ms FROM sandbox_clock), 0) AS offset_ms";
/// `funds::repo::funds::find`; on SQLite `lock` as well.
pub const FUND: &str = "SELECT id, alliance_id, name, code, season_from, season_to, currency, custodian_holder, \
    custodian_institution, custodian_account_ref, state, version, created_by, created_at \
    FROM fund WHERE id = $1 LIMIT 1";
/// `funds::repo::funds::lock` on PostgreSQL.
pub const LOCK_FUND: &str = "SELECT id, alliance_id, name, code, season_from, season_to, currency, custodian_holder, \
    custodian_institution, custodian_account_ref, state, version, created_by, created_at \
    FROM fund WHERE id = $1 LIMIT 1 FOR UPDATE";
/// `alliances::repo::memberships_by_id`.
pub const MEMBERSHIP: &str = "SELECT id, alliance_id, merchant_id, state, joined_at, ended_at, version, created_at \
    FROM membership WHERE alliance_id = $1 AND id IN ($2) ORDER BY id";
/// `alliances::repo::with_merchants`.
pub const MERCHANT: &str = "SELECT id, name, region, category, locale, version, created_at \
    FROM merchant WHERE id IN ($1)";
/// `funds::repo::notices::of_member`.
pub const NOTICES: &str = "SELECT id, alliance_id, fund_id, assessment_id, line_id, membership_id, number, \
    amount_minor, paid_minor, state, due_on, version, issued_at, kind, reason, credited_minor, returned_minor, \
    written_off_minor, next_due_on, overdue_since, checked_on, write_off_mandate_id FROM levy_notice \
    WHERE alliance_id = $1 AND fund_id = $2 AND membership_id = $3 ORDER BY number";
/// `funds::repo::periods::newest`.
pub const PERIOD: &str = "SELECT id, alliance_id, fund_id, closed_through, closed_by, closed_at FROM fund_period \
    WHERE fund_id = $1 ORDER BY closed_through DESC LIMIT 1";
/// `funds::repo::ledger::move_balances`: both legs at once.
pub const MOVE_BALANCES: &str = "WITH step (k, p, a) AS (VALUES ($2, $3, $4), ($5, $6, $7)) \
    UPDATE account SET balance_minor = account.balance_minor + step.a FROM step \
    WHERE account.fund_id = $1 AND account.kind = step.k AND account.party = step.p \
    AND NOT (account.kind = 'bank' AND account.balance_minor + step.a < 0) \
    AND NOT (account.kind = 'credit' AND account.balance_minor + step.a > 0) \
    RETURNING id, kind, party, balance_minor";
/// `funds::repo::ledger::open_accounts`: the bank, once.
pub const OPEN_ACCOUNT: &str = "INSERT INTO account (id, alliance_id, fund_id, kind, party, balance_minor) \
    VALUES ($1, $2, $3, $4, $5, $6)";
/// `funds::repo::ledger::head`.
pub const HEAD: &str = "SELECT id, alliance_id, fund_id, kind, document_ref, mandate_id, reverses, narration, \
    effective_date, recorded_at, sequence, postings, previous_hash, hash FROM ledger_transaction \
    WHERE fund_id = $1 AND sequence > 0 ORDER BY sequence DESC LIMIT 1";
/// `funds::repo::ledger::insert_transaction`.
pub const TRANSACTION: &str = "INSERT INTO ledger_transaction (id, alliance_id, fund_id, kind, document_ref, \
    mandate_id, reverses, narration, effective_date, recorded_at, sequence, postings, previous_hash, hash) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING";
/// `funds::repo::ledger::newest_sequence`.
pub const NEWEST: &str = "SELECT id, alliance_id, fund_id, transaction_id, account_id, sequence, amount_minor, \
    balance_minor FROM posting WHERE fund_id = $1 ORDER BY sequence DESC LIMIT 1";
/// `funds::repo::ledger::insert_postings`.
pub const POSTINGS: &str = "INSERT INTO posting (id, alliance_id, fund_id, transaction_id, account_id, sequence, \
    amount_minor, balance_minor) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16)";
/// `funds::repo::ledger::stored`.
pub const STORED: &str = "SELECT COUNT(*) AS number, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS total \
    FROM posting WHERE transaction_id = $1";
/// `funds::repo::dues::instalments`.
pub const INSTALMENTS: &str = "SELECT notice_id, number, alliance_id, due_on, amount_minor \
    FROM levy_notice_instalment WHERE notice_id IN ($1) ORDER BY notice_id, number";
/// `funds::repo::notices::store`; what a payment leaves as it is keeps its place.
pub const STORE: &str = "UPDATE levy_notice SET paid_minor = $1, credited_minor = credited_minor, \
    returned_minor = returned_minor, written_off_minor = written_off_minor, state = $2, next_due_on = next_due_on, \
    overdue_since = overdue_since, checked_on = checked_on, write_off_mandate_id = write_off_mandate_id, \
    version = $3 WHERE id = $4";
/// `funds::repo::payments::insert`: the payment.
pub const PAYMENT: &str = "INSERT INTO payment (id, alliance_id, fund_id, membership_id, amount_minor, received_on, \
    reference, transaction_id, recorded_by, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// `funds::repo::payments::insert`: its one part.
pub const ALLOCATION: &str = "INSERT INTO payment_allocation (payment_id, notice_id, alliance_id, amount_minor) \
    VALUES ($1, $2, $3, $4)";
/// `funds::repo::notices::any_due`.
pub const ANY_DUE: &str = "SELECT id, alliance_id, fund_id, assessment_id, line_id, membership_id, number, \
    amount_minor, paid_minor, state, due_on, version, issued_at, kind, reason, credited_minor, returned_minor, \
    written_off_minor, next_due_on, overdue_since, checked_on, write_off_mandate_id FROM levy_notice \
    WHERE alliance_id = $1 AND fund_id = $2 AND state IN ('issued', 'part_paid', 'overdue', 'disputed') LIMIT 1";
