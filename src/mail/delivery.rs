//! One pass of delivery: claims what is due and sends it over as many connections as are free.
//!
//! Order is everything: the commit that says `sending` precedes the final dot, so that after a crash the
//! rows that may have left are known. The outcome of one message is committed together with the
//! beginning of the next; a server's fault costs no message an attempt.

mod queue;
mod refill;
mod sender;

use std::cell::Cell;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join;
use futures_util::future::join_all;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::kernel::problem::Failure;
use crate::kernel::time;
use crate::mail::office::Office;
use crate::mail::office::locked;
use crate::mail::repo::astray;
use crate::mail::repo::ledger;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Ledger;
use crate::mail::repo::ledger::Step;
use crate::mail::repo::workers::Standing;
use crate::mail::smtp::Connection;
use crate::platform::config::SmtpTarget;
use crate::platform::ctx::Ctx;
use queue::Pick;
use queue::Queue;
use queue::Waiting;
use refill::Refill;
use sender::Sender;

/// A pass stops claiming after this; the sweep starts the next, which looks after abandoned rows first.
const PASS_LIMIT: Duration = Duration::from_secs(60);
/// Longest sleep of a sender that waits for its limits.
const NAP: Duration = Duration::from_millis(100);

/// Desks, each with the index of its branch.
pub type Desks = Vec<(usize, OwnedSemaphorePermit)>;

/// Sends what is due, one sender per desk, until nothing is left or the servers are at fault.
///
/// # Errors
/// When the database fails.
pub async fn pass(ctx: &Ctx, office: &Arc<Office>, desks: Desks) -> Result<(), Failure> {
    if office.standing(ctx).await? == Standing::Waits {
        return Ok(());
    }
    astray::recover(ctx, office.shard()).await?;
    let pass = Pass::new(ctx, office).await?;
    pass.refill(true).await?;
    let (ledger, requests) = Ledger::new();
    let senders = pass.staff(desks, &ledger).await;
    drop(ledger);
    let (kept, _) = join(
        ledger::keep(ctx, requests, office.shard(), |count| {
            office.add_ended(count);
        }),
        join_all(senders.into_iter().map(Sender::work)),
    )
    .await;
    kept?;
    if let Some(failure) = pass.failure.take() {
        return Err(failure);
    }
    let rest = pass.queue.borrow_mut().take_all();
    pass.write(rest.iter().map(|w| Step::new(&w.row, None, Change::Back)))
        .await?;
    if pass.is_stopping() {
        office.leave(ctx).await?;
    }
    Ok(())
}

/// What the senders of a pass share.
struct Pass<'a> {
    ctx: &'a Ctx,
    office: &'a Arc<Office>,
    queue: RefCell<Queue>,
    /// One sender at a time claims for all.
    claiming: tokio::sync::Mutex<Option<(Instant, Refill)>>,
    /// Where the next claim begins among the lanes.
    turn: Cell<usize>,
    failure: Cell<Option<Failure>>,
    deadline: Instant,
    /// Difference of the service's time and the process's, in milliseconds.
    offset: i64,
    /// Per branch; their copies count the open connections.
    live: Vec<Rc<()>>,
}

impl<'a> Pass<'a> {
    async fn new(ctx: &'a Ctx, office: &'a Arc<Office>) -> Result<Self, Failure> {
        office.learn(ctx, true).await?;
        let now = ctx.db.reader().now().await?;
        Ok(Self {
            ctx,
            office,
            queue: RefCell::default(),
            claiming: tokio::sync::Mutex::default(),
            turn: Cell::new(0),
            failure: Cell::new(None),
            deadline: Instant::now() + PASS_LIMIT,
            offset: now
                .millis()
                .saturating_sub(i64::try_from(office.now()).unwrap_or(0)),
            live: office.branches.iter().map(|_| Rc::new(())).collect(),
        })
    }

    /// The service's time, as far as a pass needs it.
    fn now(&self) -> time::Instant {
        let since = i64::try_from(self.office.now()).unwrap_or(0);
        time::Instant::from_millis(self.offset.saturating_add(since))
    }

    fn is_stopping(&self) -> bool {
        self.ctx.stopping.load(Ordering::Relaxed)
    }

    /// One sender per desk and row. The first connection of each server alone tells whether it is there.
    async fn staff<'p>(&'p self, desks: Desks, ledger: &Ledger) -> Vec<Sender<'p>> {
        let width = self.queue.borrow().count();
        let desks: Desks = desks.into_iter().take(width).collect();
        let mut senders = Vec::with_capacity(desks.len());
        let mut probed: Vec<Option<bool>> = vec![None; self.office.branches.len()];
        for (branch, desk) in desks {
            let mut line = None;
            if probed[branch].is_none() {
                line = self.probe(branch).await;
                probed[branch] = Some(line.is_some());
            }
            if probed[branch] == Some(true) {
                let line = line.flatten();
                senders.push(Sender::new(self, ledger.clone(), branch, line, desk));
            }
        }
        senders
    }

    /// `None`: the server is at fault; `Some(None)`: no connection is needed.
    async fn probe(&self, branch: usize) -> Option<Option<Connection>> {
        let Some(target) = &self.office.branches[branch].target else {
            return Some(None);
        };
        match self.connect(branch, target).await {
            Ok(line) => Some(Some(line)),
            Err(reason) => {
                self.office.at_fault(branch, &reason);
                None
            }
        }
    }

    async fn connect(&self, branch: usize, target: &SmtpTarget) -> Result<Connection, String> {
        let line = Connection::open(target, self.office.patience, &self.live[branch]).await?;
        self.office.branches[branch].in_order();
        Ok(line)
    }

    /// The next row to send.
    async fn next(&self, branch: usize) -> Option<Box<Waiting>> {
        loop {
            let office = self.office;
            if self.is_stopping() || office.branches[branch].is_closed(office.now()) {
                return None;
            }
            let wait = match self.pick() {
                Pick::Row(waiting) => return Some(waiting),
                Pick::Later(at) => Some(at),
                Pick::Empty => None,
            };
            if Instant::now() >= self.deadline {
                wait?;
                self.nap(wait).await;
                continue;
            }
            match self.refill(wait.is_none()).await {
                Ok(Refill::Took) => {}
                Ok(Refill::Blocked) => self.nap(wait).await,
                Ok(Refill::Nothing) => {
                    wait?;
                    self.nap(wait).await;
                }
                Err(failure) => {
                    self.failure.set(Some(failure));
                    return None;
                }
            }
        }
    }

    fn pick(&self) -> Pick {
        let office = self.office;
        let known = office.known();
        let mut paces = locked(&office.paces);
        self.queue.borrow_mut().pick(
            &mut paces,
            &known.gates,
            office.sharers(),
            office.now_us(),
            self.now(),
        )
    }

    /// Sleeps until a limit allows the next message, at most for a while.
    async fn nap(&self, until_us: Option<u64>) {
        let wait = until_us.map_or(NAP, |until| {
            Duration::from_micros(until.saturating_sub(self.office.now_us()))
        });
        tokio::time::sleep(wait.min(NAP)).await;
    }

    /// No connection came about: the server's fault, unless others of this pass are open (then it
    /// merely takes no more of them).
    fn no_line(&self, branch: usize, waiting: Waiting, reason: &str) {
        if Rc::strong_count(&self.live[branch]) == 1 {
            self.office.at_fault(branch, reason);
        }
        let mut queue = self.queue.borrow_mut();
        queue.ended(&waiting.receiver);
        queue.put_back(waiting);
    }

    /// Writes steps that no sender takes part in.
    async fn write(&self, steps: impl Iterator<Item = Step>) -> Result<(), Failure> {
        let steps: Vec<Step> = steps.collect();
        if steps.is_empty() {
            return Ok(());
        }
        let (ledger, requests) = Ledger::new();
        let write = async move {
            // A lost lease means that somebody else has the row.
            let _ = ledger.write(steps).await;
        };
        let (kept, ()) = join(
            ledger::keep(self.ctx, requests, self.office.shard(), |_| ()),
            write,
        )
        .await;
        kept
    }
}
