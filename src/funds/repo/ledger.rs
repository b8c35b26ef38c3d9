//! SQL of the ledger. Nothing but [`crate::funds::service::journal`] writes it.

use entity::account;
use entity::ledger_transaction;
use entity::posting;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::FromQueryResult;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::Value;

use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::INSERT_ROWS;
use crate::funds::repo::Posting;
use crate::funds::repo::Transaction;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::PostingId;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// Every account of a fund, in the order of their ids.
pub async fn accounts(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Account>, DbErr> {
    account::Entity::find()
        .filter(account::Column::AllianceId.eq(fund.alliance_id))
        .filter(account::Column::FundId.eq(fund.id))
        .order_by_asc(account::Column::Id)
        .all(c)
        .await
}

/// The balance of one account; `None` where it was never opened.
pub async fn balance_of(
    c: &impl ConnectionTrait,
    fund: FundId,
    kind: &str,
    party: &str,
) -> Result<Option<i64>, DbErr> {
    let row = account::Entity::find()
        .filter(account::Column::FundId.eq(fund))
        .filter(account::Column::Kind.eq(kind))
        .filter(account::Column::Party.eq(party))
        .one(c)
        .await?;
    Ok(row.map(|row| row.balance_minor))
}

/// An account after a movement.
#[derive(Debug, Clone, sea_orm::FromQueryResult)]
pub struct Moved {
    pub id: AccountId,
    pub kind: String,
    pub party: String,
    pub balance_minor: i64,
}

/// Accounts moved by one statement: three variables each.
const MOVED_AT_ONCE: usize = 300;

/// Moves balances of accounts given as (kind, party, amount), all in few statements. Accounts that do not exist,
/// and banks and credits that would pass zero to the wrong side, are left out of the answer and stay as they are.
pub async fn move_balances(
    tx: &Tx,
    fund: FundId,
    moves: &[(&str, &str, i64)],
) -> Result<Vec<Moved>, DbErr> {
    let mut moved = Vec::with_capacity(moves.len());
    for some in moves.chunks(MOVED_AT_ONCE) {
        let mut values: Vec<Value> = vec![fund.into()];
        let mut rows = Vec::with_capacity(some.len());
        for (kind, party, amount) in some {
            let at = values.len();
            rows.push(format!("(${}, ${}, ${})", at + 1, at + 2, at + 3));
            values.extend([(*kind).into(), (*party).into(), (*amount).into()]);
        }
        let sql = format!(
            "WITH step (k, p, a) AS (VALUES {}) \
             UPDATE account SET balance_minor = account.balance_minor + step.a FROM step \
             WHERE account.fund_id = $1 AND account.kind = step.k AND account.party = step.p \
             AND NOT (account.kind = 'bank' AND account.balance_minor + step.a < 0) \
             AND NOT (account.kind = 'credit' AND account.balance_minor + step.a > 0) \
             RETURNING id, kind, party, balance_minor",
            rows.join(", ")
        );
        let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
        moved.extend(Moved::find_by_statement(statement).all(tx).await?);
    }
    Ok(moved)
}

/// Opens accounts with their first balance.
pub async fn open_accounts(tx: &Tx, rows: &[Account]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        account::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The newest transaction in a fund's chain.
pub async fn head(c: &impl ConnectionTrait, fund: FundId) -> Result<Option<Transaction>, DbErr> {
    ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::FundId.eq(fund))
        .filter(ledger_transaction::Column::Sequence.gt(0))
        .order_by_desc(ledger_transaction::Column::Sequence)
        .limit(1)
        .one(c)
        .await
}

pub async fn transaction(
    c: &impl ConnectionTrait,
    fund: FundId,
    id: LedgerTransactionId,
) -> Result<Option<Transaction>, DbErr> {
    ledger_transaction::Entity::find_by_id(id)
        .filter(ledger_transaction::Column::FundId.eq(fund))
        .one(c)
        .await
}

/// A transaction of any fund.
pub async fn by_id(
    c: &impl ConnectionTrait,
    id: LedgerTransactionId,
) -> Result<Option<Transaction>, DbErr> {
    ledger_transaction::Entity::find_by_id(id).one(c).await
}

/// The transaction that takes another one back.
pub async fn reversal_of(
    c: &impl ConnectionTrait,
    id: LedgerTransactionId,
) -> Result<Option<LedgerTransactionId>, DbErr> {
    let row = ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::Reverses.eq(id))
        .one(c)
        .await?;
    Ok(row.map(|row| row.id))
}

/// Up to `limit` transactions of a fund's chain after a place in it, in order.
pub async fn chained(
    c: &impl ConnectionTrait,
    fund: &Fund,
    after: i64,
    limit: u64,
) -> Result<Vec<Transaction>, DbErr> {
    ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::FundId.eq(fund.id))
        .filter(ledger_transaction::Column::Sequence.gt(after))
        .order_by_asc(ledger_transaction::Column::Sequence)
        .limit(limit)
        .all(c)
        .await
}

/// The postings of some transactions with their accounts, in their order.
pub async fn legs(
    c: &impl ConnectionTrait,
    transactions: &[LedgerTransactionId],
) -> Result<Vec<(Posting, Account)>, DbErr> {
    let postings = posting::Entity::find()
        .filter(posting::Column::TransactionId.is_in(transactions.iter().copied()))
        .order_by_asc(posting::Column::Sequence)
        .all(c)
        .await?;
    let mut ids: Vec<AccountId> = postings.iter().map(|row| row.account_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut accounts = std::collections::HashMap::with_capacity(ids.len());
    for some in ids.chunks(INSERT_ROWS) {
        let rows = account::Entity::find()
            .filter(account::Column::Id.is_in(some.iter().copied()))
            .all(c)
            .await?;
        accounts.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(postings
        .into_iter()
        .filter_map(|row| accounts.get(&row.account_id).cloned().map(|a| (row, a)))
        .collect())
}

/// `false`: the fund has posted this document already.
pub async fn insert_transaction(tx: &Tx, row: Transaction) -> Result<bool, DbErr> {
    let inserted = ledger_transaction::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

pub async fn insert_postings(tx: &Tx, rows: &[Posting]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        posting::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The place of a fund's newest posting; 0 without one.
pub async fn newest_sequence(c: &impl ConnectionTrait, fund: FundId) -> Result<i64, DbErr> {
    let row = posting::Entity::find()
        .filter(posting::Column::FundId.eq(fund))
        .order_by_desc(posting::Column::Sequence)
        .one(c)
        .await?;
    Ok(row.map_or(0, |row| row.sequence))
}

/// Number and sum of the stored postings of a transaction.
pub async fn stored(
    c: &impl ConnectionTrait,
    transaction: LedgerTransactionId,
) -> Result<(i64, i64), DbErr> {
    let sql = "SELECT COUNT(*) AS number, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS total \
               FROM posting WHERE transaction_id = $1";
    pair(c, sql, transaction.0).await
}

/// What was debited to the accounts of a kind before the close took it out again.
pub async fn posted(c: &impl ConnectionTrait, fund: &Fund, kind: &str) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) AS total FROM posting p \
               JOIN account a ON a.id = p.account_id \
               JOIN ledger_transaction t ON t.id = p.transaction_id \
               WHERE a.alliance_id = $1 AND a.fund_id = $2 AND a.kind = $3 \
               AND t.kind <> 'close_spending'";
    let values = [fund.alliance_id.into(), fund.id.into(), kind.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "total"))
}

async fn pair(c: &impl ConnectionTrait, sql: &str, id: uuid::Uuid) -> Result<(i64, i64), DbErr> {
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, [id.into()]);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok((0, 0)), |row| {
        Ok((row.try_get("", "number")?, row.try_get("", "total")?))
    })
}

/// The place of a posting in its fund.
pub async fn sequence_of(
    c: &impl ConnectionTrait,
    fund: &Fund,
    id: PostingId,
) -> Result<Option<i64>, DbErr> {
    let row = posting::Entity::find_by_id(id)
        .filter(posting::Column::FundId.eq(fund.id))
        .one(c)
        .await?;
    Ok(row.map(|row| row.sequence))
}
