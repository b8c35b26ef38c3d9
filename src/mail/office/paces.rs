//! The paces at which mail leaves, per limit.

use std::collections::HashMap;

use uuid::Uuid;

use crate::mail::domain::pace::Pace;
use crate::mail::domain::receiver;
use crate::mail::repo::Delivery;
use crate::mail::repo::Mailing;
use crate::platform::config::DeliverySettings;
use crate::platform::config::Rate;

/// What a limit holds for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PaceKey {
    /// All mail of the installation.
    All,
    /// A mail server, by its index.
    Relay(usize),
    /// A group of domains, or a domain.
    Receiver(String),
    Campaign(Uuid),
    Alliance(Uuid),
}

/// The limits that hold for one message.
pub type Limits = Vec<(PaceKey, Rate)>;

/// Paces that are kept before those of long ago are forgotten.
const KEPT: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Paces(HashMap<PaceKey, Pace>);

impl Paces {
    fn pace(&self, key: &PaceKey) -> Pace {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// The moment from which all limits allow a message.
    pub fn ready_at(&self, limits: &Limits, sharers: u32) -> u64 {
        limits
            .iter()
            .map(|(key, rate)| self.pace(key).ready_at(rate.distance_us(), sharers))
            .max()
            .unwrap_or(0)
    }

    /// A message leaves now.
    pub fn take(&mut self, limits: &Limits, sharers: u32, now: u64) {
        if self.0.len() > KEPT {
            // One whose next message was due a minute ago limits nothing.
            self.0.retain(|_, pace| {
                pace.room(Rate::per_minute(1).distance_us(), 1, now, now + 60_000_000) < 2
            });
        }
        for (key, rate) in limits {
            self.0
                .entry(key.clone())
                .or_default()
                .take(rate.distance_us(), sharers, now);
        }
    }

    /// How many messages a limit allows until `horizon`.
    pub fn room(&self, key: &PaceKey, rate: Rate, sharers: u32, now: u64, horizon: u64) -> u64 {
        self.pace(key)
            .room(rate.distance_us(), sharers, now, horizon)
    }
}

/// The limits of the letters of a lane, as far as they hold for all of them.
pub fn of_lane(settings: &DeliverySettings, mailing: Option<&Mailing>, group: &str) -> Limits {
    let mut limits = Limits::new();
    if let Some(rate) = settings.rate {
        limits.push((PaceKey::All, rate));
    }
    if group != receiver::REST
        && let Some(rate) = settings.receiver_rate(group)
    {
        limits.push((PaceKey::Receiver(group.to_owned()), rate));
    }
    if let Some(mailing) = mailing {
        let own = mailing.rate_per_min.map(Rate::per_minute);
        if let Some(rate) = own.or(settings.campaign_rate) {
            limits.push((PaceKey::Campaign(mailing.campaign_id.0), rate));
        }
        if let (Some(alliance), Some(rate)) = (mailing.alliance_id, settings.alliance_rate) {
            limits.push((PaceKey::Alliance(alliance.0), rate));
        }
    }
    limits
}

/// The limits of one letter.
pub fn of_letter(settings: &DeliverySettings, mailing: Option<&Mailing>, row: &Delivery) -> Limits {
    let mut limits = of_lane(settings, mailing, &row.domain_group);
    if row.domain_group == receiver::REST && !settings.receiver_rates.is_empty() {
        let domain = receiver::domain_of(&row.to_email);
        if let Some(rate) = settings.receiver_rate(&domain) {
            limits.push((PaceKey::Receiver(domain), rate));
        }
    }
    limits
}
