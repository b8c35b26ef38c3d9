//! What became of deliveries, written for many senders in one commit.

use chrono::TimeDelta;
use entity::delivery;
use entity::delivery::Column;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// Longer than the ten minutes that a server may take for its last answer.
const SENDING_LEASE: TimeDelta = TimeDelta::minutes(15);
/// Requests that share one commit.
const GROUP: usize = 256;

/// What becomes of a row.
#[derive(Debug, Clone)]
pub enum Change {
    /// The final dot follows once this is committed.
    Sending,
    /// The server has it.
    Sent,
    /// Another try after a pause, unless that is too late.
    Deferred {
        pause: TimeDelta,
        code: Option<u16>,
        reason: String,
    },
    /// No other try.
    Failed { code: Option<u16>, reason: String },
    /// Not tried: as it was before the claim.
    Back,
}

/// One change of one leased row.
#[derive(Debug, Clone)]
pub struct Step {
    id: DeliveryId,
    lease: Option<Uuid>,
    attempts: i32,
    expires_at: Instant,
    change: Change,
}

impl Step {
    /// A change of a claimed row.
    pub fn new(row: &delivery::Model, change: Change) -> Self {
        Self {
            id: row.id,
            lease: row.lease_token,
            attempts: row.attempts,
            expires_at: row.expires_at,
            change,
        }
    }

    /// Whether the change ends a try.
    pub fn is_outcome(&self) -> bool {
        !matches!(self.change, Change::Sending | Change::Back)
    }
}

/// Steps that wait for a commit, and who waits for them.
pub struct Request {
    steps: Vec<Step>,
    done: oneshot::Sender<bool>,
}

/// The senders' end of the ledger.
#[derive(Clone)]
pub struct Ledger(mpsc::Sender<Request>);

/// Why a row cannot be relied on: nothing may be sent on its strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotWritten {
    /// The row's lease was lost to another worker.
    TakenOver,
    /// The commit failed.
    Failed,
}

impl Ledger {
    /// A ledger, and what [`keep`] reads.
    pub fn new() -> (Self, mpsc::Receiver<Request>) {
        let (sender, receiver) = mpsc::channel(GROUP);
        (Self(sender), receiver)
    }

    /// Writes steps and waits for their commit. Only the last step must still be ours.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub async fn write(&self, steps: Vec<Step>) -> Result<(), NotWritten> {
        if steps.is_empty() {
            return Ok(());
        }
        let (done, answer) = oneshot::channel();
        self.0
            .send(Request { steps, done })
            .await
            .map_err(|_| NotWritten::Failed)?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotWritten::TakenOver),
            Err(_) => Err(NotWritten::Failed),
        }
    }
}

/// Commits what the senders hand in, as much at once as is there, until the last of them is gone.
/// Answers the number of tries that ended.
///
/// # Errors
/// When the database refuses: then every sender learns that nothing was written.
pub async fn keep(
    ctx: &Ctx,
    mut requests: mpsc::Receiver<Request>,
    ended: impl Fn(u64),
) -> Result<(), Failure> {
    let mut group = Vec::with_capacity(GROUP);
    while requests.recv_many(&mut group, GROUP).await > 0 {
        let written = ctx
            .db
            .write(async |tx| {
                let mut written = Vec::with_capacity(group.len());
                for request in &group {
                    written.push(apply(tx, &request.steps).await?);
                }
                Ok(written)
            })
            .await?;
        for (request, (held, outcomes)) in group.drain(..).zip(written) {
            ended(outcomes);
            // A sender that is gone does not care.
            let _ = request.done.send(held);
        }
    }
    Ok(())
}

/// Answers whether the last row was still ours, and how many tries ended.
async fn apply(tx: &Tx, steps: &[Step]) -> Result<(bool, u64), DbErr> {
    let mut held = true;
    let mut outcomes = 0;
    for step in steps {
        held = write(tx, step).await?;
        if held && step.is_outcome() {
            outcomes += 1;
        }
        if !held {
            tracing::warn!(delivery = %step.id, "a delivery was taken over by another worker");
        }
    }
    Ok((held, outcomes))
}

async fn write(tx: &Tx, step: &Step) -> Result<bool, DbErr> {
    let mut update = delivery::Entity::update_many();
    for (column, value) in values(tx, step) {
        update = update.col_expr(column, Expr::value(value));
    }
    let result = update
        .filter(Column::Id.eq(step.id))
        .filter(Column::LeaseToken.eq(step.lease))
        .exec(tx)
        .await?;
    Ok(result.rows_affected == 1)
}

/// The columns that a step sets.
fn values(tx: &Tx, step: &Step) -> Vec<(Column, Value)> {
    let (state, code, reason) = match &step.change {
        Change::Sending => {
            let until = tx.real_now().plus(SENDING_LEASE);
            return vec![
                (Column::State, "sending".into()),
                (Column::LeaseUntil, until.into()),
            ];
        }
        Change::Back => {
            let state = if step.attempts == 0 {
                "queued"
            } else {
                "deferred"
            };
            return freed(state).into();
        }
        Change::Sent => ("sent", None, None),
        Change::Deferred {
            code,
            reason,
            pause,
        } => {
            let in_time = tx.now().plus(*pause) < step.expires_at;
            (
                if in_time { "deferred" } else { "failed" },
                *code,
                Some(reason.as_str()),
            )
        }
        Change::Failed { code, reason } => ("failed", *code, Some(reason.as_str())),
    };
    let mut values = Vec::from(freed(state));
    values.push((Column::Attempts, step.attempts.saturating_add(1).into()));
    values.push((Column::Code, code.map(i32::from).into()));
    values.push((Column::Reason, reason.into()));
    values.push(match &step.change {
        Change::Deferred { pause, .. } if state == "deferred" => {
            (Column::DueAt, tx.now().plus(*pause).into())
        }
        _ => (Column::DoneAt, tx.now().into()),
    });
    values
}

/// A state without lease.
fn freed(state: &str) -> [(Column, Value); 3] {
    [
        (Column::State, state.into()),
        (Column::LeaseUntil, None::<Instant>.into()),
        (Column::LeaseToken, None::<Uuid>.into()),
    ]
}
