//! The worker: fires schedules, runs sweeps, dispatches facts, runs jobs. Any number may share one PostgreSQL.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt;
use serde::Serialize;

use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::guard;
use crate::platform::outbox;
use crate::platform::outbox::Event;
use crate::platform::queue;
use crate::platform::queue::Job;
use crate::platform::queue::JobFailure;
use crate::platform::schedule;

/// Time between two looks where nothing wakes the worker.
const POLL: Duration = Duration::from_secs(1);
/// Jobs taken at once.
const BATCH: u64 = 32;
/// Passes of one drain; more than any honest cascade needs.
const DRAIN_PASSES: usize = 1_000;

/// How often each thing ran in a pass or a drain.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ran {
    /// Name of a sweep, `schedules`, `events`, or `job <kind>`, with the number of things done.
    pub ran: BTreeMap<String, u64>,
}

impl Ran {
    fn add(&mut self, name: &str, count: u64) {
        if count > 0 {
            *self.ran.entry(name.to_owned()).or_default() += count;
        }
    }

    fn total(&self) -> u64 {
        self.ran.values().sum()
    }
}

/// Works until `stop` is told. A failed pass is logged and tried again.
pub async fn run(ctx: Ctx, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut last_runs = HashMap::new();
    while !*stop.borrow() {
        let done = match pass(&ctx, Some(&mut last_runs)).await {
            Ok(ran) => ran.total(),
            Err(failure) => {
                tracing::error!(?failure, "a pass of the worker failed");
                0
            }
        };
        if done == 0 {
            tokio::select! {
                () = ctx.db.nudge().notified() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Runs everything that is due, and what becomes due by it, until nothing is left.
///
/// # Errors
/// When the database fails.
pub async fn drain(ctx: &Ctx) -> Result<Ran, Failure> {
    let mut all = Ran::default();
    for _ in 0..DRAIN_PASSES {
        let ran = pass(ctx, None).await?;
        if ran.total() == 0 {
            return Ok(all);
        }
        for (name, count) in ran.ran {
            all.add(&name, count);
        }
    }
    Err(anyhow::anyhow!("work does not come to an end").into())
}

/// One look at everything. Without `last_runs` every sweep runs.
async fn pass(
    ctx: &Ctx,
    mut last_runs: Option<&mut HashMap<&'static str, Instant>>,
) -> Result<Ran, Failure> {
    let _turn = ctx.worker_turn.lock().await;
    let mut ran = Ran::default();
    if !guard::may_work(ctx).await? {
        return Ok(ran);
    }
    ran.add("schedules", schedule::fire_due(ctx).await?);
    for sweep in &ctx.registry.sweeps {
        let now = ctx.clock.now();
        if let Some(last_runs) = last_runs.as_deref_mut() {
            let rested = last_runs
                .get(sweep.name)
                .is_none_or(|last| last.plus(sweep.every) <= now);
            if !rested {
                continue;
            }
            last_runs.insert(sweep.name, now);
        }
        ran.add(sweep.name, (sweep.run)(ctx.clone()).await?);
    }
    ran.add("events", outbox::dispatch(ctx).await?);
    for job in queue::claim(ctx, BATCH).await? {
        run_job(ctx, &job).await?;
        ran.add(&format!("job {}", job.kind), 1);
    }
    Ok(ran)
}

/// Runs one job; a panic is a failure like any other.
async fn run_job(ctx: &Ctx, job: &Job) -> Result<(), Failure> {
    let outcome = std::panic::AssertUnwindSafe(start(ctx, job))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(JobFailure::GiveUp("the job panicked".to_owned())));
    queue::finish(ctx, job, outcome).await
}

async fn start(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    if let Some(name) = job.kind.strip_prefix("event:") {
        let Some(consumer) = ctx.registry.consumers.iter().find(|c| c.name == name) else {
            // Retired consumers leave rows behind; an upgrade must not trip over them.
            return Ok(());
        };
        return (consumer.run)(ctx.clone(), event(job)?).await;
    }
    match ctx.registry.jobs.iter().find(|h| h.kind == job.kind) {
        Some(handler) => (handler.run)(ctx.clone(), job.clone()).await,
        None => Err(JobFailure::GiveUp(format!("no handler for '{}'", job.kind))),
    }
}

fn event(job: &Job) -> Result<Event, JobFailure> {
    #[derive(serde::Deserialize)]
    struct Row {
        event_id: crate::kernel::ids::EventId,
        topic: String,
        alliance_id: Option<crate::kernel::ids::AllianceId>,
        payload: serde_json::Value,
    }
    let row: Row = serde_json::from_value(job.payload.clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))?;
    Ok(Event {
        id: row.event_id,
        topic: row.topic,
        alliance: row.alliance_id,
        payload: row.payload,
    })
}
