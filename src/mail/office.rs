//! The post office of this process: where mail leaves to, how many senders may be at work, and whether
//! the mail server is at fault. It outlives the passes of the sweep.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use crate::mail::domain::circuit::Circuit;
use crate::mail::smtp::Patience;
use crate::platform::config;
use crate::platform::config::SmtpTarget;
use crate::platform::ctx::Ctx;

/// Where mail leaves to.
#[derive(Debug)]
pub enum Outlet {
    /// A folder of `.eml` files.
    Folder(PathBuf),
    /// A mail server.
    Server(SmtpTarget),
}

/// See the module.
#[derive(Debug)]
pub struct Office {
    pub outlet: Outlet,
    pub patience: Patience,
    desks: Arc<Semaphore>,
    width: usize,
    circuit: Mutex<Circuit>,
    epoch: Instant,
    ended: AtomicU64,
}

/// Where a process keeps its office.
#[derive(Debug, Default)]
struct Premises(OnceLock<Arc<Office>>);

impl Office {
    /// The office of this process: a circuit and a number of connections belong to the server that the
    /// settings name, not to a caller.
    pub fn of(ctx: &Ctx) -> Arc<Self> {
        let premises = ctx.shared::<Premises>();
        let office = premises.0.get_or_init(|| {
            let settings = &ctx.settings;
            let server = settings
                .smtp_url
                .as_ref()
                .and_then(|url| config::smtp_url(&url.0));
            let folder = Outlet::Folder(settings.data_dir.join("mail"));
            let outlet = server.map_or(folder, Outlet::Server);
            Arc::new(Self::new(outlet, settings.smtp_connections))
        });
        Arc::clone(office)
    }

    fn new(outlet: Outlet, width: usize) -> Self {
        Self {
            outlet,
            patience: Patience::default(),
            desks: Arc::new(Semaphore::new(width)),
            width,
            circuit: Mutex::default(),
            epoch: Instant::now(),
            ended: AtomicU64::new(0),
        }
    }

    /// Every desk that is free now; one sender works at each.
    pub fn free_desks(&self) -> Vec<OwnedSemaphorePermit> {
        std::iter::from_fn(|| Arc::clone(&self.desks).try_acquire_owned().ok())
            .take(self.width)
            .collect()
    }

    /// Returns once no sender is at work.
    pub async fn idle(&self) {
        let all = u32::try_from(self.width).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let _ = self.desks.acquire_many(all).await;
    }

    /// Tries that ended since the process started.
    pub fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// Counts tries that ended.
    pub fn add_ended(&self, count: u64) {
        self.ended.fetch_add(count, Ordering::Relaxed);
    }

    /// Whether the server is left alone for now.
    pub fn is_closed(&self) -> bool {
        self.circuit().is_open(self.now())
    }

    /// The server is at fault; it is left alone for a while.
    pub fn at_fault(&self, reason: &str) {
        let now = self.now();
        let mut circuit = self.circuit();
        let news = !circuit.is_open(now);
        let pause_s = circuit.trip(now) / 1_000;
        if news {
            tracing::warn!(reason, pause_s, "the mail server is at fault; mail waits");
        }
    }

    /// The server took a connection.
    pub fn in_order(&self) {
        self.circuit().close();
    }

    /// Tries again at once, as if the pause were over.
    #[cfg(test)]
    pub fn reopen(&self) {
        self.circuit().close();
    }

    fn circuit(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
