//! SQL of the invariants that are not counted from the chain: documents, notices, refunds.

use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::Statement;

use crate::funds::repo::Fund;
use crate::funds::repo::statements::PAID;
use crate::kernel::ids::FundId;

/// Every fund after one of them, in the order of their ids.
pub async fn funds_after(
    c: &impl ConnectionTrait,
    after: Option<FundId>,
    limit: u64,
) -> Result<Vec<Fund>, DbErr> {
    use entity::fund::Column;
    use sea_orm::ColumnTrait;
    use sea_orm::EntityTrait;
    use sea_orm::QueryFilter;
    use sea_orm::QueryOrder;
    use sea_orm::QuerySelect;
    let mut query = entity::fund::Entity::find();
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    query.order_by_asc(Column::Id).limit(limit).all(c).await
}

/// A place in the chain where there is one, and two figures that should agree.
pub type Misfit = (Option<i64>, i64, i64);

async fn misfits(c: &impl ConnectionTrait, fund: &Fund, sql: &str) -> Result<Vec<Misfit>, DbErr> {
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, [fund.id.into()]);
    let rows = c.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.try_get("", "place")?,
                row.try_get("", "one")?,
                row.try_get("", "other")?,
            ))
        })
        .collect()
}

/// Kinds of transactions and the tables of their documents.
const DOCUMENTS: [(&str, &str); 3] = [
    ("levy", "assessment"),
    ("payment", "payment"),
    ("expense", "expense"),
];

/// Transactions whose document is not of their fund (F5).
pub async fn strange_documents(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<Vec<Misfit>, DbErr> {
    let mut found = Vec::new();
    for (kind, table) in DOCUMENTS {
        let sql = format!(
            "SELECT t.sequence AS place, CAST(0 AS BIGINT) AS one, CAST(0 AS BIGINT) AS other FROM ledger_transaction t \
             LEFT JOIN {table} d ON d.id = t.document_ref AND d.fund_id = t.fund_id \
             WHERE t.fund_id = $1 AND t.kind = '{kind}' AND d.id IS NULL ORDER BY t.sequence LIMIT 20"
        );
        found.extend(misfits(c, fund, &sql).await?);
    }
    Ok(found)
}

/// Documents that are posted more than once (F6).
pub async fn posted_twice(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Misfit>, DbErr> {
    let sql = "SELECT MAX(sequence) AS place, COUNT(*) AS one, CAST(1 AS BIGINT) AS other FROM ledger_transaction \
               WHERE fund_id = $1 AND reverses IS NULL GROUP BY kind, document_ref HAVING COUNT(*) > 1 LIMIT 20";
    misfits(c, fund, sql).await
}

/// Reversals that do not take back exactly what they name (F2).
pub async fn wrong_reversals(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Misfit>, DbErr> {
    let sql = "SELECT r.sequence AS place, p.amount_minor AS one, COALESCE(-o.amount_minor, 0) AS other \
               FROM ledger_transaction r JOIN posting p ON p.transaction_id = r.id \
               LEFT JOIN posting o ON o.transaction_id = r.reverses AND o.account_id = p.account_id \
               WHERE r.fund_id = $1 AND r.reverses IS NOT NULL \
               AND (o.id IS NULL OR o.amount_minor <> -p.amount_minor) ORDER BY r.sequence LIMIT 20";
    misfits(c, fund, sql).await
}

/// Issued assessments whose notices do not sum to what was decided (F8).
pub async fn wrong_notices(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Misfit>, DbErr> {
    let sql = "SELECT CAST(NULL AS BIGINT) AS place, CAST(a.budget_minor AS BIGINT) AS one, \
               CAST(COALESCE((SELECT SUM(n.amount_minor) FROM levy_notice n WHERE n.assessment_id = a.id), 0) AS BIGINT) AS other \
               FROM assessment a WHERE a.fund_id = $1 AND a.state = 'issued' AND a.budget_minor <> \
               COALESCE((SELECT SUM(n.amount_minor) FROM levy_notice n WHERE n.assessment_id = a.id), 0) LIMIT 20";
    misfits(c, fund, sql).await
}

/// Members who got back more than the cash that they paid (F9): what they got, and what they paid.
pub async fn refunded_too_much(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<Vec<Misfit>, DbErr> {
    let sql = format!(
        "SELECT CAST(NULL AS BIGINT) AS place, one, other FROM (SELECT a.party AS party, \
         CAST(SUM(CASE WHEN a.kind = 'levy_refunded' AND t.kind NOT IN ('close_income', 'close_spending') \
           THEN p.amount_minor ELSE 0 END) AS BIGINT) AS one, CAST(SUM({PAID}) AS BIGINT) AS other \
         FROM ledger_transaction t JOIN posting p ON p.transaction_id = t.id JOIN account a ON a.id = p.account_id \
         LEFT JOIN ledger_transaction o ON o.id = t.reverses \
         WHERE t.fund_id = $1 AND a.kind IN ('levy_refunded', 'receivable', 'credit') GROUP BY a.party) AS sums \
         WHERE one > other LIMIT 20"
    );
    misfits(c, fund, &sql).await
}

/// Every close of a part of a fund's ledger.
pub async fn closes(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<Vec<crate::funds::repo::Period>, DbErr> {
    use entity::fund_period::Column;
    use sea_orm::ColumnTrait;
    use sea_orm::EntityTrait;
    use sea_orm::QueryFilter;
    entity::fund_period::Entity::find()
        .filter(Column::FundId.eq(fund.id))
        .all(c)
        .await
}
