//! The rows that a pass has claimed and not begun: the first that its limits allow goes next.

use std::collections::HashMap;
use std::collections::VecDeque;

use crate::kernel::time::Instant;
use crate::mail::domain::receiver;
use crate::mail::office::Limits;
use crate::mail::office::Paces;
use crate::mail::repo::Delivery;
use crate::mail::repo::gates::Gates;

/// A claimed row.
#[derive(Debug)]
pub struct Waiting {
    pub row: Delivery,
    /// Group or domain whose limits hold.
    pub receiver: String,
    pub limits: Limits,
}

impl Waiting {
    /// A row with its limits.
    pub fn new(row: Delivery, limits: Limits) -> Self {
        Self {
            receiver: receiver::name_of(&row.domain_group, &row.to_email),
            row,
            limits,
        }
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Pick {
    Row(Box<Waiting>),
    /// Nothing before this microsecond of the office.
    Later(u64),
    Empty,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Queue {
    rows: VecDeque<Waiting>,
    /// Rows of receivers that are left alone since they were claimed.
    returned: Vec<Waiting>,
    /// Messages under way per receiver.
    under_way: HashMap<String, usize>,
}

/// Longest wait of a sender before it looks again.
const LOOK_US: u64 = 50_000;

impl Queue {
    /// Number of rows that wait.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The rows that wait.
    pub fn rows(&self) -> impl Iterator<Item = &Waiting> {
        self.rows.iter()
    }

    /// Adds claimed rows.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = Waiting>) {
        self.rows.extend(rows);
    }

    /// A row that could not be begun comes first again.
    pub fn put_back(&mut self, waiting: Waiting) {
        self.rows.push_front(waiting);
    }

    /// A row of a claim turned out to be lost: its campaign was paused, or others have it. The rest of that
    /// claim is used no longer.
    pub fn drop_batch(&mut self, lost: &Delivery) {
        let (of_batch, rest): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.rows).into_iter().partition(|w| {
                w.row.lease_token == lost.lease_token && w.row.campaign_id == lost.campaign_id
            });
        self.rows = rest;
        self.returned.extend(of_batch);
    }

    /// Messages that are under way to a receiver.
    pub fn under_way(&self, receiver: &str) -> usize {
        self.under_way.get(receiver).copied().unwrap_or(0)
    }

    /// A message to a receiver is no longer under way.
    pub fn ended(&mut self, receiver: &str) {
        if let Some(count) = self.under_way.get_mut(receiver) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.under_way.remove(receiver);
            }
        }
    }

    /// Takes the first row that may leave now.
    pub fn pick(
        &mut self,
        paces: &mut Paces,
        gates: &Gates,
        sharers: u32,
        now_us: u64,
        now: Instant,
    ) -> Pick {
        let mut soonest = u64::MAX;
        let mut at = 0;
        while at < self.rows.len() {
            let waiting = &self.rows[at];
            if gates.closed_until(&waiting.receiver, now).is_some() {
                self.returned.extend(self.rows.remove(at));
                continue;
            }
            let most = gates.connections(&waiting.receiver, now);
            if most.is_some_and(|most| self.under_way(&waiting.receiver) >= most) {
                soonest = soonest.min(now_us.saturating_add(LOOK_US));
                at += 1;
                continue;
            }
            let ready_at = paces.ready_at(&waiting.limits, sharers);
            if ready_at <= now_us {
                break;
            }
            soonest = soonest.min(ready_at);
            at += 1;
        }
        match self.rows.remove(at) {
            Some(waiting) => {
                paces.take(&waiting.limits, sharers, now_us);
                *self.under_way.entry(waiting.receiver.clone()).or_default() += 1;
                Pick::Row(Box::new(waiting))
            }
            None if self.rows.is_empty() => Pick::Empty,
            None => Pick::Later(soonest),
        }
    }

    /// Everything that was claimed and not begun.
    pub fn take_all(&mut self) -> Vec<Waiting> {
        let mut all = std::mem::take(&mut self.returned);
        all.extend(self.rows.drain(..));
        all
    }
}
