//! Outcomes that are no `sent`: each with its row of the log and what it says about the receiver.

use chrono::TimeDelta;
use entity::attempt;
use entity::delivery;
use entity::delivery::Column;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::Value;
use sea_orm::sea_query::Expr;

use super::Change;
use super::Step;
use crate::kernel::time::Instant;
use crate::mail::domain::refusal::RefusalSource;
use crate::mail::domain::verdict;
use crate::mail::domain::verdict::Verdict;
use crate::mail::repo::astray;
use crate::mail::repo::faults;
use crate::mail::repo::faults::Fault;
use crate::mail::repo::faults::Try;
use crate::mail::repo::gates;
use crate::mail::repo::suppressions;
use crate::mail::repo::suppressions::Refused;
use crate::mail::repo::tally::Tally;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// Writes the outcome of a step. `false`: the row was not ours any more, and nothing was written.
pub async fn write(
    ctx: &Ctx,
    tx: &Tx,
    step: &Step,
    tally: &mut Tally,
    log: &mut Vec<attempt::ActiveModel>,
) -> Result<bool, DbErr> {
    let (before, state) = states(tx, step);
    let mut update = astray::without_lease(delivery::Entity::update_many())
        .col_expr(Column::State, Expr::value(state));
    for (column, value) in values(tx, step, state) {
        update = update.col_expr(column, Expr::value(value));
    }
    let result = update
        .filter(Column::Id.eq(step.id))
        .filter(Column::LeaseToken.eq(step.lease))
        .exec(tx)
        .await?;
    if result.rows_affected != 1 {
        return Ok(false);
    }
    tally.shift(step.campaign, before, state, 1);
    if let Some(fault) = fault_of(&step.change) {
        let of = Try {
            delivery: step.id,
            campaign: step.campaign,
            n: step.attempts.saturating_add(1),
            relay: step.relay.as_deref().map(str::to_owned),
        };
        log.push(faults::logged(tx, ctx.ids.fresh(), of, fault));
        learn(ctx, tx, step, fault).await?;
    }
    if let Change::Later {
        used: Some(used),
        reason,
        ..
    } = &step.change
    {
        gates::narrow(tx, &step.receiver, reason, *used).await?;
    }
    Ok(true)
}

fn fault_of(change: &Change) -> Option<&Fault> {
    match change {
        Change::Deferred { fault, .. } | Change::Failed { fault } | Change::Unsure { fault } => {
            Some(fault)
        }
        Change::Sending | Change::Sent | Change::Back | Change::Later { .. } => None,
    }
}

/// Where the row was, and where it goes.
fn states(tx: &Tx, step: &Step) -> (&'static str, &'static str) {
    let before = if step.marked { "sending" } else { "claimed" };
    let after = match &step.change {
        Change::Deferred { pause, .. } if tx.now().plus(*pause) < step.expires_at => "deferred",
        Change::Deferred { .. } | Change::Failed { .. } => "failed",
        Change::Unsure { .. } => "unsure",
        Change::Back | Change::Later { .. } | Change::Sending | Change::Sent => {
            astray::unclaimed(step.attempts)
        }
    };
    (before, after)
}

/// The columns that an outcome sets besides the state and the lease.
fn values(tx: &Tx, step: &Step, state: &str) -> Vec<(Column, Value)> {
    let Some(fault) = fault_of(&step.change) else {
        return match &step.change {
            Change::Later { pause, .. } => vec![(Column::DueAt, tx.now().plus(*pause).into())],
            _ => Vec::new(),
        };
    };
    let mut values: Vec<(Column, Value)> = vec![
        (Column::Attempts, step.attempts.saturating_add(1).into()),
        (Column::Code, fault.code.map(i32::from).into()),
        (Column::Enhanced, fault.enhanced.clone().into()),
        (Column::Reason, fault.text.clone().into()),
        (
            Column::Relay,
            step.relay.as_deref().map(str::to_owned).into(),
        ),
    ];
    values.push(match (&step.change, state) {
        (Change::Deferred { pause, .. }, "deferred") => due(tx, *pause),
        (Change::Unsure { .. }, _) => due(tx, verdict::UNKNOWN_PAUSE),
        _ => (Column::DoneAt, tx.now().into()),
    });
    values
}

fn due(tx: &Tx, pause: TimeDelta) -> (Column, Value) {
    let at: Instant = tx.now().plus(pause);
    (Column::DueAt, at.into())
}

/// What an answer says beyond its message.
async fn learn(ctx: &Ctx, tx: &Tx, step: &Step, fault: &Fault) -> Result<(), DbErr> {
    match fault.verdict {
        Some(Verdict::SlowDown) => {
            let at_least = verdict::hint(&fault.text).unwrap_or(TimeDelta::zero());
            gates::close(tx, &step.receiver, &fault.text, at_least).await
        }
        Some(Verdict::Hard) => gone(ctx, tx, step, fault).await,
        Some(Verdict::Refused) if faults::refused_again(tx, &step.email).await? => {
            gone(ctx, tx, step, fault).await
        }
        _ => Ok(()),
    }
}

/// The address does not work: nobody writes there any more.
async fn gone(ctx: &Ctx, tx: &Tx, step: &Step, fault: &Fault) -> Result<(), DbErr> {
    let refused = Refused {
        found_in: step.alliance,
        ..Refused::everywhere(&step.email, &fault.text, RefusalSource::Server)
    };
    suppressions::suppress(tx, ctx.ids.fresh(), &refused).await?;
    Ok(())
}
