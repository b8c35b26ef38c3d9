//! Votes, changed votes and proxies, by example and by property.

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
        .filter(|event| {
            event
                .on_behalf_of
                .is_none_or(|principal| principal == member)
        })
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
