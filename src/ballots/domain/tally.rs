//! Counting: sides by head and weight, quorums, tests, result. Comparisons are cross-multiplied
//! integers, so a third is a third.

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Base;
use crate::ballots::domain::rule::Measure;
use crate::ballots::domain::rule::Quorum;
use crate::ballots::domain::rule::Test;
use crate::ballots::domain::rule::Tie;
use crate::ballots::domain::rule::Turnout;
use crate::ballots::domain::weight;
use crate::kernel::rational::Exact;
use crate::words;
use num_bigint::BigInt;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Display;

words! {
    /// A vote on a motion. A missing vote is none of them.
    pub enum Vote { For = "for", Against = "against", Abstain = "abstain" }
}

words! {
    /// What a count declares.
    pub enum Outcome {
        /// Quorate, and every test passed.
        Carried = "carried",
        /// Quorate, and a test failed.
        Lost = "lost",
        /// Too few took part; the tests do not matter.
        Inquorate = "inquorate",
        /// Every failing test stands exactly on its threshold, and the chair decides.
        CastingVote = "casting_vote",
    }
}

/// Members and their weights on one side.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// Members, not negative.
    #[schema(minimum = 0)]
    pub head: i64,
    /// Their effective weights together, not negative.
    #[schema(minimum = 0)]
    pub weight: i64,
}

impl Side {
    fn by(self, measure: Measure) -> i128 {
        i128::from(match measure {
            Measure::Head => self.head,
            Measure::Weight => self.weight,
        })
    }

    fn add(&mut self, weight: i64) -> Result<(), BallotRefused> {
        self.head += 1;
        self.weight = self
            .weight
            .checked_add(weight)
            .ok_or(BallotRefused::Overflow)?;
        Ok(())
    }
}

/// The sides of a motion. Weights are effective weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sides {
    /// Votes for.
    pub in_favour: Side,
    /// Votes against.
    pub against: Side,
    /// Blank votes.
    pub abstain: Side,
    /// The whole electorate, voting or not.
    pub eligible: Side,
}

impl Sides {
    /// Checks figures that come from outside: none negative, none beyond the electorate.
    ///
    /// # Errors
    /// `Negative` or `CastExceedsEligible`.
    pub fn validate(&self) -> Result<(), BallotRefused> {
        let sides = [
            ("for", self.in_favour),
            ("against", self.against),
            ("abstain", self.abstain),
            ("eligible", self.eligible),
        ];
        for (field, side) in sides {
            if side.head < 0 || side.weight < 0 {
                return Err(BallotRefused::Negative {
                    field: field.into(),
                });
            }
        }
        for measure in Measure::ALL {
            if self.base(*measure, Base::Cast) > self.eligible.by(*measure) {
                return Err(BallotRefused::CastExceedsEligible {
                    by: measure.as_str(),
                });
            }
        }
        Ok(())
    }

    /// Whether enough took part for one quorum.
    pub(super) fn meets(&self, quorum: &Quorum) -> bool {
        let base = match quorum.counts {
            Turnout::ForAgainst => Base::ForAgainst,
            Turnout::Cast => Base::Cast,
        };
        let taking_part = self.base(quorum.by, base);
        against_fraction(taking_part, &quorum.min, self.eligible.by(quorum.by)).is_ge()
    }

    pub(super) fn base(&self, measure: Measure, base: Base) -> i128 {
        let for_against = self.in_favour.by(measure) + self.against.by(measure);
        match base {
            Base::ForAgainst => for_against,
            Base::Cast => for_against + self.abstain.by(measure),
            Base::Eligible => self.eligible.by(measure),
        }
    }

    pub(super) fn side_mut(&mut self, vote: Vote) -> &mut Side {
        match vote {
            Vote::For => &mut self.in_favour,
            Vote::Against => &mut self.against,
            Vote::Abstain => &mut self.abstain,
        }
    }
}

/// What a rule says about the sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether every quorum is reached.
    pub quorate: bool,
    /// Whether each test of the rule passes, in its order.
    pub tests: Vec<bool>,
    /// The declaration.
    pub result: Outcome,
}

/// A count from single votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The sides, with effective weights.
    pub sides: Sides,
    /// The weight to which heavier members were cut, if any was.
    pub weight_ceiling: Option<i64>,
    /// What the rule says about them.
    pub verdict: Verdict,
}

/// Applies a rule to sides. A motion with nothing in its favour never carries.
pub fn judge(rule: &BallotRule, sides: &Sides) -> Verdict {
    let quorate = rule.quorum.iter().all(|quorum| sides.meets(quorum));
    let standings: Vec<Standing> = rule
        .tests
        .iter()
        .map(|test| standing(test, sides))
        .collect();
    Verdict {
        quorate,
        tests: standings.iter().map(|s| *s == Standing::Passed).collect(),
        result: declare(rule.tie, quorate, &standings),
    }
}

fn declare(tie: Tie, quorate: bool, standings: &[Standing]) -> Outcome {
    if !quorate {
        return Outcome::Inquorate;
    }
    match standings.iter().max() {
        Some(Standing::Failed) => Outcome::Lost,
        Some(Standing::OnTheLine) if tie == Tie::Chair => Outcome::CastingVote,
        Some(Standing::OnTheLine) => Outcome::Lost,
        Some(Standing::Passed) | None => Outcome::Carried,
    }
}

/// Ordered from best to worst, so that the worst test decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Passed,
    OnTheLine,
    Failed,
}

fn standing(test: &Test, sides: &Sides) -> Standing {
    let in_favour = sides.in_favour.by(test.by);
    if in_favour == 0 {
        return Standing::Failed;
    }
    match against_fraction(in_favour, &test.threshold, sides.base(test.by, test.base)) {
        Ordering::Greater => Standing::Passed,
        Ordering::Equal if test.strict => Standing::OnTheLine,
        Ordering::Equal => Standing::Passed,
        Ordering::Less => Standing::Failed,
    }
}

/// Compares `part` with `fraction * whole`.
fn against_fraction(part: i128, fraction: &Exact, whole: i128) -> Ordering {
    (BigInt::from(part) * fraction.0.denom()).cmp(&(fraction.0.numer() * BigInt::from(whole)))
}

/// An electorate with its effective weights, in which votes are counted.
#[derive(Debug)]
pub struct Roll<'a, K> {
    electorate: &'a BTreeMap<K, i64>,
    ceiling: Option<i64>,
}

impl<'a, K: Ord + Display> Roll<'a, K> {
    /// Applies the rule's cap to the weights. O(n log n).
    ///
    /// # Errors
    /// An invalid rule, a negative weight, or a cap that cannot be met.
    pub fn new(rule: &BallotRule, electorate: &'a BTreeMap<K, i64>) -> Result<Self, BallotRefused> {
        rule.validate()?;
        if let Some((member, _)) = electorate.iter().find(|(_, weight)| **weight < 0) {
            return Err(BallotRefused::Negative {
                field: member.to_string(),
            });
        }
        let ceiling = match &rule.weight_cap {
            Some(cap) => {
                let weights: Vec<i64> = electorate.values().copied().collect();
                weight::ceiling(&weights, cap)?
            }
            None => None,
        };
        Ok(Self {
            electorate,
            ceiling,
        })
    }

    /// The weight to which heavier members are cut, if any is.
    pub fn ceiling(&self) -> Option<i64> {
        self.ceiling
    }

    fn effective(&self, weight: i64) -> i64 {
        weight.min(self.ceiling.unwrap_or(i64::MAX))
    }

    /// The sides, with every member who did not vote taken to vote `missing` (or not at all).
    ///
    /// # Errors
    /// A vote from outside the electorate, or an overflow.
    pub fn sides(
        &self,
        votes: &BTreeMap<K, Vote>,
        missing: Option<Vote>,
    ) -> Result<Sides, BallotRefused> {
        // Both maps are in the order of their keys, so one walk finds every vote and every outsider.
        let mut votes = votes.iter().peekable();
        let mut sides = Sides::default();
        for (member, weight) in self.electorate {
            if let Some((outsider, _)) = votes.next_if(|(voter, _)| *voter < member) {
                return Err(outside(outsider));
            }
            let vote = votes.next_if(|(voter, _)| *voter == member);
            let weight = self.effective(*weight);
            sides.eligible.add(weight)?;
            if let Some(vote) = vote.map(|(_, vote)| *vote).or(missing) {
                sides.side_mut(vote).add(weight)?;
            }
        }
        if let Some((outsider, _)) = votes.next() {
            return Err(outside(outsider));
        }
        Ok(sides)
    }
}

fn outside(member: &impl Display) -> BallotRefused {
    BallotRefused::VoterNotEligible {
        member: member.to_string(),
    }
}

/// Counts single votes over a snapshot of the electorate (member to raw weight). O(n log n).
///
/// # Errors
/// An invalid rule, a negative weight, an unattainable cap, an outsider's vote or an overflow.
pub fn tally<K: Ord + Display>(
    rule: &BallotRule,
    electorate: &BTreeMap<K, i64>,
    votes: &BTreeMap<K, Vote>,
) -> Result<Tally, BallotRefused> {
    let roll = Roll::new(rule, electorate)?;
    let sides = roll.sides(votes, None)?;
    Ok(Tally {
        sides,
        weight_ceiling: roll.ceiling(),
        verdict: judge(rule, &sides),
    })
}
