//! What a ballot can be about, and the rule by which each matter is decided unless a stricter one is proposed.

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Base;
use crate::ballots::domain::rule::ContributionBasis;
use crate::ballots::domain::rule::EarlyClose;
use crate::ballots::domain::rule::Measure;
use crate::ballots::domain::rule::Quorum;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::domain::rule::Test;
use crate::ballots::domain::rule::Tie;
use crate::ballots::domain::rule::Turnout;
use crate::ballots::domain::rule::WeightBasis;
use crate::kernel::rational::Exact;
use crate::words;

words! {
    /// What is decided. Prices, markets and boycotts are never a matter.
    pub enum BallotMatter {
        /// A season's budget with its levy notices; the subject is an assessment.
        SeasonBudget = "season_budget",
        /// A new promotion inside the budget; the subject is the promotion.
        Promotion = "promotion",
        /// A question without legal effect; it has no subject.
        Advisory = "advisory",
    }
}

impl BallotMatter {
    /// The rule of the matter: a dual majority for budgets, else a simple one; a quarter must take part.
    pub fn default_rule(self) -> BallotRule {
        let budget = self == Self::SeasonBudget;
        let measures: &[Measure] = if budget {
            &[Measure::Head, Measure::Weight]
        } else {
            &[Measure::Head]
        };
        let quorum = match self {
            Self::SeasonBudget | Self::Promotion => {
                measures.iter().map(|by| quarter(*by)).collect()
            }
            Self::Advisory => Vec::new(),
        };
        BallotRule {
            name: None,
            quorum,
            tests: measures.iter().map(|by| more_than_half(*by)).collect(),
            weight: if budget {
                WeightBasis::Contribution(ContributionBasis::Billed)
            } else {
                WeightBasis::Equal
            },
            weight_cap: None,
            secrecy: Secrecy::SecretUntilClose,
            revote: true,
            early_close: EarlyClose::Never,
            proxies: None,
            tie: Tie::Lost,
        }
    }

    /// Accepts a proposed rule: one that counts, that is offered, and that is at least as strict as the
    /// default wherever the outcome has legal effect.
    ///
    /// # Errors
    /// `RuleInvalid`, `NotOffered` or `RuleLoosened`.
    pub fn accept(self, rule: &BallotRule) -> Result<(), BallotRefused> {
        rule.validate()?;
        if rule.secrecy == Secrecy::Secret {
            return Err(BallotRefused::NotOffered { part: "secrecy" });
        }
        if rule.proxies.is_some() {
            return Err(BallotRefused::NotOffered { part: "proxies" });
        }
        if rule.tie == Tie::Chair {
            return Err(BallotRefused::NotOffered { part: "tie" });
        }
        let default = self.default_rule();
        if rule.weight != default.weight {
            return Err(BallotRefused::NotOffered { part: "weight" });
        }
        if self == Self::Advisory {
            return Ok(());
        }
        let loosened = |part| Err(BallotRefused::RuleLoosened { part });
        if rule.weight_cap.is_some() {
            return loosened("weight_cap");
        }
        if !default
            .quorum
            .iter()
            .all(|least| rule.quorum.iter().any(|q| holds_quorum(q, least)))
        {
            return loosened("quorum");
        }
        if !default
            .tests
            .iter()
            .all(|least| rule.tests.iter().any(|t| holds_test(t, least)))
        {
            return loosened("tests");
        }
        Ok(())
    }
}

fn quarter(by: Measure) -> Quorum {
    Quorum {
        by,
        min: Exact::parse("1/4").expect("a literal fraction"),
        counts: Turnout::Cast,
    }
}

fn more_than_half(by: Measure) -> Test {
    Test {
        by,
        base: Base::ForAgainst,
        threshold: Exact::parse("1/2").expect("a literal fraction"),
        strict: true,
    }
}

/// Whether whatever reaches `quorum` reaches `least` as well.
fn holds_quorum(quorum: &Quorum, least: &Quorum) -> bool {
    let narrower = quorum.counts == Turnout::ForAgainst || quorum.counts == least.counts;
    quorum.by == least.by && narrower && quorum.min >= least.min
}

/// Whether whatever passes `test` passes `least` as well: the declared bases grow, and so does what they ask.
fn holds_test(test: &Test, least: &Test) -> bool {
    let high = test.threshold > least.threshold
        || (test.threshold == least.threshold && (test.strict || !least.strict));
    test.by == least.by && test.base >= least.base && high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ballots::domain::tally::Outcome;
    use crate::ballots::domain::tally::Side;
    use crate::ballots::domain::tally::Sides;
    use crate::ballots::domain::tally::judge;
    use proptest::prelude::*;

    fn test(by: Measure, base: Base, threshold: &str, strict: bool) -> Test {
        let threshold = Exact::parse(threshold).expect("a fraction");
        Test {
            by,
            base,
            threshold,
            strict,
        }
    }

    #[test]
    fn every_default_is_accepted_by_its_own_matter() {
        for matter in BallotMatter::ALL {
            assert_eq!(matter.accept(&matter.default_rule()), Ok(()), "{matter}");
        }
    }

    #[test]
    fn a_rule_may_be_tightened_and_not_loosened() {
        let budget = BallotMatter::SeasonBudget;
        let mut strict = budget.default_rule();
        strict.tests[0] = test(Measure::Head, Base::Eligible, "2/3", false);
        assert_eq!(budget.accept(&strict), Ok(()));
        for loose in [
            test(Measure::Head, Base::ForAgainst, "49/100", true),
            test(Measure::Head, Base::ForAgainst, "1/2", false),
            test(Measure::Weight, Base::Eligible, "1", false),
        ] {
            let mut rule = budget.default_rule();
            rule.tests[0] = loose;
            assert_eq!(
                budget.accept(&rule),
                Err(BallotRefused::RuleLoosened { part: "tests" })
            );
        }
        let mut rule = budget.default_rule();
        rule.quorum.pop();
        assert_eq!(
            budget.accept(&rule),
            Err(BallotRefused::RuleLoosened { part: "quorum" })
        );
    }

    #[test]
    fn what_cannot_be_counted_yet_is_not_offered() {
        let mut rule = BallotMatter::Advisory.default_rule();
        rule.tie = Tie::Chair;
        let refused = BallotMatter::Advisory.accept(&rule);
        assert_eq!(refused, Err(BallotRefused::NotOffered { part: "tie" }));
    }

    fn side() -> impl Strategy<Value = Side> {
        (0_i64..6, 0_i64..20).prop_map(|(head, weight)| Side { head, weight })
    }

    fn rules() -> impl Strategy<Value = BallotRule> {
        let bases = prop::sample::select(vec![Base::ForAgainst, Base::Cast, Base::Eligible]);
        let one = (bases, 1_i64..5, any::<bool>());
        let turnout = prop::sample::select(vec![Turnout::ForAgainst, Turnout::Cast]);
        (prop::collection::vec(one, 2), turnout, 0_i64..4).prop_map(|(tests, counts, min)| {
            let mut rule = BallotMatter::SeasonBudget.default_rule();
            for (at, (base, quarters, strict)) in tests.into_iter().enumerate() {
                let by = rule.tests[at].by;
                rule.tests[at] = test(by, base, &format!("{quarters}/4"), strict);
                rule.quorum[at].counts = counts;
                rule.quorum[at].min = Exact::parse(&format!("{min}/4")).expect("a fraction");
            }
            rule
        })
    }

    proptest! {
        #[test]
        fn whatever_an_accepted_rule_carries_the_default_carries_too(
            rule in rules(), yes in side(), no in side(), blank in side(), absent in side(),
        ) {
            let eligible = Side {
                head: yes.head + no.head + blank.head + absent.head,
                weight: yes.weight + no.weight + blank.weight + absent.weight,
            };
            let sides = Sides { in_favour: yes, against: no, abstain: blank, eligible };
            let matter = BallotMatter::SeasonBudget;
            if matter.accept(&rule).is_ok() && judge(&rule, &sides).result == Outcome::Carried {
                prop_assert_eq!(judge(&matter.default_rule(), &sides).result, Outcome::Carried);
            }
        }
    }
}
