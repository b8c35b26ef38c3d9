//! Whether a rule asks for at least as much as another: by-laws against the law of the house, a single ballot
//! against the by-laws.

use crate::alliances::domain::ballot_matter::BallotMatter;
use crate::alliances::domain::ballot_rule::BallotRule;
use crate::alliances::domain::ballot_rule::Measure;
use crate::alliances::domain::ballot_rule::Quorum;
use crate::alliances::domain::ballot_rule::RuleRefused;
use crate::alliances::domain::ballot_rule::Secrecy;
use crate::alliances::domain::ballot_rule::Test;
use crate::alliances::domain::ballot_rule::Tie;
use crate::alliances::domain::ballot_rule::Turnout;
use crate::alliances::domain::ballot_rule::WeightBasis;

/// Accepts a rule of the by-laws: starred matters may be tightened, never loosened. By-laws may say which
/// contribution weighs, billed or paid, and how much of the whole one member may weigh: that holds for every
/// later ballot alike and favours no outcome.
///
/// # Errors
/// `Invalid` or `Loosened`.
pub fn accept_in_by_laws(matter: BallotMatter, rule: &BallotRule) -> Result<(), RuleRefused> {
    matter.check_shape(rule)?;
    if !matter.is_starred() {
        return Ok(());
    }
    let least = matter.default_rule();
    if weighs(&least) && !is_contribution(&rule.weight) {
        return Err(loosened(matter, "weight"));
    }
    at_least(matter, rule, &least)
}

/// Accepts the rule of a single ballot, which may be stricter than the rule in force and, where the outcome has
/// effect, not looser. Whose weight counts how much is not chosen ballot by ballot.
///
/// # Errors
/// `Invalid` or `Loosened`.
pub fn accept_in_ballot(
    matter: BallotMatter,
    rule: &BallotRule,
    in_force: &BallotRule,
) -> Result<(), RuleRefused> {
    matter.check_shape(rule)?;
    if !matter.has_effect() {
        return Ok(());
    }
    if weighs(in_force) && rule.weight != in_force.weight {
        return Err(loosened(matter, "weight"));
    }
    if weighs(in_force) && rule.weight_cap != in_force.weight_cap {
        return Err(loosened(matter, "weight_cap"));
    }
    at_least(matter, rule, in_force)
}

fn loosened(matter: BallotMatter, part: &'static str) -> RuleRefused {
    RuleRefused::Loosened { matter, part }
}

fn is_contribution(weight: &WeightBasis) -> bool {
    matches!(weight, WeightBasis::Contribution(_))
}

/// Whether weights matter to the outcome.
fn weighs(rule: &BallotRule) -> bool {
    rule.tests.iter().any(|t| t.by == Measure::Weight)
        || rule.quorum.iter().any(|q| q.by == Measure::Weight)
}

fn at_least(
    matter: BallotMatter,
    rule: &BallotRule,
    least: &BallotRule,
) -> Result<(), RuleRefused> {
    let quorum = |least: &Quorum| rule.quorum.iter().any(|q| holds_quorum(q, least));
    if !least.quorum.iter().all(quorum) {
        return Err(loosened(matter, "quorum"));
    }
    let test = |least: &Test| rule.tests.iter().any(|t| holds_test(t, least));
    if !least.tests.iter().all(test) {
        return Err(loosened(matter, "tests"));
    }
    if least.secrecy == Secrecy::Secret && rule.secrecy != Secrecy::Secret {
        return Err(loosened(matter, "secrecy"));
    }
    if least.tie == Tie::Lost && rule.tie == Tie::Chair {
        return Err(loosened(matter, "tie"));
    }
    Ok(())
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
    use crate::alliances::domain::ballot_rule::Base;
    use crate::alliances::domain::ballot_rule::ContributionBasis;
    use crate::kernel::rational::Exact;

    fn test(by: Measure, base: Base, threshold: &str, strict: bool) -> Test {
        let threshold = Exact::parse(threshold).expect("a fraction");
        Test {
            by,
            base,
            threshold,
            strict,
        }
    }

    fn refused(matter: BallotMatter, part: &'static str) -> Result<(), RuleRefused> {
        Err(loosened(matter, part))
    }

    #[test]
    fn every_default_is_accepted_by_its_own_matter() {
        for matter in BallotMatter::ALL {
            let rule = matter.default_rule();
            assert_eq!(accept_in_by_laws(*matter, &rule), Ok(()), "{matter}");
            assert_eq!(accept_in_ballot(*matter, &rule, &rule), Ok(()), "{matter}");
        }
    }

    #[test]
    fn a_starred_rule_may_be_tightened_and_not_loosened() {
        let budget = BallotMatter::SeasonBudget;
        let mut strict = budget.default_rule();
        strict.tests[0] = test(Measure::Head, Base::Eligible, "2/3", false);
        assert_eq!(accept_in_by_laws(budget, &strict), Ok(()));
        for loose in [
            test(Measure::Head, Base::ForAgainst, "49/100", true),
            test(Measure::Head, Base::ForAgainst, "1/2", false),
            test(Measure::Weight, Base::Eligible, "1", false),
        ] {
            let mut rule = budget.default_rule();
            rule.tests[0] = loose;
            assert_eq!(accept_in_by_laws(budget, &rule), refused(budget, "tests"));
        }
        let mut rule = budget.default_rule();
        rule.quorum.pop();
        assert_eq!(accept_in_by_laws(budget, &rule), refused(budget, "quorum"));
        let mut rule = budget.default_rule();
        rule.tie = Tie::Chair;
        assert_eq!(accept_in_by_laws(budget, &rule), refused(budget, "tie"));
        let expulsion = BallotMatter::Expulsion;
        let mut rule = expulsion.default_rule();
        rule.secrecy = Secrecy::Open;
        let expected = refused(expulsion, "secrecy");
        assert_eq!(accept_in_by_laws(expulsion, &rule), expected);
    }

    #[test]
    fn other_matters_may_be_loosened_by_the_by_laws_and_not_by_a_ballot() {
        let promotion = BallotMatter::Promotion;
        let in_force = promotion.default_rule();
        let mut loose = in_force.clone();
        loose.quorum.clear();
        assert_eq!(accept_in_by_laws(promotion, &loose), Ok(()));
        let expected = refused(promotion, "quorum");
        assert_eq!(accept_in_ballot(promotion, &loose, &in_force), expected);
        assert_eq!(accept_in_ballot(promotion, &in_force, &loose), Ok(()));
    }

    #[test]
    fn the_by_laws_say_how_contributions_weigh_and_a_ballot_keeps_to_it() {
        let budget = BallotMatter::SeasonBudget;
        let default = budget.default_rule();
        let mut capped = default.clone();
        capped.weight = WeightBasis::Contribution(ContributionBasis::Paid);
        capped.weight_cap = Exact::parse("1/4");
        assert_eq!(accept_in_by_laws(budget, &capped), Ok(()));
        assert_eq!(accept_in_ballot(budget, &capped, &capped), Ok(()));
        let expected = refused(budget, "weight");
        assert_eq!(accept_in_ballot(budget, &capped, &default), expected);
        let mut equal = default.clone();
        equal.weight = WeightBasis::Equal;
        assert_eq!(accept_in_by_laws(budget, &equal), refused(budget, "weight"));
    }
}
