//! One mail server: its connections, and whether it is at fault.

use std::sync::Arc;
use std::sync::Mutex;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;

use super::locked;
use crate::mail::domain::circuit::Circuit;
use crate::platform::config::SmtpTarget;

/// See the module.
#[derive(Debug)]
pub struct Branch {
    /// In logs and reports.
    pub name: Arc<str>,
    /// `None`: mail becomes files.
    pub target: Option<SmtpTarget>,
    desks: Arc<Semaphore>,
    width: usize,
    circuit: Mutex<Circuit>,
}

impl Branch {
    /// A branch without a server.
    pub fn of_folder(width: usize) -> Self {
        Self::new("folder".into(), None, width)
    }

    /// The branch of a server, which may want fewer connections than the settings allow.
    pub fn of_server(target: SmtpTarget, width: usize) -> Self {
        let width = target.connections.unwrap_or(width);
        Self::new(target.name().into(), Some(target), width)
    }

    fn new(name: Arc<str>, target: Option<SmtpTarget>, width: usize) -> Self {
        Self {
            name,
            target,
            desks: Arc::new(Semaphore::new(width)),
            width,
            circuit: Mutex::default(),
        }
    }

    /// Every desk that is free now; none where the server is at fault.
    pub fn free_desks(&self, now: u64) -> Vec<OwnedSemaphorePermit> {
        if self.is_closed(now) {
            return Vec::new();
        }
        std::iter::from_fn(|| Arc::clone(&self.desks).try_acquire_owned().ok())
            .take(self.width)
            .collect()
    }

    /// Returns once no sender is at work here.
    pub async fn idle(&self) {
        let all = u32::try_from(self.width).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let _ = self.desks.acquire_many(all).await;
    }

    /// Whether the server is left alone for now.
    pub fn is_closed(&self, now: u64) -> bool {
        locked(&self.circuit).is_open(now)
    }

    /// The server is at fault; it is left alone for a while. Told once.
    pub fn at_fault(&self, now: u64, reason: &str) {
        let mut circuit = locked(&self.circuit);
        let news = !circuit.is_open(now);
        let pause_s = circuit.trip(now) / 1_000;
        if news {
            let relay = &*self.name;
            tracing::warn!(
                relay,
                reason,
                pause_s,
                "the mail server is at fault; mail waits"
            );
        }
    }

    /// The server took a connection.
    pub fn in_order(&self) {
        locked(&self.circuit).close();
    }
}
