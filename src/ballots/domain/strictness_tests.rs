//! What the by-laws call stricter is stricter: whatever an accepted rule carries, the default carries too.

use crate::alliances::domain::tightness::accept_in_by_laws;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Base;
use crate::ballots::domain::rule::Quorum;
use crate::ballots::domain::rule::Test;
use crate::ballots::domain::rule::Turnout;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Side;
use crate::ballots::domain::tally::Sides;
use crate::ballots::domain::tally::judge;
use crate::kernel::rational::Exact;
use proptest::prelude::*;

fn quarters(count: i64) -> Exact {
    Exact::parse(&format!("{count}/4")).expect("a fraction")
}

fn side() -> impl Strategy<Value = Side> {
    (0_i64..6, 0_i64..20).prop_map(|(head, weight)| Side { head, weight })
}

fn starred() -> impl Strategy<Value = BallotMatter> {
    let matters = BallotMatter::ALL.iter().copied();
    let starred: Vec<_> = matters.filter(|matter| matter.is_starred()).collect();
    prop::sample::select(starred)
}

/// The default of a matter with other fractions, bases and turnouts.
fn altered(matter: BallotMatter) -> impl Strategy<Value = BallotRule> {
    let default = matter.default_rule();
    let bases = prop::sample::select(vec![Base::ForAgainst, Base::Cast, Base::Eligible]);
    let turnout = prop::sample::select(vec![Turnout::ForAgainst, Turnout::Cast]);
    let tests = prop::collection::vec((bases, 1_i64..5, any::<bool>()), default.tests.len());
    let quorums = prop::collection::vec((turnout, 0_i64..4), default.quorum.len());
    (tests, quorums).prop_map(move |(tests, quorums)| {
        let mut rule = default.clone();
        for (test, (base, threshold, strict)) in rule.tests.iter_mut().zip(tests) {
            let threshold = quarters(threshold);
            *test = Test {
                by: test.by,
                base,
                threshold,
                strict,
            };
        }
        for (quorum, (counts, min)) in rule.quorum.iter_mut().zip(quorums) {
            let min = quarters(min);
            *quorum = Quorum {
                by: quorum.by,
                min,
                counts,
            };
        }
        rule
    })
}

proptest! {
    #[test]
    fn whatever_an_accepted_rule_carries_the_default_carries_too(
        (matter, rule) in starred().prop_flat_map(|matter| (Just(matter), altered(matter))),
        yes in side(), no in side(), blank in side(), absent in side(),
    ) {
        let eligible = Side {
            head: yes.head + no.head + blank.head + absent.head,
            weight: yes.weight + no.weight + blank.weight + absent.weight,
        };
        let sides = Sides { in_favour: yes, against: no, abstain: blank, eligible };
        let carried = |rule: &BallotRule| judge(rule, &sides).result == Outcome::Carried;
        if accept_in_by_laws(matter, &rule).is_ok() && carried(&rule) {
            prop_assert!(carried(&matter.default_rule()));
        }
    }
}
