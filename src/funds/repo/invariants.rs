//! SQL of the invariants that are not counted from the chain: documents, notices, refunds.

use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::Statement;

use crate::funds::domain::ledger::TransactionKind;
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

/// The documents for which a transaction of a kind may move money of the fund `t.fund_id`: rows of these tables that
/// fulfil the condition.
const fn documents(kind: TransactionKind) -> &'static [&'static str] {
    use TransactionKind as T;
    match kind {
        T::Levy => &["assessment d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        T::Payment | T::Bounce => {
            &["payment d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"]
        }
        // A bounce takes credit back in the name of its payment.
        T::CreditAllocation => &[
            "credit_use d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id",
            "payment d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id",
        ],
        T::CreditPayout => &["credit_use d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        T::CreditNote => &[
            "credit_note d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id",
            "true_up d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id",
        ],
        T::DebitNote => &["true_up d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        T::Pledge => &["pledge d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        T::WriteOff => &["levy_notice d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        T::Payable | T::Expense => {
            &["expense d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"]
        }
        T::SponsorMatch => {
            &["sponsor_receipt d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"]
        }
        T::SponsorReturn => {
            &["sponsor_deal d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"]
        }
        T::InKind => &["in_kind d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"],
        // What is too little to be sent rolls over as a whole, in the name of the fund that closes.
        T::TransferOut => &[
            "fund_transfer d WHERE d.id = t.document_ref AND d.from_fund_id = t.fund_id",
            "fund_closing d WHERE d.fund_id = t.document_ref AND d.fund_id = t.fund_id",
        ],
        T::TransferIn => &[
            "fund_transfer d WHERE d.id = t.document_ref AND d.to_fund_id = t.fund_id",
            "fund_closing d WHERE d.fund_id = t.document_ref AND d.rollover_fund_id = t.fund_id",
        ],
        T::Refund | T::Offset => {
            &["refund d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id"]
        }
        T::Rollover => &[
            "refund d WHERE d.id = t.document_ref AND (d.fund_id = t.fund_id OR d.rollover_fund_id = t.fund_id)",
        ],
        T::Reversal => &[
            "reversal d WHERE d.id = t.document_ref AND d.fund_id = t.fund_id",
            "ledger_transaction d WHERE d.id = t.reverses AND d.document_ref = t.document_ref AND d.fund_id = t.fund_id",
        ],
        T::CloseIncome | T::CloseSpending => {
            &["fund d WHERE d.id = t.document_ref AND d.id = t.fund_id"]
        }
    }
}

/// Transactions whose document is not of their fund, or that are of no kind (F5).
pub async fn strange_documents(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<Vec<Misfit>, DbErr> {
    let known = TransactionKind::ALL.iter().map(|kind| {
        let exists = documents(*kind)
            .iter()
            .map(|rows| format!("EXISTS (SELECT 1 FROM {rows})"));
        let exists: Vec<String> = exists.collect();
        format!(
            "(t.kind = '{}' AND ({}))",
            kind.as_str(),
            exists.join(" OR ")
        )
    });
    let known: Vec<String> = known.collect();
    let sql = format!(
        "SELECT t.sequence AS place, CAST(0 AS BIGINT) AS one, CAST(0 AS BIGINT) AS other \
         FROM ledger_transaction t WHERE t.fund_id = $1 AND NOT ({}) ORDER BY t.sequence LIMIT 20",
        known.join(" OR ")
    );
    misfits(c, fund, &sql).await
}

/// Documents that name the transaction by which they were posted.
const POSTED: [(&str, &str, &str); 9] = [
    // table, column of its fund, column of the transaction
    ("payment", "fund_id", "transaction_id"),
    ("payment_bounce", "fund_id", "transaction_id"),
    ("credit_use", "fund_id", "transaction_id"),
    ("expense", "fund_id", "transaction_id"),
    ("reversal", "fund_id", "transaction_id"),
    ("sponsor_receipt", "fund_id", "transaction_id"),
    ("in_kind", "fund_id", "transaction_id"),
    ("fund_transfer", "from_fund_id", "out_transaction_id"),
    ("fund_transfer", "to_fund_id", "in_transaction_id"),
];

/// Documents that name a transaction which is not theirs, so that one transaction stands for two documents (F6).
pub async fn posted_elsewhere(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Misfit>, DbErr> {
    let mut found = Vec::new();
    for (table, of_fund, transaction) in POSTED {
        let id = if table == "payment_bounce" {
            "payment_id"
        } else {
            "id"
        };
        let sql = format!(
            "SELECT t.sequence AS place, CAST(0 AS BIGINT) AS one, CAST(0 AS BIGINT) AS other FROM {table} d \
             LEFT JOIN ledger_transaction t ON t.id = d.{transaction} \
             WHERE d.{of_fund} = $1 AND d.{transaction} IS NOT NULL \
             AND (t.id IS NULL OR t.document_ref <> d.{id} OR t.fund_id <> d.{of_fund}) LIMIT 20"
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

/// Issued assessments whose notices, or whose shares, do not sum to what was decided: the budget of a split, and what a rate came to when
/// it was proposed, which is stored in its place (F8).
pub async fn wrong_notices(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Misfit>, DbErr> {
    let mut found = Vec::new();
    for of in ["levy_notice", "assessment_line"] {
        let sum = format!(
            "COALESCE((SELECT SUM(n.amount_minor) FROM {of} n WHERE n.assessment_id = a.id), 0)"
        );
        let sql = format!(
            "SELECT CAST(NULL AS BIGINT) AS place, CAST(a.budget_minor AS BIGINT) AS one, \
             CAST({sum} AS BIGINT) AS other FROM assessment a \
             WHERE a.fund_id = $1 AND a.state = 'issued' AND a.budget_minor <> {sum} LIMIT 20"
        );
        found.extend(misfits(c, fund, &sql).await?);
    }
    Ok(found)
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
