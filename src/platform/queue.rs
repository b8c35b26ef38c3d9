//! The job queue: rows with a due time and a lease, retried with backoff, given up visibly.

use chrono::TimeDelta;
use entity::job;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::LockBehavior;
use sea_orm::sea_query::LockType;

use crate::kernel::ids::JobId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::ids::Ids;

/// A unit of background work.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    /// Tries so far, this one included.
    pub attempts: i32,
    lease: uuid::Uuid,
}

/// What a job's failure means for its row.
#[derive(Debug)]
pub enum JobFailure {
    /// Try again later.
    Retry(Failure),
    /// Trying again cannot help; the row stays, with its reason.
    GiveUp(String),
}

impl From<Failure> for JobFailure {
    /// A refusal by a rule will not change by waiting; everything else may.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) if refusal.kind().status < 500 => {
                Self::GiveUp(format!("{}: {refusal}", refusal.kind().code))
            }
            other => Self::Retry(other),
        }
    }
}

impl From<DbErr> for JobFailure {
    fn from(error: DbErr) -> Self {
        Self::Retry(error.into())
    }
}

const LEASE: TimeDelta = TimeDelta::minutes(2);
const ATTEMPTS: i32 = 10;
const FIRST_PAUSE_S: i64 = 5;
const LONGEST_PAUSE_S: i64 = 3_600;

/// Adds a job within the caller's transaction.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(
    tx: &Tx,
    ids: Ids,
    kind: &str,
    payload: serde_json::Value,
    due_at: Instant,
) -> Result<JobId, DbErr> {
    let id = ids.fresh();
    job::Entity::insert(job::ActiveModel {
        id: Set(id),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        state: Set("queued".to_owned()),
        due_at: Set(due_at),
        attempts: Set(0),
        lease_until: Set(None),
        lease_token: Set(None),
        last_error: Set(None),
        created_at: Set(tx.now()),
    })
    .exec_without_returning(tx)
    .await?;
    tx.wake_worker();
    Ok(id)
}

/// Takes up to `limit` due jobs under a lease; an expired lease is taken again.
///
/// # Errors
/// When the database refuses.
pub async fn claim(ctx: &Ctx, limit: u64) -> Result<Vec<Job>, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    if job::Entity::find()
        .filter(is_due(now))
        .limit(1)
        .one(&reader)
        .await?
        .is_none()
    {
        return Ok(Vec::new());
    }
    ctx.db
        .write(async |tx| claim_in(ctx, tx, limit).await)
        .await
}

fn is_due(now: Instant) -> Condition {
    Condition::any()
        .add(
            job::Column::State
                .eq("queued")
                .and(job::Column::DueAt.lte(now)),
        )
        .add(
            job::Column::State
                .eq("running")
                .and(job::Column::LeaseUntil.lt(now)),
        )
}

async fn claim_in(ctx: &Ctx, tx: &Tx, limit: u64) -> Result<Vec<Job>, Failure> {
    let rows = job::Entity::find()
        .filter(is_due(tx.now()))
        .order_by_asc(job::Column::DueAt)
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let lease: uuid::Uuid = ctx.ids.fresh();
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value("running"))
            .col_expr(job::Column::Attempts, Expr::value(row.attempts + 1))
            .col_expr(job::Column::LeaseUntil, Expr::value(tx.now().plus(LEASE)))
            .col_expr(job::Column::LeaseToken, Expr::value(lease))
            .filter(job::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        jobs.push(Job {
            id: row.id,
            kind: row.kind,
            payload: row.payload,
            attempts: row.attempts + 1,
            lease,
        });
    }
    Ok(jobs)
}

/// Stores what became of a job. A worker that lost its lease changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn finish(ctx: &Ctx, job: &Job, outcome: Result<(), JobFailure>) -> Result<(), Failure> {
    let (state, pause, reason) = match outcome {
        Ok(()) => ("done", 0, None),
        Err(JobFailure::Retry(failure)) if job.attempts < ATTEMPTS => {
            ("queued", pause_s(job.attempts), Some(describe(&failure)))
        }
        Err(JobFailure::Retry(failure)) => ("given_up", 0, Some(describe(&failure))),
        Err(JobFailure::GiveUp(reason)) => ("given_up", 0, Some(reason)),
    };
    if let Some(reason) = &reason {
        tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, state, reason, "job failed");
    }
    ctx.db
        .write(async |tx| {
            job::Entity::update_many()
                .col_expr(job::Column::State, Expr::value(state))
                .col_expr(job::Column::DueAt, Expr::value(tx.in_seconds(pause)))
                .col_expr(job::Column::LastError, Expr::value(reason.clone()))
                .col_expr(job::Column::LeaseUntil, Expr::value(None::<Instant>))
                .filter(job::Column::Id.eq(job.id))
                .filter(job::Column::LeaseToken.eq(job.lease))
                .exec(tx)
                .await?;
            Ok(())
        })
        .await
}

/// Doubling pauses from 5 s to an hour.
fn pause_s(attempts: i32) -> i64 {
    let doublings = std::cmp::min(u32::try_from(attempts - 1).unwrap_or(0), 20);
    std::cmp::min(FIRST_PAUSE_S << doublings, LONGEST_PAUSE_S)
}

fn describe(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refusal) => refusal.to_string(),
        Failure::Store(error) => error.to_string(),
        Failure::Broken(error) => format!("{error:#}"),
        Failure::Replay(_) => "a job met a stored answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause_s(1), 5);
        assert_eq!(pause_s(4), 40);
        assert_eq!(pause_s(30), 3_600);
    }
}
