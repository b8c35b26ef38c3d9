//! SQL of statements: what happened to one member's accounts, and what a fund holds by kind of account.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::FromQueryResult;
use sea_orm::Statement;
use sea_orm::Value;
use uuid::Uuid;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo::Fund;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;

/// Whose accounts, of which fund, in which period.
#[derive(Debug, Clone)]
pub struct Which {
    pub alliance: AllianceId,
    /// The membership as accounts name it.
    pub party: String,
    pub fund: Option<FundId>,
    /// The first and the last day.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// What a transaction did to a member's accounts; amounts in minor units.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Movement {
    pub id: LedgerTransactionId,
    pub fund_id: FundId,
    pub effective_date: NaiveDate,
    pub kind: String,
    pub document_ref: Uuid,
    pub mandate_id: Option<MandateId>,
    pub reverses: Option<LedgerTransactionId>,
    pub narration: String,
    /// Change of what the member owes, its credit taken off.
    pub due_minor: i64,
    /// Change of what it got back.
    pub refunded_minor: i64,
    /// What it gave in kind.
    pub in_kind_minor: i64,
}

/// The sums of movements of one kind in one fund.
#[derive(Debug, Clone, FromQueryResult)]
pub struct KindSum {
    pub fund_id: FundId,
    pub kind: String,
    pub due_minor: i64,
    pub refunded_minor: i64,
    pub in_kind_minor: i64,
}

const DUE: &str = "CASE WHEN a.kind IN ('receivable', 'credit') THEN p.amount_minor ELSE 0 END";
const REFUNDED: &str = "CASE WHEN a.kind = 'levy_refunded' THEN p.amount_minor ELSE 0 END";
const IN_KIND: &str = "CASE WHEN a.kind = 'in_kind' THEN -p.amount_minor ELSE 0 END";

/// The member's postings in the period; the entries of a close, which move no money, are not among them.
const FROM: &str = "FROM account a JOIN posting p ON p.account_id = a.id \
    JOIN ledger_transaction t ON t.id = p.transaction_id \
    WHERE a.alliance_id = $1 AND a.party = $2 AND t.kind NOT IN ('close_income', 'close_spending')";

/// The condition of a period and a fund, and its values after the first two.
fn conditions(which: &Which) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![which.alliance.into(), which.party.clone().into()];
    let mut sql = String::new();
    let mut add = |text: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {text} ${}", values.len()));
        }
    };
    add("a.fund_id =", which.fund.map(Value::from));
    add("t.effective_date >=", which.from.map(Value::from));
    add("t.effective_date <=", which.to.map(Value::from));
    (sql, values)
}

fn total(case: &str) -> String {
    format!("CAST(SUM({case}) AS BIGINT)")
}

/// Up to `limit` movements after a place in the order of their days.
pub async fn movements(
    c: &impl ConnectionTrait,
    which: &Which,
    after: Option<(NaiveDate, LedgerTransactionId)>,
    limit: u64,
) -> Result<Vec<Movement>, DbErr> {
    let (mut condition, mut values) = conditions(which);
    if let Some((day, id)) = after {
        values.extend([day.into(), id.into()]);
        let n = values.len();
        condition.push_str(&format!(
            " AND (t.effective_date, t.id) > (${}, ${n})",
            n - 1
        ));
    }
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let sql = format!(
        "SELECT t.id AS id, t.fund_id AS fund_id, t.effective_date AS effective_date, t.kind AS kind, \
         t.document_ref AS document_ref, t.mandate_id AS mandate_id, t.reverses AS reverses, \
         t.narration AS narration, {} AS due_minor, {} AS refunded_minor, {} AS in_kind_minor \
         {FROM}{condition} \
         GROUP BY t.id, t.fund_id, t.effective_date, t.kind, t.document_ref, t.mandate_id, t.reverses, t.narration \
         ORDER BY t.effective_date, t.id LIMIT ${}",
        total(DUE),
        total(REFUNDED),
        total(IN_KIND),
        values.len()
    );
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    Movement::find_by_statement(statement).all(c).await
}

/// The place of a movement in the order of days.
pub async fn place_of(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: Uuid,
) -> Result<Option<(NaiveDate, LedgerTransactionId)>, DbErr> {
    use entity::ledger_transaction::Column;
    use entity::ledger_transaction::Entity;
    use sea_orm::ColumnTrait;
    use sea_orm::EntityTrait;
    use sea_orm::QueryFilter;
    let row = Entity::find_by_id(LedgerTransactionId(id))
        .filter(Column::AllianceId.eq(alliance))
        .one(c)
        .await?;
    Ok(row.map(|row| (row.effective_date, row.id)))
}

/// What the member owed after a place in the period, counted from its beginning.
pub async fn due_through(
    c: &impl ConnectionTrait,
    which: &Which,
    place: (NaiveDate, LedgerTransactionId),
) -> Result<i64, DbErr> {
    let (condition, mut values) = conditions(which);
    values.extend([place.0.into(), place.1.into()]);
    let n = values.len();
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({DUE}), 0) AS BIGINT) AS due_minor {FROM}{condition} \
         AND (t.effective_date, t.id) <= (${}, ${n})",
        n - 1
    );
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "due_minor"))
}

/// The sums of a member's movements by fund and kind of transaction.
pub async fn sums(c: &impl ConnectionTrait, which: &Which) -> Result<Vec<KindSum>, DbErr> {
    let (condition, values) = conditions(which);
    let sql = format!(
        "SELECT t.fund_id AS fund_id, t.kind AS kind, {} AS due_minor, {} AS refunded_minor, \
         {} AS in_kind_minor {FROM}{condition} GROUP BY t.fund_id, t.kind ORDER BY t.fund_id, t.kind",
        total(DUE),
        total(REFUNDED),
        total(IN_KIND)
    );
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    KindSum::find_by_statement(statement).all(c).await
}

/// What the accounts of a kind hold; those of members together.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Holding {
    pub kind: String,
    /// Empty for accounts of members.
    pub party: String,
    /// Debit positive, credit negative.
    pub balance_minor: i64,
}

/// What a fund's accounts hold by kind and party, before the entries of its close.
pub async fn holdings(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Holding>, DbErr> {
    let of_members: Vec<String> = AccountKind::ALL
        .iter()
        .filter(|kind| kind.is_of_member())
        .map(|kind| format!("'{kind}'"))
        .collect();
    let party = format!(
        "CASE WHEN a.kind IN ({}) THEN '' ELSE a.party END",
        of_members.join(", ")
    );
    let sql = format!(
        "SELECT kind, party, CAST(SUM(held) AS BIGINT) AS balance_minor FROM (\
         SELECT a.kind AS kind, {party} AS party, a.balance_minor AS held FROM account a \
         WHERE a.alliance_id = $1 AND a.fund_id = $2 \
         UNION ALL \
         SELECT a.kind AS kind, {party} AS party, -p.amount_minor AS held FROM ledger_transaction t \
         JOIN posting p ON p.transaction_id = t.id JOIN account a ON a.id = p.account_id \
         WHERE t.fund_id = $2 AND t.kind IN ('close_income', 'close_spending')) AS held \
         GROUP BY kind, party ORDER BY kind, party"
    );
    let values: [Value; 2] = [fund.alliance_id.into(), fund.id.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    Holding::find_by_statement(statement).all(c).await
}

/// What a posting adds to the cash that a member paid on what it owed: payments and uses of its credit, less what
/// bounced and what a credit note gave back to its credit; nothing in kind. `o` is the transaction that `t` takes back.
pub const PAID: &str = "CASE \
    WHEN a.kind = 'receivable' AND COALESCE(o.kind, t.kind) IN ('payment', 'credit_allocation', 'bounce') \
      THEN -p.amount_minor \
    WHEN a.kind = 'credit' AND COALESCE(o.kind, t.kind) = 'credit_note' THEN p.amount_minor \
    ELSE 0 END";

/// The cash that each member paid on what it owed in a fund, by the party of its accounts, in the transactions after a
/// place of the chain through another.
pub async fn cash_paid(
    c: &impl ConnectionTrait,
    fund: &Fund,
    (after, through): (i64, i64),
) -> Result<Vec<(String, i64)>, DbErr> {
    let sql = format!(
        "SELECT a.party AS party, CAST(SUM({PAID}) AS BIGINT) AS paid \
         FROM ledger_transaction t JOIN posting p ON p.transaction_id = t.id \
         JOIN account a ON a.id = p.account_id LEFT JOIN ledger_transaction o ON o.id = t.reverses \
         WHERE t.fund_id = $1 AND t.sequence > $2 AND t.sequence <= $3 \
         AND a.kind IN ('receivable', 'credit') GROUP BY a.party ORDER BY a.party"
    );
    let values: [Value; 3] = [fund.id.into(), after.into(), through.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let rows = c.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "party")?, row.try_get("", "paid")?)))
        .collect()
}
