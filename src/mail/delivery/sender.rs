//! One sender: at most one connection, one message at a time.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::mail::delivery::Pass;
use crate::mail::dkim;
use crate::mail::domain::verdict;
use crate::mail::domain::verdict::Verdict;
use crate::mail::files;
use crate::mail::letterhead;
use crate::mail::message;
use crate::mail::message::Mime;
use crate::mail::office::Outlet;
use crate::mail::repo::Delivery;
use crate::mail::repo::attachments;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Ledger;
use crate::mail::repo::ledger::NotWritten;
use crate::mail::repo::ledger::Step;
use crate::mail::smtp::Connection;
use crate::mail::smtp::NotTaken;
use crate::mail::smtp::Reply;
use crate::mail::smtp::Trouble;
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
    line: Option<Connection>,
    /// Outcomes that await their commit.
    pending: Vec<Step>,
    desk: OwnedSemaphorePermit,
}

impl<'a> Sender<'a> {
    /// A sender of `pass`, with the connection that proved that the server is there.
    pub fn new(
        pass: &'a Pass<'a>,
        ledger: Ledger,
        line: Option<Connection>,
        desk: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            pass,
            ledger,
            line,
            pending: Vec::new(),
            desk,
        }
    }

    /// Sends until the pass has nothing more, or the server takes nothing more.
    pub async fn work(mut self) {
        while let Some(row) = self.pass.next().await {
            let sent = AssertUnwindSafe(self.send(&row)).catch_unwind().await;
            match sent {
                Ok(Ok(change)) => self.pending.push(Step::new(&row, change)),
                Ok(Err(Stop::NoLine(reason))) => {
                    self.pass.no_line(row, &reason);
                    break;
                }
                Ok(Err(Stop::NotMarked(NotWritten::TakenOver))) => {}
                Ok(Err(Stop::NotMarked(NotWritten::Failed))) => break,
                Err(_) => {
                    // Whether the message left is not known: a panic may also be the end of the process.
                    tracing::error!(delivery = %row.id, "sending a message panicked");
                    let change = self.unknown(&row, "sending was cut short".to_owned());
                    self.pending.push(Step::new(&row, change));
                }
            }
        }
        let _ = self.commit(None).await;
        if let Some(line) = self.line.take() {
            line.quit().await;
        }
        drop(self.desk);
    }

    async fn commit(&mut self, next: Option<Step>) -> Result<(), NotWritten> {
        let mut steps = std::mem::take(&mut self.pending);
        steps.extend(next);
        self.ledger.write(steps).await
    }

    async fn send(&mut self, row: &Delivery) -> Result<Change, Stop> {
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
            Ok(Err(error)) => return Ok(failed(None, format!("{error:#}"))),
            Err(_) => return Ok(failed(None, "the mail cannot be built".to_owned())),
        };
        let first_try = row.first_try_at.unwrap_or(row.created_at);
        let at_s = first_try.to_utc().timestamp();
        let bytes = std::mem::take(&mut mime.bytes);
        mime.bytes = match dkim::signed(self.pass.ctx, bytes, at_s).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(self.deferred(row, None, error.to_string())),
        };
        match &self.pass.office.outlet {
            Outlet::Folder(folder) => {
                self.commit(Some(Step::new(row, Change::Sending))).await?;
                Ok(match files::write(folder, row.id, &mime.laid_down()) {
                    Ok(()) => Change::Sent,
                    Err(error) => self.deferred(row, None, error.to_string()),
                })
            }
            Outlet::Server(target) => match self.offer(target, row, &mime).await? {
                Offer::Open(line) => self.finish(*line, row, &mime).await,
                Offer::Closed(change) => Ok(change),
            },
        }
    }

    /// Offers the envelope. A used connection may have been closed by the server meanwhile, which is no
    /// fault of the message: it is offered once more on a fresh one.
    async fn offer(
        &mut self,
        target: &SmtpTarget,
        row: &Delivery,
        mime: &Mime,
    ) -> Result<Offer, Stop> {
        loop {
            let (mut line, fresh) = match self.line.take() {
                Some(line) if !line.is_worn() => {
                    let fresh = line.is_fresh();
                    (line, fresh)
                }
                worn => {
                    if let Some(line) = worn {
                        line.quit().await;
                    }
                    (self.pass.connect(target).await.map_err(Stop::NoLine)?, true)
                }
            };
            let not_taken = match self.offered(&mut line, mime).await {
                Ok(()) => return Ok(Offer::Open(Box::new(line))),
                Err(not_taken) => not_taken,
            };
            return Ok(Offer::Closed(match not_taken {
                NotTaken::Sender(_) | NotTaken::Broken(_) if !fresh => continue,
                NotTaken::Recipient(reply) if reply.code == 421 && !fresh => continue,
                NotTaken::Sender(reply) => {
                    drop(line);
                    return Err(Stop::NoLine(reply.text));
                }
                NotTaken::Broken(reason) => self.deferred(row, None, reason),
                NotTaken::Unsupported(reason) => {
                    self.line = Some(line);
                    failed(None, reason.to_owned())
                }
                NotTaken::Recipient(reply) => {
                    if reply.code != 421 && line.reset().await {
                        self.line = Some(line);
                    }
                    self.judged(row, reply)
                }
            }));
        }
    }

    /// Offers, and commits the last outcome meanwhile where the server takes its time.
    async fn offered(&mut self, line: &mut Connection, mime: &Mime) -> Result<(), NotTaken> {
        let offer = line.offer(mime);
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
        row: &Delivery,
        mime: &Mime,
    ) -> Result<Change, Stop> {
        self.commit(Some(Step::new(row, Change::Sending))).await?;
        Ok(match line.deliver(&mime.bytes).await {
            Ok(()) => {
                self.line = Some(line);
                Change::Sent
            }
            Err(Trouble::Refused(reply)) => {
                if reply.code != 421 {
                    self.line = Some(line);
                }
                self.judged(row, reply)
            }
            Err(Trouble::Broken(reason)) => {
                tracing::warn!(delivery = %row.id, reason, "a message may have arrived");
                self.unknown(row, format!("no answer after the content: {reason}"))
            }
        })
    }

    fn judged(&self, row: &Delivery, reply: Reply) -> Change {
        match verdict::judge(reply.code, &reply.text) {
            Verdict::Defer => self.deferred(row, Some(reply.code), reply.text),
            Verdict::Fail => failed(Some(reply.code), reply.text),
        }
    }

    fn deferred(&self, row: &Delivery, code: Option<u16>, reason: String) -> Change {
        Change::Deferred {
            pause: self.pause(row),
            code,
            reason,
        }
    }

    /// The message may have arrived; a copy follows, once the server had its time.
    fn unknown(&self, row: &Delivery, reason: String) -> Change {
        Change::Deferred {
            pause: std::cmp::max(self.pause(row), verdict::UNKNOWN_PAUSE),
            code: None,
            reason,
        }
    }

    fn pause(&self, row: &Delivery) -> chrono::TimeDelta {
        let spread = self.pass.ctx.random.bytes::<8>().unwrap_or_default();
        verdict::pause(row.attempts.saturating_add(1), u64::from_le_bytes(spread))
    }
}

/// What came of an offer.
enum Offer {
    /// The content may follow.
    Open(Box<Connection>),
    /// The message was not accepted.
    Closed(Change),
}

fn failed(code: Option<u16>, reason: String) -> Change {
    Change::Failed { code, reason }
}
