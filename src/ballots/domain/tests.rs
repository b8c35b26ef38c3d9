//! Counting against independent oracles: small fractions in floating-free school arithmetic, and
//! every completion of a small electorate.

use super::early_close::decided;
use super::rule::BallotRule;
use super::rule::Base;
use super::rule::EarlyClose;
use super::rule::Measure;
use super::rule::Quorum;
use super::rule::Secrecy;
use super::rule::Test;
use super::rule::Tie;
use super::rule::Turnout;
use super::rule::WeightBasis;
use super::tally::Outcome;
use super::tally::Vote;
use super::tally::tally;
use crate::kernel::rational::Exact;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

type Electorate = BTreeMap<u8, i64>;
type Votes = BTreeMap<u8, Vote>;

fn exact(text: &str) -> Exact {
    Exact::parse(text).expect("a fraction")
}

fn test() -> impl Strategy<Value = Test> {
    let thresholds = select(vec!["0", "1/4", "1/2", "3/5", "2/3", "3/4", "1"]);
    let (by, base) = (select(Measure::ALL), select(Base::ALL));
    (by, base, thresholds, any::<bool>()).prop_map(|(by, base, threshold, strict)| Test {
        by,
        base,
        threshold: exact(threshold),
        strict,
    })
}

fn quorum() -> impl Strategy<Value = Quorum> {
    let fractions = select(vec!["0", "1/4", "1/3", "1/2", "2/3", "1"]);
    (select(Measure::ALL), fractions, select(Turnout::ALL)).prop_map(|(by, min, counts)| Quorum {
        by,
        min: exact(min),
        counts,
    })
}

prop_compose! {
    fn rule()(
        quorum in prop::collection::vec(quorum(), 0..3),
        tests in prop::collection::vec(test(), 1..4),
        tie in select(Tie::ALL),
        cap in prop::option::weighted(0.3, select(vec!["1/3", "2/5", "1/2", "1"])),
    ) -> BallotRule {
        BallotRule {
            name: None,
            quorum,
            tests,
            weight: WeightBasis::Equal,
            weight_cap: cap.map(exact),
            secrecy: Secrecy::Open,
            revote: false,
            early_close: EarlyClose::WhenDecided,
            proxies: None,
            tie,
        }
    }
}

prop_compose! {
    fn ballot()(
        members in prop::collection::vec((0_i64..7, prop::option::of(select(Vote::ALL))), 0..7),
    ) -> (Electorate, Votes) {
        let numbered = || members.iter().zip(0_u8..);
        let electorate = numbered().map(|((weight, _), id)| (id, *weight)).collect();
        let votes = numbered().filter_map(|((_, vote), id)| Some((id, (*vote)?))).collect();
        (electorate, votes)
    }
}

/// Every result that the missing members can still bring about, absence included.
fn reachable(rule: &BallotRule, electorate: &Electorate, votes: &Votes) -> Vec<Outcome> {
    let missing: Vec<u8> = electorate
        .keys()
        .filter(|id| !votes.contains_key(id))
        .copied()
        .collect();
    let ways = 4_usize.pow(u32::try_from(missing.len()).expect("few"));
    let mut found = Vec::new();
    for way in 0..ways {
        let mut completed = votes.clone();
        for (place, id) in (0_u32..).zip(&missing) {
            if let Some(vote) = Vote::ALL.get(way / 4_usize.pow(place) % 4) {
                completed.insert(*id, *vote);
            }
        }
        let outcome = tally(rule, electorate, &completed).expect("countable");
        if !found.contains(&outcome.verdict.result) {
            found.push(outcome.verdict.result);
        }
    }
    found
}

/// Inquorate counts as lost where a ballot closes early.
fn expected(reachable: &[Outcome]) -> Option<Outcome> {
    let lost = |outcome: &Outcome| matches!(outcome, Outcome::Lost | Outcome::Inquorate);
    match reachable {
        all if all.iter().all(lost) => Some(Outcome::Lost),
        [only] => Some(*only),
        _ => None,
    }
}

/// The result in plain integers, one member at a time, with no shared code.
fn by_hand(rule: &BallotRule, electorate: &Electorate, votes: &Votes) -> Outcome {
    let amount = |by: Measure, wanted: &[Option<Vote>]| -> i64 {
        let counted = electorate
            .iter()
            .filter(|(id, _)| wanted.contains(&votes.get(id).copied()));
        counted
            .map(|(_, weight)| if by == Measure::Head { 1 } else { *weight })
            .sum()
    };
    let parts = |fraction: &Exact| -> (i64, i64) {
        let text = fraction.to_string();
        let (numer, denom) = text.split_once('/').unwrap_or((&text, "1"));
        (numer.parse().expect("small"), denom.parse().expect("small"))
    };
    let (yes, no, blank) = (Some(Vote::For), Some(Vote::Against), Some(Vote::Abstain));
    for quorum in &rule.quorum {
        let (numer, denom) = parts(&quorum.min);
        let present = match quorum.counts {
            Turnout::ForAgainst => amount(quorum.by, &[yes, no]),
            Turnout::Cast => amount(quorum.by, &[yes, no, blank]),
        };
        if present * denom < numer * amount(quorum.by, &[yes, no, blank, None]) {
            return Outcome::Inquorate;
        }
    }
    let mut result = Outcome::Carried;
    for test in &rule.tests {
        let (numer, denom) = parts(&test.threshold);
        let whole = match test.base {
            Base::ForAgainst => amount(test.by, &[yes, no]),
            Base::Cast => amount(test.by, &[yes, no, blank]),
            Base::Eligible => amount(test.by, &[yes, no, blank, None]),
        };
        let (have, need) = (amount(test.by, &[yes]) * denom, numer * whole);
        if have == 0 || have < need {
            return Outcome::Lost;
        }
        if have == need && test.strict {
            result = if rule.tie == Tie::Chair {
                Outcome::CastingVote
            } else {
                Outcome::Lost
            };
        }
    }
    result
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_ballot_closes_early_exactly_when_no_completion_changes_it(
        rule in rule(),
        (electorate, votes) in ballot(),
    ) {
        if let Ok(found) = decided(&rule, &electorate, &votes) {
            let reachable = reachable(&rule, &electorate, &votes);
            prop_assert_eq!(found, expected(&reachable), "{:?}", reachable);
        }
    }

    #[test]
    fn a_count_agrees_with_counting_by_hand(
        mut rule in rule(),
        (electorate, votes) in ballot(),
    ) {
        rule.weight_cap = None;
        let counted = tally(&rule, &electorate, &votes).expect("countable").verdict;
        prop_assert_eq!(counted.result, by_hand(&rule, &electorate, &votes));
        let passed = counted.tests.iter().all(|test| *test);
        prop_assert_eq!(counted.result == Outcome::Carried, counted.quorate && passed);
    }

    #[test]
    fn one_more_vote_in_favour_never_harms(
        rule in rule(),
        (electorate, mut votes) in ballot(),
    ) {
        let absent = electorate.keys().find(|id| !votes.contains_key(id)).copied();
        if let (Some(absent), Ok(before)) = (absent, tally(&rule, &electorate, &votes)) {
            votes.insert(absent, Vote::For);
            let after = tally(&rule, &electorate, &votes).expect("countable").verdict.result;
            if before.verdict.result == Outcome::Carried {
                prop_assert_eq!(after, Outcome::Carried);
            }
        }
    }
}

#[test]
fn staying_away_can_still_kill_a_motion() {
    let quorum = Quorum {
        by: Measure::Head,
        min: exact("4/7"),
        counts: Turnout::Cast,
    };
    let majority = Test {
        by: Measure::Head,
        base: Base::ForAgainst,
        threshold: exact("1/2"),
        strict: true,
    };
    let rule = BallotRule {
        name: None,
        quorum: vec![quorum],
        tests: vec![majority],
        weight: WeightBasis::Equal,
        weight_cap: None,
        secrecy: Secrecy::Open,
        revote: false,
        early_close: EarlyClose::WhenDecided,
        proxies: None,
        tie: Tie::Lost,
    };
    let electorate: Electorate = (0..7).map(|id| (id, 1)).collect();
    let mut votes: Votes = (0..3).map(|id| (id, Vote::For)).collect();
    assert_eq!(decided(&rule, &electorate, &votes), Ok(None));
    votes.insert(3, Vote::For);
    assert_eq!(
        decided(&rule, &electorate, &votes),
        Ok(Some(Outcome::Carried))
    );
}

#[test]
fn a_hundred_thousand_members_are_counted_exactly() {
    let rule: BallotRule = serde_json::from_str(
        r#"{"weight_cap": "1/1000", "tests": [
            {"by": "weight", "base": "for_against", "threshold": "1/2", "strict": true}]}"#,
    )
    .expect("a rule");
    let electorate: BTreeMap<u32, i64> =
        (0..100_000).map(|id| (id, i64::from(id) * 1_000)).collect();
    let votes = electorate.keys().map(|id| {
        (
            *id,
            if id % 2 == 0 {
                Vote::For
            } else {
                Vote::Against
            },
        )
    });
    let counted = tally(&rule, &electorate, &votes.collect()).expect("countable");
    assert_eq!(counted.sides.eligible.weight, 4_999_950_000_000);
    assert_eq!(counted.weight_ceiling, None);
    assert_eq!(counted.verdict.result, Outcome::Lost);
}

#[test]
fn weights_that_add_up_too_far_are_refused() {
    let rule: BallotRule = serde_json::from_str(
        r#"{"tests": [{"by": "head", "base": "cast", "threshold": "1/2", "strict": true}]}"#,
    )
    .expect("a rule");
    let electorate: Electorate = [(1, i64::MAX), (2, 1)].into();
    let refused = tally(&rule, &electorate, &Votes::new()).map(|_| ());
    assert_eq!(refused, Err(super::refusal::BallotRefused::Overflow));
    let negative: Electorate = [(1, -1)].into();
    assert!(tally(&rule, &negative, &Votes::new()).is_err());
}
