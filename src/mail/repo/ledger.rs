//! What became of deliveries, written for many senders in one commit.

mod outcome;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use entity::delivery;
use entity::delivery::Column;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail::domain::receiver;
use crate::mail::repo::astray;
use crate::mail::repo::faults::Fault;
use crate::mail::repo::tally::Tally;
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
    Deferred { pause: TimeDelta, fault: Fault },
    /// No other try.
    Failed { fault: Fault },
    /// The content was handed over, and no answer came: it may have arrived.
    Unsure { fault: Fault },
    /// Not tried: as it was before the claim.
    Back,
    /// Not tried, and not due before a pause; the receiver wants fewer connections than the given number.
    Later {
        pause: TimeDelta,
        used: Option<usize>,
        reason: String,
    },
}

/// One change of one leased row.
#[derive(Debug, Clone)]
pub struct Step {
    id: DeliveryId,
    campaign: Option<CampaignId>,
    alliance: Option<AllianceId>,
    lease: Option<Uuid>,
    attempts: i32,
    expires_at: Instant,
    email: String,
    /// Group or domain whose limits hold.
    receiver: String,
    relay: Option<Arc<str>>,
    /// Whether it was marked as being sent.
    marked: bool,
    change: Change,
}

impl Step {
    /// A change of a claimed row, which `relay` was to send.
    pub fn new(row: &delivery::Model, relay: Option<Arc<str>>, change: Change) -> Self {
        Self {
            id: row.id,
            campaign: row.campaign_id,
            alliance: row.alliance_id,
            lease: row.lease_token,
            attempts: row.attempts,
            expires_at: row.expires_at,
            email: row.to_email.clone(),
            receiver: receiver::name_of(&row.domain_group, &row.to_email),
            relay,
            marked: false,
            change,
        }
    }

    /// The row was marked as being sent before.
    #[must_use]
    pub fn marked(self, marked: bool) -> Self {
        Self { marked, ..self }
    }

    /// Whether the change ends a try.
    fn is_outcome(&self) -> bool {
        !matches!(
            self.change,
            Change::Sending | Change::Back | Change::Later { .. }
        )
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
/// Tells the number of tries that ended with each commit.
///
/// # Errors
/// When the database refuses: then every sender learns that nothing was written.
pub async fn keep(
    ctx: &Ctx,
    mut requests: mpsc::Receiver<Request>,
    shard: i32,
    ended: impl Fn(u64),
) -> Result<(), Failure> {
    let mut group = Vec::with_capacity(GROUP);
    while requests.recv_many(&mut group, GROUP).await > 0 {
        let written = ctx
            .db
            .write(async |tx| Ok(apply(ctx, tx, &group, shard).await?))
            .await?;
        ended(written.outcomes);
        for request in group.drain(..) {
            let held = request
                .steps
                .last()
                .is_none_or(|step| !written.lost.contains(&(step.id, step.lease)));
            // A sender that is gone does not care.
            let _ = request.done.send(held);
        }
    }
    Ok(())
}

/// What one commit wrote.
struct Written {
    outcomes: u64,
    /// Rows that were not ours any more, each with the lease that was lost.
    lost: Vec<(DeliveryId, Option<Uuid>)>,
}

/// Rows that change alike: one statement each.
type Alike = (Option<Uuid>, Option<CampaignId>, Option<Arc<str>>);

/// Outcomes before marks: a row may be sent and claimed anew within one group.
async fn apply(ctx: &Ctx, tx: &Tx, group: &[Request], shard: i32) -> Result<Written, DbErr> {
    let mut written = Written {
        outcomes: 0,
        lost: Vec::new(),
    };
    let mut tally = Tally::default();
    let mut sent: BTreeMap<Alike, Vec<DeliveryId>> = BTreeMap::new();
    let mut sending: BTreeMap<Alike, Vec<DeliveryId>> = BTreeMap::new();
    let mut log = Vec::new();
    for step in group.iter().flat_map(|request| &request.steps) {
        let alike = || (step.lease, step.campaign, step.relay.clone());
        match &step.change {
            Change::Sent => sent.entry(alike()).or_default().push(step.id),
            Change::Sending => sending.entry(alike()).or_default().push(step.id),
            _ if outcome::write(ctx, tx, step, &mut tally, &mut log).await? => {
                written.outcomes += u64::from(step.is_outcome());
            }
            _ => lost(&mut written, step.lease, [step.id]),
        }
    }
    for ((lease, campaign, _), ids) in sent {
        let held = mark_sent(tx, lease, &ids).await?;
        written.outcomes += held;
        tally.shift(
            campaign,
            "sending",
            "sent",
            i64::try_from(held).unwrap_or(0),
        );
        if held < ids.len() as u64 {
            tracing::warn!(
                count = ids.len() as u64 - held,
                "messages left whose lease was lost"
            );
        }
    }
    for ((lease, campaign, relay), ids) in sending {
        let held = mark_sending(tx, lease, relay.as_deref(), &ids).await?;
        tally.shift(
            campaign,
            "claimed",
            "sending",
            i64::try_from(held).unwrap_or(0),
        );
        if held < ids.len() as u64 {
            let kept = still_held(tx, lease, &ids).await?;
            let gone = ids.into_iter().filter(|id| !kept.contains(id));
            lost(&mut written, lease, gone);
        }
    }
    crate::mail::repo::faults::log(tx, log).await?;
    tally.write(tx, shard).await?;
    Ok(written)
}

fn lost(written: &mut Written, lease: Option<Uuid>, ids: impl IntoIterator<Item = DeliveryId>) {
    for id in ids {
        tracing::warn!(delivery = %id, "a delivery was taken over");
        written.lost.push((id, lease));
    }
}

async fn mark_sent(tx: &Tx, lease: Option<Uuid>, ids: &[DeliveryId]) -> Result<u64, DbErr> {
    let result = astray::without_lease(delivery::Entity::update_many())
        .col_expr(Column::State, Expr::value("sent"))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::DoneAt, Expr::value(tx.now()))
        .col_expr(Column::Code, Expr::value(None::<i32>))
        .col_expr(Column::Enhanced, Expr::value(None::<String>))
        .col_expr(Column::Reason, Expr::value(None::<String>))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::LeaseToken.eq(lease))
        .exec(tx)
        .await?;
    Ok(result.rows_affected)
}

async fn mark_sending(
    tx: &Tx,
    lease: Option<Uuid>,
    relay: Option<&str>,
    ids: &[DeliveryId],
) -> Result<u64, DbErr> {
    let result = delivery::Entity::update_many()
        .col_expr(Column::State, Expr::value("sending"))
        .col_expr(
            Column::LeaseUntil,
            Expr::value(tx.real_now().plus(SENDING_LEASE)),
        )
        .col_expr(Column::Relay, Expr::value(relay.map(str::to_owned)))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::LeaseToken.eq(lease))
        .exec(tx)
        .await?;
    Ok(result.rows_affected)
}

async fn still_held(
    tx: &Tx,
    lease: Option<Uuid>,
    ids: &[DeliveryId],
) -> Result<Vec<DeliveryId>, DbErr> {
    delivery::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::LeaseToken.eq(lease))
        .into_tuple()
        .all(tx)
        .await
}
