//! From events to votes: who voted last, for whom, and what was refused.

use crate::ballots::domain::tally::Vote;
use crate::words;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

words! {
    /// Why an appointment or a vote does not count.
    pub enum Rejection {
        /// At or after the closing instant.
        Closed = "closed",
        /// The voter, the principal or the holder is not in the electorate.
        NotEligible = "not_eligible",
        /// Nobody appointed this holder for this principal, or the appointment was replaced.
        NoProxy = "no_proxy",
        /// Votes are final, and there is one already.
        AlreadyVoted = "already_voted",
        /// The principal voted in person, which always beats the proxy.
        PrincipalVoted = "principal_voted",
        /// At or after the deadline of appointments.
        ProxyLate = "proxy_late",
        /// A member cannot hold its own proxy.
        ProxyToSelf = "proxy_to_self",
        /// The holder has as many as the rule allows.
        ProxyLimit = "proxy_limit",
    }
}

/// A vote as it arrived. Instants are integers of any one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteEvent<K> {
    /// When.
    pub at: i64,
    /// Who acts.
    pub by: K,
    /// For whom, if not for oneself.
    pub on_behalf_of: Option<K>,
    /// The vote.
    pub vote: Vote,
}

/// A written appointment of a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment<K> {
    /// Who is represented.
    pub principal: K,
    /// Who votes for the principal.
    pub holder: K,
    /// When it was written.
    pub at: i64,
    /// The first instant that is too late.
    pub deadline: i64,
}

/// The conditions under which events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// The first instant that is too late for a vote.
    pub closes_at: i64,
    /// Appointments one member may hold.
    pub max_proxies: u32,
    /// Whether a later vote replaces an earlier one.
    pub revote: bool,
}

/// One refused appointment (by its principal) or vote (by its instant).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected<K> {
    /// An appointment.
    Proxy { principal: K, reason: Rejection },
    /// A vote.
    Event { at: i64, reason: Rejection },
}

/// The votes that count, and what was refused: appointments first, each group in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved<K> {
    /// Member to the vote that counts.
    pub votes: BTreeMap<K, Vote>,
    /// What does not count, and why.
    pub rejected: Vec<Rejected<K>>,
}

/// Applies appointments and votes in order of time; equal instants keep their given order.
///
/// An appointment holds from its instant on and replaces the principal's earlier one. It is never
/// passed on: only the appointed holder votes for a principal. A principal's own vote beats the
/// proxy's whatever the order. O(n log n).
pub fn resolve<K: Ord + Clone>(
    electorate: &BTreeSet<K>,
    events: &[VoteEvent<K>],
    appointments: &[Appointment<K>],
    conditions: Conditions,
) -> Resolved<K> {
    let mut count = Count {
        electorate,
        conditions,
        proxies: Proxies::default(),
        votes: BTreeMap::new(),
    };
    let mut pending: Vec<&Appointment<K>> = appointments.iter().collect();
    pending.sort_by_key(|appointment| appointment.at);
    let mut pending = pending.into_iter().peekable();
    let mut ordered: Vec<&VoteEvent<K>> = events.iter().collect();
    ordered.sort_by_key(|event| event.at);

    let mut refused_proxies = Vec::new();
    let mut refused_events = Vec::new();
    for event in ordered {
        while let Some(appointment) = pending.next_if(|appointment| appointment.at <= event.at) {
            refused_proxies.extend(count.appoint(appointment));
        }
        refused_events.extend(count.cast(event));
    }
    for appointment in pending {
        refused_proxies.extend(count.appoint(appointment));
    }
    refused_proxies.extend(refused_events);
    Resolved {
        votes: count
            .votes
            .into_iter()
            .map(|(k, (vote, _))| (k, vote))
            .collect(),
        rejected: refused_proxies,
    }
}

/// Appointments in force, and how many each holder has.
struct Proxies<K> {
    holder_of: BTreeMap<K, K>,
    held: BTreeMap<K, u32>,
}

impl<K> Default for Proxies<K> {
    fn default() -> Self {
        Self {
            holder_of: BTreeMap::new(),
            held: BTreeMap::new(),
        }
    }
}

words! {
    /// Who cast a vote.
    pub enum Cast {
        /// The member itself.
        InPerson = "in_person",
        /// The member that it appointed.
        ByProxy = "by_proxy",
    }
}

/// Whether a vote may take the place of the standing one: the principal's own vote beats the proxy's whatever
/// the order, and else a later vote counts where votes may change.
///
/// # Errors
/// `PrincipalVoted` or `AlreadyVoted`.
pub fn replaces(standing: Option<Cast>, how: Cast, revote: bool) -> Result<(), Rejection> {
    match (standing, how) {
        (None, _) | (Some(Cast::ByProxy), Cast::InPerson) => Ok(()),
        (Some(Cast::InPerson), Cast::ByProxy) => Err(Rejection::PrincipalVoted),
        (Some(_), _) if revote => Ok(()),
        (Some(_), _) => Err(Rejection::AlreadyVoted),
    }
}

struct Count<'a, K> {
    electorate: &'a BTreeSet<K>,
    conditions: Conditions,
    proxies: Proxies<K>,
    votes: BTreeMap<K, (Vote, Cast)>,
}

impl<K: Ord + Clone> Count<'_, K> {
    fn appoint(&mut self, appointment: &Appointment<K>) -> Option<Rejected<K>> {
        let reason = self.refuse_appointment(appointment);
        if let Some(reason) = reason {
            return Some(Rejected::Proxy {
                principal: appointment.principal.clone(),
                reason,
            });
        }
        let before = self
            .proxies
            .holder_of
            .insert(appointment.principal.clone(), appointment.holder.clone());
        if let Some(held) = before.and_then(|holder| self.proxies.held.get_mut(&holder)) {
            *held -= 1;
        }
        *self
            .proxies
            .held
            .entry(appointment.holder.clone())
            .or_default() += 1;
        None
    }

    fn refuse_appointment(&self, appointment: &Appointment<K>) -> Option<Rejection> {
        let Appointment {
            principal,
            holder,
            at,
            deadline,
        } = appointment;
        if principal == holder {
            return Some(Rejection::ProxyToSelf);
        }
        if at >= deadline {
            return Some(Rejection::ProxyLate);
        }
        if !self.electorate.contains(principal) || !self.electorate.contains(holder) {
            return Some(Rejection::NotEligible);
        }
        let held = self.proxies.held.get(holder).copied().unwrap_or(0);
        let renewed = self.proxies.holder_of.get(principal) == Some(holder);
        (!renewed && held >= self.conditions.max_proxies).then_some(Rejection::ProxyLimit)
    }

    fn cast(&mut self, event: &VoteEvent<K>) -> Option<Rejected<K>> {
        let voter = event.on_behalf_of.as_ref().unwrap_or(&event.by);
        let how = if *voter == event.by {
            Cast::InPerson
        } else {
            Cast::ByProxy
        };
        if let Some(reason) = self.refuse_vote(event, voter, how) {
            return Some(Rejected::Event {
                at: event.at,
                reason,
            });
        }
        self.votes.insert(voter.clone(), (event.vote, how));
        None
    }

    fn refuse_vote(&self, event: &VoteEvent<K>, voter: &K, how: Cast) -> Option<Rejection> {
        if event.at >= self.conditions.closes_at {
            return Some(Rejection::Closed);
        }
        if !self.electorate.contains(&event.by) || !self.electorate.contains(voter) {
            return Some(Rejection::NotEligible);
        }
        if how == Cast::ByProxy && self.proxies.holder_of.get(voter) != Some(&event.by) {
            return Some(Rejection::NoProxy);
        }
        let standing = self.votes.get(voter).map(|(_, how)| *how);
        replaces(standing, how, self.conditions.revote).err()
    }
}

#[cfg(test)]
mod tests;
