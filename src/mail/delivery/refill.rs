//! Claims rows for the queue of a pass: as many of each lane as may leave within a second.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::Instant;

use super::Pass;
use super::queue::Waiting;
use crate::kernel::ids::CampaignId;
use crate::kernel::problem::Failure;
use crate::mail::domain::receiver;
use crate::mail::office::Known;
use crate::mail::office::Limits;
use crate::mail::office::PaceKey;
use crate::mail::office::locked;
use crate::mail::office::of_lane;
use crate::mail::office::of_letter;
use crate::mail::repo::Mailing;
use crate::mail::repo::claim;
use crate::mail::repo::claim::Wish;
use crate::mail::repo::ledger::Change;
use crate::mail::repo::ledger::Step;
use crate::mail::repo::workers::Standing;
use crate::platform::config::Rate;

/// Rows that wait in memory at most.
const MOST: usize = 256;
/// Rows of limited lanes are claimed so far ahead.
const HORIZON_US: u64 = 1_000_000;
/// Time between two claims while rows are there that only wait for their limits.
const PAUSE: Duration = Duration::from_millis(100);
/// For so long nobody looks again where nothing was found.
const ECHO: Duration = Duration::from_millis(30);

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refill {
    Took,
    /// Something is due that its limits do not allow yet.
    Blocked,
    Nothing,
}

impl Pass<'_> {
    /// Claims for all senders. `hungry`: the queue is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn refill(&self, hungry: bool) -> Result<Refill, Failure> {
        let before = self.queue.borrow().count();
        let mut last = self.claiming.lock().await;
        if self.queue.borrow().count() > before {
            return Ok(Refill::Took);
        }
        match *last {
            Some((at, _)) if !hungry && at.elapsed() < PAUSE => return Ok(Refill::Blocked),
            // Others have just looked.
            Some((at, Refill::Nothing)) if at.elapsed() < ECHO => return Ok(Refill::Nothing),
            _ => {}
        }
        let outcome = self.claim_some().await?;
        *last = Some((Instant::now(), outcome));
        Ok(outcome)
    }

    async fn claim_some(&self) -> Result<Refill, Failure> {
        if self.office.standing(self.ctx).await? == Standing::Waits {
            return Ok(Refill::Nothing);
        }
        let known = self.office.learn(self.ctx, false).await?;
        let (wishes, blocked) = self.wishes(&known);
        if wishes.is_empty() {
            return Ok(if blocked {
                Refill::Blocked
            } else {
                Refill::Nothing
            });
        }
        let claim = claim::claim(self.ctx, &wishes, &known.gates, self.office.shard()).await?;
        self.office.add_ended(claim.settled);
        let moved = claim.settled + claim.put_off;
        let rows = claim.rows.len();
        let surplus = self.take_in(&known, claim.rows);
        let kept = rows - surplus.len();
        self.write(surplus.into_iter()).await?;
        if rows == 0 && moved == 0 {
            // What was known is used up.
            let anew = self.office.learn(self.ctx, true).await?;
            return Ok(match (anew.lanes.is_empty(), blocked) {
                (true, false) => Refill::Nothing,
                _ => Refill::Blocked,
            });
        }
        Ok(if kept > 0 {
            Refill::Took
        } else {
            Refill::Blocked
        })
    }

    /// How many rows of which lane; and whether a lane has more than its limits allow.
    fn wishes(&self, known: &Known) -> (Vec<Wish>, bool) {
        let settings = &self.ctx.settings.delivery;
        let queue = self.queue.borrow();
        let mut used: HashMap<PaceKey, u64> = HashMap::new();
        for waiting in queue.rows() {
            for (key, _) in &waiting.limits {
                *used.entry(key.clone()).or_default() += 1;
            }
        }
        let mut free = MOST.saturating_sub(queue.count()) as u64;
        let mut wishes = Vec::new();
        let mut blocked = false;
        let count = known.lanes.len();
        // Letters outside of campaigns come first; the campaigns take turns.
        let singles = known.lanes.iter().take_while(|l| l.mailing.is_none());
        let singles = singles.count();
        let turn = self.turn.get();
        self.turn.set(turn.wrapping_add(1));
        let campaigns = count - singles;
        let order =
            (0..singles).chain((0..campaigns).map(|n| singles + (n + turn) % campaigns.max(1)));
        for (position, index) in order.enumerate() {
            let lane = &known.lanes[index];
            if free == 0 {
                break;
            }
            if known.gates.closed_until(&lane.group, self.now()).is_some() {
                continue;
            }
            let limits = of_lane(settings, lane.mailing.as_ref(), &lane.group);
            let share = free.div_ceil((count - position) as u64);
            let room = self.room(&limits, &used).min(share);
            if room == 0 {
                blocked = true;
                continue;
            }
            for (key, _) in limits {
                *used.entry(key).or_default() += room;
            }
            free -= room;
            wishes.push(Wish {
                lane: lane.clone(),
                count: room,
            });
        }
        (wishes, blocked)
    }

    /// How many messages the limits allow within the horizon, beyond those that wait already.
    fn room(&self, limits: &Limits, used: &HashMap<PaceKey, u64>) -> u64 {
        let office = self.office;
        let now = office.now_us();
        let paces = locked(&office.paces);
        limits
            .iter()
            .map(|(key, rate)| {
                let room = paces.room(key, *rate, office.sharers(), now, now + HORIZON_US);
                room.saturating_sub(used.get(key).copied().unwrap_or(0))
            })
            .min()
            .unwrap_or(u64::MAX)
    }

    /// Puts rows into the queue. Those of a domain that has a limit of its own without being a group are
    /// given back with their later turn, where they are too many.
    fn take_in(&self, known: &Known, rows: Vec<crate::mail::repo::Delivery>) -> Vec<Step> {
        let settings = &self.ctx.settings.delivery;
        let mailings: HashMap<CampaignId, &Mailing> = known
            .lanes
            .iter()
            .filter_map(|lane| lane.mailing.as_ref())
            .map(|mailing| (mailing.campaign_id, mailing))
            .collect();
        let mut queue = self.queue.borrow_mut();
        let mut surplus = Vec::new();
        let mut beyond: HashMap<String, u64> = HashMap::new();
        for row in rows {
            let mailing = row.campaign_id.and_then(|id| mailings.get(&id).copied());
            let limits = of_letter(settings, mailing, &row);
            let own = limits.iter().find_map(|(key, rate)| match key {
                PaceKey::Receiver(name) if row.domain_group == receiver::REST => {
                    Some((name.clone(), *rate))
                }
                _ => None,
            });
            let later = own.and_then(|(name, rate)| {
                let waiting = queue.rows().filter(|w| w.receiver == name).count();
                let paced = vec![(PaceKey::Receiver(name.clone()), rate)];
                let used = HashMap::from([(PaceKey::Receiver(name.clone()), waiting as u64)]);
                (self.room(&paced, &used) == 0).then_some((name, rate))
            });
            match later {
                Some((name, rate)) => {
                    let nth = beyond.entry(name).or_default();
                    *nth += 1;
                    surplus.push(Step::new(&row, None, later_by(rate, *nth)));
                }
                None => queue.extend([Waiting::new(row, limits)]),
            }
        }
        surplus
    }
}

fn later_by(rate: Rate, nth: u64) -> Change {
    let distance = rate.distance_us().saturating_mul(nth) / 1_000 + 1_000;
    Change::Later {
        pause: TimeDelta::milliseconds(i64::try_from(distance).unwrap_or(1_000)),
        used: None,
        reason: String::new(),
    }
}
