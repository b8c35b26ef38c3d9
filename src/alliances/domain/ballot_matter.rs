//! What a ballot can be about, and the rule by which each matter is decided unless the by-laws say otherwise.
//!
//! The list is closed: resale prices, the sharing of markets or customers, and boycotts are no matter of a
//! ballot, because associations must not organise them.

use crate::alliances::domain::ballot_rule::BallotRule;
use crate::alliances::domain::ballot_rule::Base;
use crate::alliances::domain::ballot_rule::ContributionBasis;
use crate::alliances::domain::ballot_rule::EarlyClose;
use crate::alliances::domain::ballot_rule::Measure;
use crate::alliances::domain::ballot_rule::Quorum;
use crate::alliances::domain::ballot_rule::RuleRefused;
use crate::alliances::domain::ballot_rule::Secrecy;
use crate::alliances::domain::ballot_rule::Test;
use crate::alliances::domain::ballot_rule::Tie;
use crate::alliances::domain::ballot_rule::Turnout;
use crate::alliances::domain::ballot_rule::WeightBasis;
use crate::kernel::rational::Exact;
use crate::words;

words! {
    /// What is decided. Prices, markets and boycotts are never a matter.
    pub enum BallotMatter {
        /// A season's budget with its levy notices; the subject is an assessment.
        SeasonBudget = "season_budget",
        /// A new levy policy, with its measures and caps; the subject is the policy.
        LevyPolicy = "levy_policy",
        /// A new promotion inside the budget; the subject is the promotion.
        Promotion = "promotion",
        /// An award above the limit: a choice among the open bids; the subject is the evaluation.
        TenderAward = "tender_award",
        /// A write-off or a discount for one member; the subject is the write-off.
        WriteOff = "write_off",
        /// A transfer between restricted funds; the subject is the transfer.
        Transfer = "transfer",
        /// A sponsor deal with strings; the subject is the deal.
        SponsorDeal = "sponsor_deal",
        /// The expulsion of a member after a hearing; the subject is the case against it.
        Expulsion = "expulsion",
        /// The end of the alliance and what becomes of its assets; the subject is the dissolution.
        Dissolution = "dissolution",
        /// A question without legal effect, such as a sense check or a date; it has no subject.
        Advisory = "advisory",
    }
}

impl BallotMatter {
    /// Whether by-laws may only tighten its rule.
    pub const fn is_starred(self) -> bool {
        match self {
            Self::SeasonBudget
            | Self::LevyPolicy
            | Self::WriteOff
            | Self::Transfer
            | Self::Expulsion
            | Self::Dissolution => true,
            Self::Promotion | Self::TenderAward | Self::SponsorDeal | Self::Advisory => false,
        }
    }

    /// Whether the outcome permits or binds anything.
    pub const fn has_effect(self) -> bool {
        !matches!(self, Self::Advisory)
    }

    /// Whether members choose among the options of the subject instead of voting for or against.
    pub const fn is_choice(self) -> bool {
        matches!(self, Self::TenderAward)
    }

    /// Whether arrears suspend the vote. They do not in the hearing of a member.
    pub const fn is_about_money(self) -> bool {
        match self {
            Self::SeasonBudget
            | Self::LevyPolicy
            | Self::WriteOff
            | Self::Transfer
            | Self::SponsorDeal
            | Self::Dissolution => true,
            Self::Promotion | Self::TenderAward | Self::Expulsion | Self::Advisory => false,
        }
    }

    /// The rule of the matter where the by-laws name none.
    pub fn default_rule(self) -> BallotRule {
        use Measure::Head;
        use Measure::Weight;
        let for_against = Base::ForAgainst;
        match self {
            Self::SeasonBudget | Self::SponsorDeal => BallotRule {
                quorum: vec![quorum(Head, "1/4"), quorum(Weight, "1/4")],
                tests: vec![
                    more_than(Head, for_against, "1/2"),
                    more_than(Weight, for_against, "1/2"),
                ],
                ..by_contribution()
            },
            Self::LevyPolicy => BallotRule {
                quorum: vec![quorum(Head, "1/2")],
                tests: vec![
                    at_least(Head, Base::Cast, "2/3"),
                    more_than(Weight, for_against, "1/2"),
                ],
                ..by_contribution()
            },
            Self::Promotion | Self::TenderAward | Self::WriteOff | Self::Transfer => BallotRule {
                quorum: vec![quorum(Head, "1/4")],
                ..simple()
            },
            Self::Expulsion => BallotRule {
                tests: vec![at_least(Head, Base::Eligible, "3/4")],
                secrecy: Secrecy::Secret,
                ..simple()
            },
            Self::Dissolution => BallotRule {
                tests: vec![
                    at_least(Head, Base::Eligible, "3/4"),
                    at_least(Weight, Base::Eligible, "2/3"),
                ],
                ..by_contribution()
            },
            Self::Advisory => simple(),
        }
    }

    /// Checks a rule's parts, and that a choice is counted by one majority of heads.
    ///
    /// # Errors
    /// `Invalid` with the part at fault.
    pub fn check_shape(self, rule: &BallotRule) -> Result<(), RuleRefused> {
        rule.validate()?;
        if self.is_choice() {
            check_choice(rule)?;
        }
        Ok(())
    }
}

/// Checks that a rule counts a choice among options: one vote per member, more than a fraction of the votes
/// for options, at least a half, so that no two options can have it.
///
/// # Errors
/// `Invalid` with the part at fault.
pub fn check_choice(rule: &BallotRule) -> Result<(), RuleRefused> {
    let refuse = |part, reason| Err(RuleRefused::Invalid { part, reason });
    let half = fraction("1/2");
    let counts = |test: &Test| {
        test.by == Measure::Head
            && test.base == Base::ForAgainst
            && test.strict
            && test.threshold >= half
            && test.threshold < Exact::whole(1)
    };
    if !matches!(rule.tests.as_slice(), [only] if counts(only)) {
        return refuse(
            "tests",
            "A choice has one test: more than a half of the votes for options, or more, by head.",
        );
    }
    if rule.weight != WeightBasis::Equal || rule.weight_cap.is_some() {
        return refuse("weight", "In a choice every member has one vote.");
    }
    if rule.quorum.iter().any(|q| q.by == Measure::Weight) {
        return refuse("quorum", "In a choice every member has one vote.");
    }
    if rule.early_close == EarlyClose::WhenDecided {
        return refuse("early_close", "A choice runs to its closing instant.");
    }
    Ok(())
}

/// More than half of the votes by head; any turnout is enough.
fn simple() -> BallotRule {
    BallotRule {
        name: None,
        quorum: Vec::new(),
        tests: vec![more_than(Measure::Head, Base::ForAgainst, "1/2")],
        weight: WeightBasis::Equal,
        weight_cap: None,
        secrecy: Secrecy::SecretUntilClose,
        revote: true,
        early_close: EarlyClose::Never,
        proxies: None,
        tie: Tie::Lost,
    }
}

fn by_contribution() -> BallotRule {
    BallotRule {
        weight: WeightBasis::Contribution(ContributionBasis::Billed),
        ..simple()
    }
}

fn fraction(text: &str) -> Exact {
    Exact::parse(text).expect("a literal fraction")
}

fn quorum(by: Measure, min: &str) -> Quorum {
    Quorum {
        by,
        min: fraction(min),
        counts: Turnout::Cast,
    }
}

fn more_than(by: Measure, base: Base, threshold: &str) -> Test {
    Test {
        by,
        base,
        threshold: fraction(threshold),
        strict: true,
    }
}

fn at_least(by: Measure, base: Base, threshold: &str) -> Test {
    Test {
        strict: false,
        ..more_than(by, base, threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_has_the_shape_of_its_matter() {
        for matter in BallotMatter::ALL {
            assert_eq!(
                matter.check_shape(&matter.default_rule()),
                Ok(()),
                "{matter}"
            );
        }
    }

    #[test]
    fn a_choice_needs_a_majority_that_one_option_alone_can_have() {
        let award = BallotMatter::TenderAward;
        let with = |test: Test| BallotRule {
            tests: vec![test],
            ..award.default_rule()
        };
        for bad in [
            more_than(Measure::Weight, Base::ForAgainst, "1/2"),
            more_than(Measure::Head, Base::Eligible, "1/2"),
            more_than(Measure::Head, Base::ForAgainst, "2/5"),
            more_than(Measure::Head, Base::ForAgainst, "1"),
            at_least(Measure::Head, Base::ForAgainst, "1/2"),
        ] {
            assert!(award.check_shape(&with(bad)).is_err());
        }
        let two_thirds = more_than(Measure::Head, Base::ForAgainst, "2/3");
        assert_eq!(award.check_shape(&with(two_thirds)), Ok(()));
    }
}
