//! SQL of the ledger. Nothing but [`crate::funds::service::journal`] writes it.

use entity::account;
use entity::ledger_transaction;
use entity::posting;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;

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

/// The accounts of some parties of a fund, locked in the order of their ids.
pub async fn lock_accounts(tx: &Tx, fund: &Fund, parties: &[&str]) -> Result<Vec<Account>, DbErr> {
    let mut query = account::Entity::find()
        .filter(account::Column::AllianceId.eq(fund.alliance_id))
        .filter(account::Column::FundId.eq(fund.id));
    // Beyond one statement's variables, all of them.
    if parties.len() <= INSERT_ROWS {
        query = query.filter(account::Column::Party.is_in(parties.iter().copied()));
    }
    query
        .order_by_asc(account::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await
}

/// Opens accounts; those that exist stay.
pub async fn open_accounts(tx: &Tx, rows: &[Account]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        account::Entity::insert_many(rows)
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Moves a balance; `false`: an account that must stay covered holds too little.
pub async fn move_balance(
    tx: &Tx,
    id: AccountId,
    amount: i64,
    must_be_covered: bool,
) -> Result<bool, DbErr> {
    let balance = Expr::col(account::Column::BalanceMinor);
    let mut update = account::Entity::update_many()
        .col_expr(account::Column::BalanceMinor, balance.add(amount))
        .filter(account::Column::Id.eq(id));
    if must_be_covered {
        update = update.filter(account::Column::BalanceMinor.gte(-amount));
    }
    Ok(update.exec(tx).await?.rows_affected == 1)
}

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

/// Number of accounts of a fund and the sum of their balances.
pub async fn total(c: &impl ConnectionTrait, fund: FundId) -> Result<(i64, i64), DbErr> {
    let sql = "SELECT COUNT(*) AS number, CAST(COALESCE(SUM(balance_minor), 0) AS BIGINT) AS total \
               FROM account WHERE fund_id = $1";
    pair(c, sql, fund.0).await
}

async fn pair(c: &impl ConnectionTrait, sql: &str, id: uuid::Uuid) -> Result<(i64, i64), DbErr> {
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, [id.into()]);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok((0, 0)), |row| {
        Ok((row.try_get("", "number")?, row.try_get("", "total")?))
    })
}

/// Up to `limit` postings of a fund after a place in it, in order, each with its transaction;
/// only those of `accounts` where that is given.
pub async fn postings(
    c: &impl ConnectionTrait,
    fund: &Fund,
    accounts: Option<&[AccountId]>,
    after: i64,
    limit: u64,
) -> Result<Vec<(Posting, Transaction)>, DbErr> {
    let mut query = posting::Entity::find()
        .filter(posting::Column::AllianceId.eq(fund.alliance_id))
        .filter(posting::Column::FundId.eq(fund.id))
        .filter(posting::Column::Sequence.gt(after));
    if let Some(accounts) = accounts {
        query = query.filter(posting::Column::AccountId.is_in(accounts.iter().copied()));
    }
    let rows = query
        .order_by_asc(posting::Column::Sequence)
        .limit(limit)
        .all(c)
        .await?;
    let transactions = ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::AllianceId.eq(fund.alliance_id))
        .filter(ledger_transaction::Column::Id.is_in(rows.iter().map(|row| row.transaction_id)))
        .all(c)
        .await?;
    let by_id: std::collections::HashMap<_, _> =
        transactions.into_iter().map(|t| (t.id, t)).collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| by_id.get(&row.transaction_id).cloned().map(|t| (row, t)))
        .collect())
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
