//! Receivers that asked for less: nothing is sent there for a while, or over fewer connections.

use std::collections::HashMap;

use chrono::TimeDelta;
use entity::domain_gate;
use entity::domain_gate::Column;
use sea_orm::ActiveModelTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::sea_query::OnConflict;

use crate::kernel::time::Instant;
use crate::mail::domain::verdict;
use crate::platform::db::Tx;

/// After this without a word from the receiver it is met as at first.
const FORGIVEN: TimeDelta = TimeDelta::hours(1);

/// One receiver.
pub type Gate = domain_gate::Model;

/// The receivers that asked for less, by group or domain.
#[derive(Debug, Default, Clone)]
pub struct Gates(HashMap<String, Gate>);

impl Gates {
    /// Until when nothing is sent to a receiver, where that is later than `now`.
    pub fn closed_until(&self, receiver: &str, now: Instant) -> Option<Instant> {
        self.0
            .get(receiver)?
            .closed_until
            .filter(|until| *until > now)
    }

    /// Most connections at once to a receiver.
    pub fn connections(&self, receiver: &str, now: Instant) -> Option<usize> {
        let gate = self.0.get(receiver)?;
        let fresh = gate.updated_at.plus(FORGIVEN) > now;
        gate.connections
            .filter(|_| fresh)
            .map(|count| usize::try_from(count).unwrap_or(1).max(1))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads what receivers asked for.
///
/// # Errors
/// When the database refuses.
pub async fn read(c: &impl ConnectionTrait) -> Result<Gates, DbErr> {
    let rows = domain_gate::Entity::find().all(c).await?;
    Ok(Gates(
        rows.into_iter()
            .map(|gate| (gate.domain.clone(), gate))
            .collect(),
    ))
}

/// A receiver wants less mail: it is left alone, twice as long each time. Further complaints about messages
/// that were on their way count once.
///
/// # Errors
/// When the database refuses.
pub async fn close(
    tx: &Tx,
    receiver: &str,
    reason: &str,
    at_least: TimeDelta,
) -> Result<(), DbErr> {
    let mut gate = current(tx, receiver).await?;
    let until = gate.closed_until.unwrap_or(Instant::from_millis(0));
    if until > tx.now() {
        return Ok(());
    }
    if until.plus(verdict::closing(gate.closures)).plus(FORGIVEN) < tx.now() {
        gate.closures = 0;
    }
    let pause = verdict::closing(gate.closures).max(at_least);
    tracing::warn!(
        receiver,
        reason,
        pause_s = pause.num_seconds(),
        "a receiver wants less mail"
    );
    gate.closed_until = Some(tx.now().plus(pause));
    gate.closures = gate.closures.saturating_add(1);
    reason.clone_into(&mut gate.reason);
    keep(tx, gate).await
}

/// A receiver wants fewer connections: half of `used`, at least one.
///
/// # Errors
/// When the database refuses.
pub async fn narrow(tx: &Tx, receiver: &str, reason: &str, used: usize) -> Result<(), DbErr> {
    let mut gate = current(tx, receiver).await?;
    let used = i32::try_from(used).unwrap_or(i32::MAX);
    let half = gate.connections.map_or(used, |known| known.min(used)) / 2;
    gate.connections = Some(half.max(1));
    reason.clone_into(&mut gate.reason);
    keep(tx, gate).await
}

async fn current(tx: &Tx, receiver: &str) -> Result<Gate, DbErr> {
    let found = domain_gate::Entity::find_by_id(receiver).one(tx).await?;
    Ok(found.unwrap_or_else(|| Gate {
        domain: receiver.to_owned(),
        closed_until: None,
        closures: 0,
        connections: None,
        reason: String::new(),
        updated_at: tx.now(),
    }))
}

async fn keep(tx: &Tx, mut gate: Gate) -> Result<(), DbErr> {
    gate.updated_at = tx.now();
    let change = OnConflict::column(Column::Domain)
        .update_columns([
            Column::ClosedUntil,
            Column::Closures,
            Column::Connections,
            Column::Reason,
            Column::UpdatedAt,
        ])
        .to_owned();
    domain_gate::Entity::insert(gate.into_active_model().reset_all())
        .on_conflict(change)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
