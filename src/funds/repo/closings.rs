//! SQL of what a close is computed from, and of its terms.

use std::collections::BTreeMap;

use entity::fund_closing;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::Statement;
use uuid::Uuid;

use crate::funds::repo::Fund;
use crate::funds::repo::FundClosing;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MembershipId;
use crate::platform::db::Tx;

/// Kinds of transactions in which cash of a member pays what the member owes, and takes that back.
const CASH: &str = "('payment', 'credit_allocation', 'bounce')";

/// Cash that each member paid on what it owed in a fund, less what a credit note gave back to its credit: not what it
/// was billed, nothing in kind, and nothing that bounced (F9). Members with an account that paid nothing read 0.
pub async fn cash_paid(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<BTreeMap<MembershipId, i64>, DbErr> {
    let sql = format!(
        "SELECT a.party AS party, CAST(COALESCE(SUM(CASE \
           WHEN a.kind = 'receivable' AND COALESCE(o.kind, t.kind) IN {CASH} THEN -p.amount_minor \
           WHEN a.kind = 'credit' AND COALESCE(o.kind, t.kind) = 'credit_note' THEN p.amount_minor \
           ELSE 0 END), 0) AS BIGINT) AS total \
         FROM account a JOIN posting p ON p.account_id = a.id \
         JOIN ledger_transaction t ON t.id = p.transaction_id \
         LEFT JOIN ledger_transaction o ON o.id = t.reverses \
         WHERE a.alliance_id = $1 AND a.fund_id = $2 AND a.kind IN ('receivable', 'credit') GROUP BY a.party"
    );
    let values = [fund.alliance_id.into(), fund.id.into()];
    by_member(c, &sql, values).await
}

/// What each member owes a fund, and what the fund keeps for it, by the kind of account: `receivable` or `credit`.
pub async fn balances(
    c: &impl ConnectionTrait,
    fund: &Fund,
    kind: &str,
) -> Result<BTreeMap<MembershipId, i64>, DbErr> {
    let sql = "SELECT party, CAST(ABS(balance_minor) AS BIGINT) AS total FROM account \
        WHERE alliance_id = $1 AND fund_id = $2 AND kind = $3 AND balance_minor <> 0";
    let values = [fund.alliance_id.into(), fund.id.into(), kind.into()];
    by_member(c, sql, values).await
}

async fn by_member<const N: usize>(
    c: &impl ConnectionTrait,
    sql: &str,
    values: [sea_orm::Value; N],
) -> Result<BTreeMap<MembershipId, i64>, DbErr> {
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let rows = c.query_all_raw(statement).await?;
    let pair = |row: &sea_orm::QueryResult| {
        let party: String = row.try_get("", "party")?;
        let member = party
            .parse()
            .map_err(|_| DbErr::Type(format!("the party '{party}' is no member")))?;
        Ok((member, row.try_get("", "total")?))
    };
    rows.iter().map(pair).collect()
}

/// The transaction of a kind that a document was posted by.
pub async fn transaction_of(
    c: &impl ConnectionTrait,
    fund: FundId,
    kind: &str,
    document: Uuid,
) -> Result<Option<LedgerTransactionId>, DbErr> {
    use entity::ledger_transaction::Column;
    use entity::ledger_transaction::Entity;
    let row = Entity::find()
        .filter(Column::FundId.eq(fund))
        .filter(Column::Kind.eq(kind))
        .filter(Column::DocumentRef.eq(document))
        .one(c)
        .await?;
    Ok(row.map(|row| row.id))
}

pub async fn find(c: &impl ConnectionTrait, fund: FundId) -> Result<Option<FundClosing>, DbErr> {
    fund_closing::Entity::find_by_id(fund).one(c).await
}

pub async fn insert(tx: &Tx, row: FundClosing) -> Result<(), DbErr> {
    fund_closing::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
