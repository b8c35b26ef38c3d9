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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cast {
    InPerson,
    ByProxy,
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
        match (self.votes.get(voter), how) {
            (None, _) | (Some((_, Cast::ByProxy)), Cast::InPerson) => None,
            (Some((_, Cast::InPerson)), Cast::ByProxy) => Some(Rejection::PrincipalVoted),
            (Some(_), _) if self.conditions.revote => None,
            (Some(_), _) => Some(Rejection::AlreadyVoted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    fn event(at: i64, by: char, on_behalf_of: Option<char>, vote: Vote) -> VoteEvent<char> {
        VoteEvent {
            at,
            by,
            on_behalf_of,
            vote,
        }
    }

    fn appointment(principal: char, holder: char, at: i64) -> Appointment<char> {
        Appointment {
            principal,
            holder,
            at,
            deadline: 50,
        }
    }

    fn run(
        events: &[VoteEvent<char>],
        appointments: &[Appointment<char>],
        revote: bool,
    ) -> Resolved<char> {
        let conditions = Conditions {
            closes_at: 100,
            max_proxies: 1,
            revote,
        };
        resolve(&('a'..='f').collect(), events, appointments, conditions)
    }

    fn reasons(resolved: &Resolved<char>) -> Vec<Rejection> {
        let reason = |rejected: &Rejected<char>| match rejected {
            Rejected::Proxy { reason, .. } | Rejected::Event { reason, .. } => *reason,
        };
        resolved.rejected.iter().map(reason).collect()
    }

    #[test]
    fn the_principals_own_vote_wins_in_either_order() {
        let appointed = [appointment('b', 'a', 10)];
        for revote in [true, false] {
            let own_first = [
                event(60, 'b', None, Vote::For),
                event(61, 'a', Some('b'), Vote::Against),
            ];
            let resolved = run(&own_first, &appointed, revote);
            assert_eq!(resolved.votes, BTreeMap::from([('b', Vote::For)]));
            assert_eq!(reasons(&resolved), [Rejection::PrincipalVoted]);
            let own_last = [
                event(60, 'a', Some('b'), Vote::Against),
                event(61, 'b', None, Vote::For),
            ];
            let resolved = run(&own_last, &appointed, revote);
            assert_eq!(resolved.votes, BTreeMap::from([('b', Vote::For)]));
            assert!(resolved.rejected.is_empty());
        }
    }

    #[test]
    fn appointments_over_the_limit_are_refused_in_order_of_time() {
        let appointed = [appointment('c', 'a', 20), appointment('b', 'a', 10)];
        let events = [
            event(60, 'a', Some('b'), Vote::For),
            event(61, 'a', Some('c'), Vote::For),
        ];
        let resolved = run(&events, &appointed, true);
        assert_eq!(resolved.votes, BTreeMap::from([('b', Vote::For)]));
        assert_eq!(
            reasons(&resolved),
            [Rejection::ProxyLimit, Rejection::NoProxy]
        );
    }

    #[test]
    fn a_replaced_appointment_frees_its_holder() {
        let appointed = [
            appointment('b', 'a', 10),
            appointment('b', 'd', 20),
            appointment('c', 'a', 30),
            appointment('c', 'a', 40),
        ];
        assert!(run(&[], &appointed, true).rejected.is_empty());
    }

    #[test]
    fn a_proxy_is_not_passed_on() {
        let appointed = [appointment('b', 'a', 10), appointment('a', 'c', 11)];
        let events = [event(60, 'c', Some('b'), Vote::For)];
        let resolved = run(&events, &appointed, true);
        assert_eq!(reasons(&resolved), [Rejection::NoProxy]);
    }

    #[test]
    fn outsiders_neither_appoint_nor_hold() {
        let appointed = [appointment('z', 'a', 10), appointment('b', 'z', 11)];
        let resolved = run(&[], &appointed, true);
        assert_eq!(reasons(&resolved), [Rejection::NotEligible; 2]);
    }

    /// Votes in person alone, by definition: the first or the last before the close.
    fn in_person(events: &[VoteEvent<char>], member: char, revote: bool) -> Option<Vote> {
        let mut own: Vec<&VoteEvent<char>> = events
            .iter()
            .filter(|event| event.by == member && event.at < 100)
            .filter(|event| event.on_behalf_of.is_none_or(|whom| whom == member))
            .collect();
        own.sort_by_key(|event| event.at);
        let counted = if revote { own.last() } else { own.first() };
        counted.map(|event| event.vote)
    }

    prop_compose! {
        fn any_event()(
            at in 0_i64..110,
            by in prop::char::range('a', 'g'),
            principal in prop::option::of(prop::char::range('a', 'g')),
            vote in select(Vote::ALL),
        ) -> VoteEvent<char> {
            event(at, by, principal, vote)
        }
    }

    prop_compose! {
        fn any_appointment()(
            principal in prop::char::range('a', 'g'),
            holder in prop::char::range('a', 'g'),
            at in 0_i64..60,
        ) -> Appointment<char> {
            appointment(principal, holder, at)
        }
    }

    proptest! {
        #[test]
        fn a_member_who_votes_in_person_has_that_vote(
            events in prop::collection::vec(any_event(), 0..12),
            appointments in prop::collection::vec(any_appointment(), 0..8),
            revote in any::<bool>(),
        ) {
            let resolved = run(&events, &appointments, revote);
            for member in 'a'..='f' {
                if let Some(own) = in_person(&events, member, revote) {
                    prop_assert_eq!(resolved.votes.get(&member), Some(&own));
                } else if resolved.votes.contains_key(&member) {
                    let represented = appointments.iter().any(|a| a.principal == member);
                    prop_assert!(represented);
                }
            }
            prop_assert!(!resolved.votes.contains_key(&'g'));
            let refused = events.len() + appointments.len();
            prop_assert!(resolved.rejected.len() <= refused);
        }
    }
}
