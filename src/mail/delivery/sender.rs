//! One sender: at most one connection, one message at a time.

mod answers;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio::time::timeout;

use crate::mail::delivery::Pass;
use crate::mail::delivery::queue::Waiting;
use crate::mail::dkim;
use crate::mail::files;
use crate::mail::letterhead;
use crate::mail::message;
use crate::mail::message::Mime;
use crate::mail::office::PaceKey;
use crate::mail::office::locked;
use crate::mail::press;
use crate::mail::repo::Delivery;
use crate::mail::repo::attachments;
use crate::mail::repo::faults::Fault;
use crate::mail::repo::faults::Stage;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Ledger;
use crate::mail::repo::ledger::NotWritten;
use crate::mail::repo::ledger::Step;
use crate::mail::smtp::Connection;
use crate::mail::smtp::NotTaken;
use crate::platform::config::SmtpTarget;

/// Longest wait of an outcome for the next message, whose beginning it is committed with.
const PAIRING: Duration = Duration::from_millis(50);

/// Why a message has no outcome.
enum Stop {
    /// The server is at fault, or takes no more connections.
    NoLine(String),
    /// The row could not be marked, so nothing was sent.
    NotMarked(NotWritten),
}

impl From<NotWritten> for Stop {
    fn from(why: NotWritten) -> Self {
        Self::NotMarked(why)
    }
}

/// One sender: at most one connection, one message at a time.
pub struct Sender<'a> {
    pass: &'a Pass<'a>,
    ledger: Ledger,
    branch: usize,
    relay: Arc<str>,
    line: Option<Connection>,
    /// Outcomes that await their commit.
    pending: Vec<Step>,
    /// Whether the present row was marked as being sent.
    marked: bool,
    /// Whether a receiver asked for less just now: all senders must know at once.
    gate_moved: bool,
    began: Instant,
    desk: OwnedSemaphorePermit,
}

impl<'a> Sender<'a> {
    /// A sender of `pass` at a branch, with the connection that proved that the server is there.
    pub fn new(
        pass: &'a Pass<'a>,
        ledger: Ledger,
        branch: usize,
        line: Option<Connection>,
        desk: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            pass,
            ledger,
            branch,
            relay: Arc::clone(&pass.office.branches[branch].name),
            line,
            pending: Vec::new(),
            marked: false,
            gate_moved: false,
            began: Instant::now(),
            desk,
        }
    }

    /// Sends until the pass has nothing more, or the server takes nothing more.
    pub async fn work(mut self) {
        while let Some(mut waiting) = self.next().await {
            self.marked = false;
            self.wait_for_server().await;
            self.began = Instant::now();
            let sent = AssertUnwindSafe(self.send(&mut waiting)).catch_unwind();
            let change = match sent.await {
                Ok(Ok(change)) => change,
                Ok(Err(Stop::NoLine(reason))) => {
                    self.pass.no_line(self.branch, *waiting, &reason);
                    break;
                }
                Ok(Err(Stop::NotMarked(why))) => {
                    self.pass.queue.borrow_mut().ended(&waiting.receiver);
                    if why == NotWritten::Failed {
                        break;
                    }
                    self.pass.queue.borrow_mut().drop_batch(&waiting.row);
                    continue;
                }
                Err(_) => self.panicked(&waiting.row),
            };
            self.note(&waiting, change);
            if std::mem::take(&mut self.gate_moved) {
                self.tell_all().await;
            }
        }
        let _ = self.commit(None).await;
        if let Some(line) = self.line.take() {
            line.quit().await;
        }
        drop(self.desk);
    }

    /// The next row; while it is waited for, the last outcome is not.
    async fn next(&mut self) -> Option<Box<Waiting>> {
        let next = self.pass.next(self.branch);
        tokio::pin!(next);
        if !self.pending.is_empty() {
            if let Ok(row) = timeout(PAIRING, &mut next).await {
                return row;
            }
            // Both at once: what is waited for may itself hold the one writer of the database.
            let steps = std::mem::take(&mut self.pending);
            return join(self.ledger.write(steps), next).await.1;
        }
        next.await
    }

    fn note(&mut self, waiting: &Waiting, change: Change) {
        self.pass.queue.borrow_mut().ended(&waiting.receiver);
        let relay = Some(Arc::clone(&self.relay));
        let step = Step::new(&waiting.row, relay, change);
        self.pending.push(step.marked(self.marked));
    }

    async fn tell_all(&mut self) {
        // What is not written now is with the next message.
        let _ = self.commit(None).await;
        let pass = self.pass;
        if let Err(failure) = pass.office.learn(pass.ctx, true).await {
            tracing::warn!(?failure, "what receivers asked for cannot be read");
        }
    }

    /// A panic may also be the end of the process: whether a marked message left is not known.
    fn panicked(&mut self, row: &Delivery) -> Change {
        tracing::error!(delivery = %row.id, "sending a message panicked");
        self.line = None;
        let text = "sending was cut short";
        if self.marked {
            Change::Unsure {
                fault: self.fault(Stage::Worker, text),
            }
        } else {
            Change::Failed {
                fault: self.fault(Stage::Render, text),
            }
        }
    }

    fn fault(&self, stage: Stage, text: impl Into<String>) -> Fault {
        Fault {
            ms: i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX),
            ..Fault::silent(stage, text)
        }
    }

    fn target(&self) -> Option<&'a SmtpTarget> {
        let office: &'a crate::mail::office::Office = self.pass.office;
        office.branches[self.branch].target.as_ref()
    }

    /// Waits until the server's own rate allows a message.
    async fn wait_for_server(&self) {
        let Some(rate) = self.target().and_then(|target| target.rate) else {
            return;
        };
        let office = self.pass.office;
        let limits = vec![(PaceKey::Relay(self.branch), rate)];
        loop {
            let now = office.now_us();
            let ready_at = {
                let mut paces = locked(&office.paces);
                let ready_at = paces.ready_at(&limits, office.sharers());
                if ready_at <= now {
                    paces.take(&limits, office.sharers(), now);
                    return;
                }
                ready_at
            };
            tokio::time::sleep(Duration::from_micros(ready_at - now)).await;
        }
    }

    async fn commit(&mut self, next: Option<Step>) -> Result<(), NotWritten> {
        let mut steps = std::mem::take(&mut self.pending);
        steps.extend(next);
        self.ledger.write(steps).await
    }

    async fn mark(&mut self, row: &Delivery) -> Result<(), NotWritten> {
        let relay = Some(Arc::clone(&self.relay));
        self.commit(Some(Step::new(row, relay, Change::Sending)))
            .await?;
        self.marked = true;
        Ok(())
    }

    async fn send(&mut self, waiting: &mut Waiting) -> Result<Change, Stop> {
        let row = &mut waiting.row;
        let filled = self.pass.office.press.fill(self.pass.ctx, row).await;
        match filled {
            Ok(()) => {}
            Err(press::NotWritten::Unfit(text)) => return Ok(self.unfit(text)),
            Err(press::NotWritten::NoStencil(error)) => {
                tracing::error!(%error, "a stencil cannot be read");
                return Err(Stop::NotMarked(NotWritten::Failed));
            }
        }
        let reader = self.pass.ctx.db.reader();
        let files = attachments::of(&reader, row).await;
        let files = files.map_err(|_| Stop::NotMarked(NotWritten::Failed))?;
        // The mail library panics on some input; that costs this message, never the others.
        let head = letterhead::of(self.pass.ctx, row.alliance_id).await;
        let built = std::panic::catch_unwind(AssertUnwindSafe(|| {
            message::build(self.pass.ctx, row, &files, head.as_ref())
        }));
        let mut mime = match built {
            Ok(Ok(mime)) => mime,
            Ok(Err(error)) => return Ok(self.unfit(format!("{error:#}"))),
            Err(_) => return Ok(self.unfit("the mail cannot be built".to_owned())),
        };
        let first_try = row.first_try_at.unwrap_or(row.created_at);
        let at_s = first_try.to_utc().timestamp();
        let bytes = std::mem::take(&mut mime.bytes);
        mime.bytes = match dkim::signed(self.pass.ctx, bytes, at_s).await {
            Ok(bytes) => bytes,
            Err(error) => {
                return Ok(self.deferred(row, self.fault(Stage::Render, error.to_string())));
            }
        };
        let Some(target) = self.target() else {
            self.mark(row).await?;
            return Ok(
                match files::write(&self.pass.office.folder, row.id, &mime.laid_down()) {
                    Ok(()) => Change::Sent,
                    Err(error) => self.deferred(row, self.fault(Stage::Content, error.to_string())),
                },
            );
        };
        match self.offer(target, waiting, &mime).await? {
            Offer::Open(line) => self.finish(*line, waiting, &mime).await,
            Offer::Closed(change) => Ok(change),
        }
    }

    fn unfit(&self, text: String) -> Change {
        Change::Failed {
            fault: self.fault(Stage::Render, text),
        }
    }

    /// A connection that may carry one more message, and whether it is a fresh one.
    async fn line(&mut self, target: &SmtpTarget) -> Result<(Connection, bool), Stop> {
        match self.line.take() {
            Some(line) if !line.is_worn() => {
                let fresh = line.is_fresh();
                return Ok((line, fresh));
            }
            Some(worn) => worn.quit().await,
            None => {}
        }
        let line = self.pass.connect(self.branch, target).await;
        Ok((line.map_err(Stop::NoLine)?, true))
    }

    /// Offers the envelope. A used connection may have been closed by the server meanwhile, which is no
    /// fault of the message: it is offered once more on a fresh one.
    async fn offer(
        &mut self,
        target: &SmtpTarget,
        waiting: &Waiting,
        mime: &Mime,
    ) -> Result<Offer, Stop> {
        loop {
            let (mut line, fresh) = self.line(target).await?;
            let envelope_id = waiting.row.id.0.simple().to_string();
            let not_taken = match self.offered(&mut line, mime, &envelope_id).await {
                Ok(()) => return Ok(Offer::Open(Box::new(line))),
                Err(not_taken) => not_taken,
            };
            return Ok(Offer::Closed(match not_taken {
                NotTaken::Sender(_) | NotTaken::Broken(..) if !fresh => continue,
                NotTaken::Recipient(_, reply) if !fresh && self.is_about_line(&reply) => continue,
                NotTaken::Sender(reply) => return Err(Stop::NoLine(reply.text)),
                NotTaken::Broken(Stage::Mail, reason) => return Err(Stop::NoLine(reason)),
                NotTaken::Broken(stage, reason) => {
                    self.deferred(&waiting.row, self.fault(stage, reason))
                }
                NotTaken::Unsupported(reason) => {
                    self.line = Some(line);
                    self.unfit(reason.to_owned())
                }
                NotTaken::Recipient(stage, reply) => {
                    if !self.is_about_line(&reply) {
                        self.line = Some(line);
                    }
                    self.judged(waiting, stage, reply)
                }
            }));
        }
    }

    /// Offers, and commits the last outcome meanwhile where the server takes its time.
    async fn offered(
        &mut self,
        line: &mut Connection,
        mime: &Mime,
        envelope_id: &str,
    ) -> Result<(), NotTaken> {
        let offer = line.offer(mime, envelope_id);
        tokio::pin!(offer);
        if let Ok(answer) = timeout(PAIRING, &mut offer).await {
            return answer;
        }
        let _ = self.commit(None).await;
        offer.await
    }

    async fn finish(
        &mut self,
        mut line: Connection,
        waiting: &Waiting,
        mime: &Mime,
    ) -> Result<Change, Stop> {
        self.mark(&waiting.row).await?;
        Ok(self.handed_over(line.deliver(&mime.bytes).await, line, waiting))
    }
}

/// What came of an offer.
enum Offer {
    /// The content may follow.
    Open(Box<Connection>),
    /// The message was not accepted.
    Closed(Change),
}
