//! Idempotency keys: the stored answer and the effect share one transaction.

use chrono::TimeDelta;
use entity::idempotency_key;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::OnConflict;

use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::StoredAnswer;
use crate::kernel::problem::kinds;
use crate::platform::db::Tx;

/// How long an answer is kept: 72 hours, as published.
const LIFETIME: TimeDelta = TimeDelta::hours(72);

/// A key as its sender scoped it, and what it was sent with.
#[derive(Debug, Clone)]
pub struct Key {
    /// The sender: a key of one principal means nothing to another.
    pub principal: String,
    /// 1 to 255 visible ASCII characters, without quotes.
    pub key: String,
    /// Keyed hash over method, route, path parameters, canonical body and If-Match.
    pub digest: Vec<u8>,
}

/// Refuses or replays a request whose key was seen before; passes a new one.
///
/// # Errors
/// `Failure::Replay` with the stored answer; `idempotency_key_reused` for another request;
/// `idempotency_in_progress` while the first one runs.
pub async fn check(tx: &Tx, key: &Key) -> Result<(), Failure> {
    if tx.is_postgres() && !try_lock(tx, key).await? {
        return Err(Refused::new(
            &kinds::IDEMPOTENCY_IN_PROGRESS,
            "The first request with this key is still running; try again in a second.",
        )
        .into());
    }
    let Some(row) = idempotency_key::Entity::find_by_id((key.principal.clone(), key.key.clone()))
        .one(tx)
        .await?
        .filter(|row| row.expires_at > tx.real_now())
    else {
        return Ok(());
    };
    if row.digest != key.digest {
        return Err(Refused::new(
            &kinds::IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used for a different request.",
        )
        .into());
    }
    Err(Failure::Replay(Box::new(StoredAnswer {
        status: u16::try_from(row.status).unwrap_or(500),
        location: row.location,
        etag: row.etag,
        body: row.body,
    })))
}

/// Holds the key until the end of the transaction; `false` when another one holds it.
async fn try_lock(tx: &Tx, key: &Key) -> Result<bool, DbErr> {
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free",
            [format!("{}\u{1f}{}", key.principal, key.key).into()],
        ))
        .await?;
    row.map_or(Ok(false), |row| row.try_get("", "free"))
}

/// Keeps the answer of a decided request.
///
/// # Errors
/// When the database refuses.
pub async fn store(tx: &Tx, key: &Key, answer: &StoredAnswer) -> Result<(), DbErr> {
    idempotency_key::Entity::insert(idempotency_key::ActiveModel {
        principal: Set(key.principal.clone()),
        key: Set(key.key.clone()),
        digest: Set(key.digest.clone()),
        status: Set(i32::from(answer.status)),
        location: Set(answer.location.clone()),
        etag: Set(answer.etag.clone()),
        body: Set(answer.body.clone()),
        created_at: Set(tx.real_now()),
        expires_at: Set(tx.real_now().plus(LIFETIME)),
    })
    .on_conflict(replace_expired(tx))
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// An expired answer under the same key gives way, a live one stays.
fn replace_expired(tx: &Tx) -> OnConflict {
    use idempotency_key::Column as C;
    OnConflict::columns([C::Principal, C::Key])
        .update_columns([
            C::Digest,
            C::Status,
            C::Location,
            C::Etag,
            C::Body,
            C::CreatedAt,
            C::ExpiresAt,
        ])
        .action_and_where(Expr::col((idempotency_key::Entity, C::ExpiresAt)).lte(tx.real_now()))
        .to_owned()
}

/// Deletes answers past their lifetime.
///
/// # Errors
/// When the database refuses.
pub async fn purge(tx: &Tx) -> Result<u64, DbErr> {
    let gone = idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::ExpiresAt.lte(tx.real_now()))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}
