//! The post office of this process: where mail leaves to, how many senders may be at work, which mail servers
//! are at fault, and how fast mail may leave. It outlives the passes of the sweep.

mod branch;
mod paces;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use crate::kernel::problem::Failure;
use crate::mail::domain::verdict::AnswerRule;
use crate::mail::press::Press;
use crate::mail::repo::faults;
use crate::mail::repo::gates;
use crate::mail::repo::gates::Gates;
use crate::mail::repo::lanes;
use crate::mail::repo::lanes::Lane;
use crate::mail::repo::workers;
use crate::mail::repo::workers::Standing;
use crate::mail::smtp::Patience;
use crate::platform::config;
use crate::platform::ctx::Ctx;

pub use branch::Branch;
pub use paces::Limits;
pub use paces::PaceKey;
pub use paces::Paces;
pub use paces::of_lane;
pub use paces::of_letter;

/// Time between two signs of life.
const BEAT: Duration = Duration::from_secs(5);
/// Time for which what the database says of rules and receivers is taken as true.
const FRESH: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub struct Office {
    /// The mail servers, or one branch without a server.
    pub branches: Vec<Branch>,
    /// Where mail becomes files.
    pub folder: PathBuf,
    pub patience: Patience,
    pub press: Press,
    pub paces: Mutex<Paces>,
    id: Uuid,
    standing: Mutex<Option<(Instant, Standing)>>,
    known: Mutex<Known>,
    epoch: Instant,
    ended: AtomicU64,
    policy: Mutex<Policy>,
}

/// What the database said last.
#[derive(Debug, Default, Clone)]
pub struct Known {
    read_at: Option<Instant>,
    pub rules: Arc<Vec<AnswerRule>>,
    pub gates: Arc<Gates>,
    pub lanes: Arc<Vec<Lane>>,
}

/// Where a process keeps its office.
#[derive(Debug, Default)]
struct Premises(OnceLock<Arc<Office>>);

impl Office {
    /// The office of this process: a circuit and a number of connections belong to the servers that the
    /// settings name, not to a caller.
    pub fn of(ctx: &Ctx) -> Arc<Self> {
        let premises = ctx.shared::<Premises>();
        let office = premises.0.get_or_init(|| Arc::new(Self::new(ctx)));
        Arc::clone(office)
    }

    fn new(ctx: &Ctx) -> Self {
        let settings = &ctx.settings;
        let width = settings.smtp_connections;
        let servers = settings
            .smtp_url
            .as_ref()
            .and_then(|urls| config::smtp_relays(&urls.0));
        let branches = match servers {
            Some(targets) => targets
                .into_iter()
                .map(|target| Branch::of_server(target, width))
                .collect(),
            None => vec![Branch::of_folder(width)],
        };
        Self {
            branches,
            folder: settings.data_dir.join("mail"),
            patience: Patience {
                answer: settings.delivery.answer_wait,
                ..Patience::default()
            },
            press: Press::default(),
            paces: Mutex::default(),
            id: ctx.ids.fresh(),
            standing: Mutex::default(),
            known: Mutex::default(),
            epoch: Instant::now(),
            ended: AtomicU64::new(0),
            policy: Mutex::default(),
        }
    }

    /// Every desk that is free now at a server that is in order; one sender works at each. With the index of
    /// its branch.
    pub fn free_desks(&self) -> Vec<(usize, OwnedSemaphorePermit)> {
        let mut desks: Vec<_> = self
            .branches
            .iter()
            .map(|branch| branch.free_desks(self.now()))
            .collect();
        // One of each in turn, so that few messages are spread over the servers as well.
        let mut mixed = Vec::new();
        while desks.iter().any(|free| !free.is_empty()) {
            for (index, free) in desks.iter_mut().enumerate() {
                mixed.extend(free.pop().map(|desk| (index, desk)));
            }
        }
        mixed
    }

    /// Returns once no sender is at work.
    pub async fn idle(&self) {
        for branch in &self.branches {
            branch.idle().await;
        }
    }

    /// Tries that ended since the process started.
    pub fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// Counts tries that ended.
    pub fn add_ended(&self, count: u64) {
        self.ended.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether every server is left alone for now.
    #[cfg(test)]
    pub fn is_closed(&self) -> bool {
        self.branches.iter().all(|b| b.is_closed(self.now()))
    }

    /// A server is at fault; it is left alone for a while.
    pub fn at_fault(&self, branch: usize, reason: &str) {
        self.branches[branch].at_fault(self.now(), reason);
    }

    /// Tries again at once, as if the pauses were over.
    #[cfg(test)]
    pub fn reopen(&self) {
        for branch in &self.branches {
            branch.in_order();
        }
    }

    /// Milliseconds since the office opened.
    pub fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Microseconds since the office opened.
    pub fn now_us(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Whether this process may send, and with how many others it shares the rates. A sign of life every
    /// few seconds.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standing(&self, ctx: &Ctx) -> Result<Standing, Failure> {
        let before = *locked(&self.standing);
        if let Some((at, standing)) = before
            && at.elapsed() < BEAT
            && standing != Standing::Waits
        {
            return Ok(standing);
        }
        let host = format!("process {}", std::process::id());
        let standing = ctx
            .db
            .write(async |tx| Ok(workers::beat(tx, self.id, &host).await?))
            .await?;
        let waited = before.is_some_and(|(_, before)| before == Standing::Waits);
        if standing == Standing::Waits && !waited {
            tracing::warn!(
                "another process sends the mail of this database file; this one waits for its end"
            );
        }
        *locked(&self.standing) = Some((Instant::now(), standing));
        Ok(standing)
    }

    /// This process sends no more: another may begin at once.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn leave(&self, ctx: &Ctx) -> Result<(), Failure> {
        if locked(&self.standing).take().is_some() {
            ctx.db
                .write(async |tx| Ok(workers::leave(tx, self.id).await?))
                .await?;
        }
        Ok(())
    }

    /// The share of the counters of this process.
    pub fn shard(&self) -> i32 {
        match *locked(&self.standing) {
            Some((_, Standing::Sends { shard, .. })) => shard,
            _ => crate::mail::repo::tally::OTHERS,
        }
    }

    /// How many processes share the rates.
    pub fn sharers(&self) -> u32 {
        match *locked(&self.standing) {
            Some((_, Standing::Sends { sharers, .. })) => sharers,
            _ => 1,
        }
    }

    /// What the database said last, read again where that is a second ago or `anew` is wanted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn learn(&self, ctx: &Ctx, anew: bool) -> Result<Known, Failure> {
        let known = locked(&self.known).clone();
        if !anew && known.read_at.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(known);
        }
        let reader = ctx.db.reader();
        let now = reader.now().await?;
        let fresh = Known {
            read_at: Some(Instant::now()),
            rules: Arc::new(faults::rules(&reader).await?),
            gates: Arc::new(gates::read(&reader).await?),
            lanes: Arc::new(lanes::due(&reader, now).await?),
        };
        *locked(&self.known) = fresh.clone();
        Ok(fresh)
    }

    /// What is known without asking.
    pub fn known(&self) -> Known {
        locked(&self.known).clone()
    }

    /// Notes whether a message failed by a rule of the receiver about us. Too many of them are told.
    pub fn note_policy(&self, failed: bool) {
        let count = locked(&self.policy).note(failed);
        if let Some(count) = count {
            tracing::error!(
                count,
                "receivers refuse our mail by their rules: of the last hundred messages so many. \
                 Look at SPF, DKIM, DMARC and the reputation of the sending address"
            );
        }
    }
}

/// What is behind a lock, also where its last holder panicked: every value here is whole at any time.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the last messages fared with the rules of their receivers.
#[derive(Debug, Default)]
struct Policy {
    last: std::collections::VecDeque<bool>,
}

/// Messages that are looked back at.
const WINDOW: usize = 100;
/// So many among them are an alarm.
const ALARM: usize = 20;

impl Policy {
    /// The number of failures where it becomes an alarm; then the count begins anew.
    fn note(&mut self, failed: bool) -> Option<usize> {
        self.last.push_back(failed);
        if self.last.len() > WINDOW {
            self.last.pop_front();
        }
        let count = self.last.iter().filter(|failed| **failed).count();
        (failed && count >= ALARM).then(|| {
            self.last.clear();
            count
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_policy_failures_in_a_hundred_are_an_alarm() {
        let mut policy = Policy::default();
        for round in 0..19 {
            for _ in 0..4 {
                assert_eq!(policy.note(false), None);
            }
            assert_eq!(policy.note(true), None, "{round}");
        }
        assert_eq!(policy.note(true), Some(20));
        assert_eq!(policy.note(true), None, "told once");
    }
}
