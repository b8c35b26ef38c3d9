//! SQL of books: transactions in the order of their days, legs, and accounts as they stood at a place of the ledger.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::expense;
use entity::ledger_transaction;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::FromQueryResult;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::Transaction;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::PostingId;
use crate::kernel::page::Page;

/// Up to `limit` transactions of some funds of an alliance after a place in the order of their days.
pub async fn by_day(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    funds: &[FundId],
    after: Option<(NaiveDate, LedgerTransactionId)>,
    limit: u64,
) -> Result<Vec<Transaction>, DbErr> {
    use ledger_transaction::Column;
    let mut query = ledger_transaction::Entity::find().filter(Column::AllianceId.eq(alliance));
    query = match funds {
        [only] => query.filter(Column::FundId.eq(*only)),
        several => query.filter(Column::FundId.is_in(several.iter().copied())),
    };
    if let Some((day, id)) = after {
        let place = Expr::tuple([Expr::col(Column::EffectiveDate), Expr::col(Column::Id)]);
        query = query.filter(place.gt(Expr::tuple([Expr::val(day), Expr::val(id)])));
    }
    query
        .order_by_asc(Column::EffectiveDate)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(c)
        .await
}

/// Some transactions of a fund by their ids.
pub async fn transactions(
    c: &impl ConnectionTrait,
    fund: &Fund,
    ids: &[LedgerTransactionId],
) -> Result<Vec<Transaction>, DbErr> {
    ledger_transaction::Entity::find()
        .filter(ledger_transaction::Column::FundId.eq(fund.id))
        .filter(ledger_transaction::Column::Id.is_in(ids.iter().copied()))
        .all(c)
        .await
}

/// The transaction of a posting.
pub async fn transaction_of(
    c: &impl ConnectionTrait,
    fund: &Fund,
    posting: PostingId,
) -> Result<Option<LedgerTransactionId>, DbErr> {
    let row = entity::posting::Entity::find_by_id(posting)
        .filter(entity::posting::Column::FundId.eq(fund.id))
        .one(c)
        .await?;
    Ok(row.map(|row| row.transaction_id))
}

/// A leg as a reader sees it.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Leg {
    pub transaction_id: LedgerTransactionId,
    /// None where the legs of several members were added up, as for the next four.
    pub id: Option<PostingId>,
    pub account_id: Option<AccountId>,
    pub sequence: Option<i64>,
    pub party: Option<String>,
    pub balance_minor: Option<i64>,
    pub kind: String,
    pub amount_minor: i64,
    /// Of legs that were added up, the party and the band of each where the reader may know them.
    #[sea_orm(skip)]
    pub bands: Vec<(String, (i64, i64))>,
}

/// The columns of a leg that stands alone.
const WHOLE: &str = "p.transaction_id AS transaction_id, p.id AS id, p.account_id AS account_id, \
    p.sequence AS sequence, a.party AS party, p.balance_minor AS balance_minor, a.kind AS kind, \
    p.amount_minor AS amount_minor";

/// Up to `limit` legs of a fund after a place in its ledger.
pub async fn legs_after(
    c: &impl ConnectionTrait,
    fund: &Fund,
    after: i64,
    limit: u64,
) -> Result<Vec<Leg>, DbErr> {
    let sql = format!(
        "SELECT {WHOLE} FROM posting p JOIN account a ON a.id = p.account_id \
         WHERE p.alliance_id = $1 AND p.fund_id = $2 AND p.sequence > $3 ORDER BY p.sequence LIMIT $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [
        fund.alliance_id.into(),
        fund.id.into(),
        after.into(),
        limit.into(),
    ];
    all(c, &sql, values.to_vec()).await
}

/// A page of the accounts of a fund; where `mine` is given, without those of other members.
pub async fn accounts(
    c: &impl ConnectionTrait,
    fund: &Fund,
    mine: Option<&[String]>,
    page: Page,
) -> Result<Vec<Account>, DbErr> {
    use entity::account::Column;
    let mut query = entity::account::Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(after) = page.after {
        query = query.filter(Column::Id.gt(AccountId(after)));
    }
    if let Some(mine) = mine {
        let of_members = AccountKind::ALL.iter().filter(|kind| kind.is_of_member());
        let of_members = of_members.map(|kind| kind.as_str());
        let own = Column::Party.is_in(mine.iter().map(String::as_str));
        query = query.filter(Column::Kind.is_not_in(of_members).or(own));
    }
    query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await
}

/// The legs of some transactions. Where `mine` is given, the legs of other members are added up per kind of account
/// and stand first.
pub async fn legs(
    c: &impl ConnectionTrait,
    transactions: &[LedgerTransactionId],
    mine: Option<&[String]>,
) -> Result<Vec<Leg>, DbErr> {
    if transactions.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = transactions.iter().map(|id| (*id).into()).collect();
    let ids = places(1, transactions.len());
    let from = format!(
        "FROM posting p JOIN account a ON a.id = p.account_id WHERE p.transaction_id IN ({ids})"
    );
    let Some(mine) = mine else {
        let sql = format!("SELECT {WHOLE} {from} ORDER BY p.sequence");
        return all(c, &sql, values).await;
    };
    let kinds: Vec<Value> = AccountKind::ALL
        .iter()
        .filter(|kind| kind.is_of_member())
        .map(|kind| kind.as_str().into())
        .collect();
    let of_members = places(values.len() + 1, kinds.len());
    values.extend(kinds);
    let mine_places = places(values.len() + 1, mine.len());
    values.extend(mine.iter().map(|party| Value::from(party.clone())));
    let is_mine = if mine.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("a.party IN ({mine_places})")
    };
    let sql = format!(
        "SELECT p.transaction_id AS transaction_id, NULL AS id, NULL AS account_id, NULL AS sequence, \
         NULL AS party, NULL AS balance_minor, a.kind AS kind, \
         CAST(SUM(p.amount_minor) AS BIGINT) AS amount_minor {from} \
         AND a.kind IN ({of_members}) AND NOT ({is_mine}) GROUP BY p.transaction_id, a.kind \
         ORDER BY p.transaction_id, a.kind"
    );
    let mut found = all(c, &sql, values.clone()).await?;
    found.retain(|leg| leg.amount_minor != 0);
    let sql = format!(
        "SELECT {WHOLE} {from} AND (a.kind NOT IN ({of_members}) OR {is_mine}) ORDER BY p.sequence"
    );
    found.extend(all(c, &sql, values).await?);
    Ok(found)
}

async fn all(c: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Leg>, DbErr> {
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    Leg::find_by_statement(statement).all(c).await
}

/// `$first, …`: places for `count` values.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|n| format!("${n}")).collect();
    places.join(", ")
}

/// An account as it stood at a place of the ledger.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Reading {
    pub id: AccountId,
    pub kind: String,
    pub party: String,
    /// None where it was opened later.
    pub balance_minor: Option<i64>,
}

/// Up to `limit` accounts of a fund after one of them, as they stood after the posting `place`.
pub async fn accounts_at(
    c: &impl ConnectionTrait,
    fund: &Fund,
    place: i64,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<Reading>, DbErr> {
    let sql = "SELECT a.id AS id, a.kind AS kind, a.party AS party, \
               (SELECT p.balance_minor FROM posting p WHERE p.account_id = a.id AND p.sequence <= $1 \
                ORDER BY p.sequence DESC LIMIT 1) AS balance_minor \
               FROM account a WHERE a.alliance_id = $2 AND a.fund_id = $3 AND a.id > $4 \
               ORDER BY a.id LIMIT $5";
    let values: [Value; 5] = [
        place.into(),
        fund.alliance_id.into(),
        fund.id.into(),
        after.map_or(Uuid::nil(), |id| id.0).into(),
        i64::try_from(limit).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    Reading::find_by_statement(statement).all(c).await
}

/// The payees of those of the documents that are expenses.
pub async fn suppliers(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    documents: &[Uuid],
) -> Result<HashMap<Uuid, String>, DbErr> {
    let rows = expense::Entity::find()
        .filter(expense::Column::AllianceId.eq(alliance))
        .filter(expense::Column::Id.is_in(documents.iter().copied()))
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id.0, row.payee)).collect())
}

/// Every fund of an alliance, in the order of their ids.
pub async fn funds(c: &impl ConnectionTrait, alliance: AllianceId) -> Result<Vec<Fund>, DbErr> {
    entity::fund::Entity::find()
        .filter(entity::fund::Column::AllianceId.eq(alliance))
        .order_by_asc(entity::fund::Column::Id)
        .all(c)
        .await
}

/// The place of the last posting of a transaction of a fund; 0 without one.
pub async fn last_posting(
    c: &impl ConnectionTrait,
    fund: &Fund,
    transaction: i64,
) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(MAX(p.sequence), 0) AS BIGINT) AS place FROM posting p \
               JOIN ledger_transaction t ON t.id = p.transaction_id WHERE t.fund_id = $1 AND t.sequence = $2";
    let values: [Value; 2] = [fund.id.into(), transaction.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "place"))
}
