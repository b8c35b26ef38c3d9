//! One pass of delivery: claims what is due and sends it over as many connections as are free.
//!
//! Order is everything: the commit that says `sending` precedes the final dot, so that after a crash the
//! rows that may have left are known. The outcome of one message is committed together with the
//! beginning of the next; a server's fault ends the pass and costs no message an attempt.

mod sender;

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use futures_util::future::join_all;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::kernel::problem::Failure;
use crate::mail::office::Office;
use crate::mail::office::Outlet;
use crate::mail::repo::Delivery;
use crate::mail::repo::claim;
use crate::mail::repo::ledger;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Ledger;
use crate::mail::repo::ledger::Step;
use crate::mail::smtp::Connection;
use crate::platform::config::SmtpTarget;
use crate::platform::ctx::Ctx;
use sender::Sender;

/// Rows of one claim.
const CLAIM: u64 = 64;
/// A pass stops claiming after this, so that a stopping process ends soon. The sweep starts the next.
const PASS_LIMIT: Duration = Duration::from_secs(5);

/// Sends what is due, one sender per desk, until nothing is left or the server is at fault.
///
/// # Errors
/// When the database fails.
pub async fn pass(
    ctx: &Ctx,
    office: &Arc<Office>,
    desks: Vec<OwnedSemaphorePermit>,
) -> Result<(), Failure> {
    let (ledger, requests) = Ledger::new();
    let pass = Pass::new(ctx, office);
    pass.refill().await?;
    let Some(line) = pass.probe().await else {
        return pass.give_back(&ledger, requests).await;
    };
    let width = std::cmp::min(desks.len(), pass.queue.borrow().len());
    let mut line = Some(line);
    let senders: Vec<_> = desks
        .into_iter()
        .take(width)
        .map(|desk| Sender::new(&pass, ledger.clone(), line.take().flatten(), desk))
        .collect();
    drop(ledger);
    let (kept, _) = join(
        ledger::keep(ctx, requests, |count| office.add_ended(count)),
        join_all(senders.into_iter().map(Sender::work)),
    )
    .await;
    kept?;
    if let Some(failure) = pass.failure.take() {
        return Err(failure);
    }
    let (ledger, requests) = Ledger::new();
    pass.give_back(&ledger, requests).await
}

/// What the senders of a pass share.
struct Pass<'a> {
    ctx: &'a Ctx,
    office: &'a Arc<Office>,
    queue: RefCell<VecDeque<Delivery>>,
    /// One sender at a time claims for all.
    claiming: tokio::sync::Mutex<()>,
    exhausted: Cell<bool>,
    failure: Cell<Option<Failure>>,
    deadline: Instant,
    /// Its copies count the open connections.
    live: Rc<()>,
}

impl<'a> Pass<'a> {
    fn new(ctx: &'a Ctx, office: &'a Arc<Office>) -> Self {
        Self {
            ctx,
            office,
            queue: RefCell::default(),
            claiming: tokio::sync::Mutex::default(),
            exhausted: Cell::new(false),
            failure: Cell::new(None),
            deadline: Instant::now() + PASS_LIMIT,
            live: Rc::new(()),
        }
    }

    async fn refill(&self) -> Result<(), Failure> {
        let claim = claim::claim(self.ctx, CLAIM).await?;
        self.office.add_ended(claim.settled);
        self.exhausted
            .set(claim.rows.is_empty() && claim.settled == 0);
        self.queue.borrow_mut().extend(claim.rows);
        Ok(())
    }

    /// The first connection alone tells whether the server is there. `None`: nothing is to be sent now;
    /// `Some(None)`: no connection is needed.
    async fn probe(&self) -> Option<Option<Connection>> {
        if self.queue.borrow().is_empty() {
            return None;
        }
        match &self.office.outlet {
            Outlet::Folder(_) => Some(None),
            Outlet::Server(target) => match self.connect(target).await {
                Ok(line) => Some(Some(line)),
                Err(reason) => {
                    self.office.at_fault(&reason);
                    None
                }
            },
        }
    }

    async fn connect(&self, target: &SmtpTarget) -> Result<Connection, String> {
        let line = Connection::open(target, self.office.patience, &self.live).await?;
        self.office.in_order();
        Ok(line)
    }

    /// The next row to send.
    async fn next(&self) -> Option<Delivery> {
        loop {
            if self.office.is_closed() {
                return None;
            }
            if let Some(row) = self.queue.borrow_mut().pop_front() {
                return Some(row);
            }
            let _turn = self.claiming.lock().await;
            if !self.queue.borrow().is_empty() {
                continue;
            }
            if self.exhausted.get() || Instant::now() >= self.deadline {
                return None;
            }
            if let Err(failure) = self.refill().await {
                self.failure.set(Some(failure));
                self.exhausted.set(true);
            }
        }
    }

    /// No connection came about: the server's fault, unless others of this pass are open (then it
    /// merely takes no more of them).
    fn no_line(&self, row: Delivery, reason: &str) {
        if Rc::strong_count(&self.live) == 1 {
            self.office.at_fault(reason);
        }
        self.queue.borrow_mut().push_front(row);
    }

    /// Rows that were claimed and not tried are free again.
    async fn give_back(
        &self,
        ledger: &Ledger,
        requests: tokio::sync::mpsc::Receiver<ledger::Request>,
    ) -> Result<(), Failure> {
        let rest: Vec<Step> = self
            .queue
            .take()
            .iter()
            .map(|row| Step::new(row, Change::Back))
            .collect();
        if rest.is_empty() {
            return Ok(());
        }
        let write = async {
            let ledger = ledger.clone();
            // A lost lease means that somebody else has the row.
            let _ = ledger.write(rest).await;
        };
        tokio::select! {
            () = write => Ok(()),
            kept = ledger::keep(self.ctx, requests, |_| ()) => kept,
        }
    }
}
