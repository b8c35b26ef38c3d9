//! The record of a declared ballot: what every member may know and check, each part with its fraction.

use crate::ballots::domain::choice_round::End;
use crate::ballots::domain::choice_round::Round;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Base;
use crate::ballots::domain::rule::Measure;
use crate::ballots::domain::rule::Quorum;
use crate::ballots::domain::rule::Test;
use crate::ballots::domain::rule::Tie;
use crate::ballots::domain::rule::Turnout;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Side;
use crate::ballots::domain::tally::Sides;
use crate::ballots::domain::tally::Tally;
use crate::ballots::domain::tally::Verdict;
use crate::kernel::rational::Exact;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A quorum as it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuorumLine {
    /// Members or weights.
    pub by: Measure,
    /// The votes that count towards it.
    pub counts: Turnout,
    /// Fraction of the eligible that is enough.
    pub min: Exact,
    /// What took part.
    #[schema(minimum = 0)]
    pub reached: i64,
    /// The eligible.
    #[schema(minimum = 0)]
    pub of: i64,
    /// Whether it is enough.
    pub met: bool,
}

/// A test as it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestLine {
    /// Members or weights.
    pub by: Measure,
    /// The whole of which the threshold is a fraction.
    pub base: Base,
    /// The fraction.
    pub threshold: Exact,
    /// `true`: more than the threshold; else at least the threshold.
    pub strict: bool,
    /// What was in favour.
    #[schema(minimum = 0)]
    pub in_favour: i64,
    /// The whole.
    #[schema(minimum = 0)]
    pub of: i64,
    /// Whether it passed.
    pub passed: bool,
}

/// The count of a ballot, as it is declared and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BallotRecord {
    /// In favour, with effective weights; in a choice: the votes of the strongest option.
    #[serde(rename = "for")]
    pub in_favour: Side,
    /// Against; in a choice: the votes of the other options.
    pub against: Side,
    /// Blank.
    pub abstain: Side,
    /// The whole electorate.
    pub eligible: Side,
    /// The weight to which heavier members were cut; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_ceiling: Option<i64>,
    /// Whether every quorum is reached.
    pub quorate: bool,
    /// Whether each test passes, in the order of the rule.
    #[schema(max_items = 8)]
    pub tests: Vec<bool>,
    /// The declaration.
    pub result: Outcome,
    /// The rounds of a choice; the last one decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub rounds: Vec<RoundRecord>,
    /// What the chair decided on a tie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub casting_vote: Option<String>,
}

impl BallotRecord {
    /// The sides of the count.
    pub fn sides(&self) -> Sides {
        Sides {
            in_favour: self.in_favour,
            against: self.against,
            abstain: self.abstain,
            eligible: self.eligible,
        }
    }

    /// A motion's count.
    pub fn of_motion(tally: Tally) -> Self {
        Self::of(tally.sides, tally.weight_ceiling, tally.verdict)
    }

    fn of(sides: Sides, weight_ceiling: Option<i64>, verdict: Verdict) -> Self {
        Self {
            in_favour: sides.in_favour,
            against: sides.against,
            abstain: sides.abstain,
            eligible: sides.eligible,
            weight_ceiling,
            quorate: verdict.quorate,
            tests: verdict.tests,
            result: verdict.result,
            rounds: Vec::new(),
            casting_vote: None,
        }
    }

    /// The count of a choice whose last round is `round`.
    pub fn of_choice(round: &Round, tie: Tie, rounds: Vec<RoundRecord>) -> Self {
        let result = match &round.end {
            End::Elected(_) => Outcome::Carried,
            End::Inquorate => Outcome::Inquorate,
            End::Tied(_) if tie == Tie::Chair => Outcome::CastingVote,
            End::Tied(_) | End::NoVotes | End::RunOff(_) => Outcome::Lost,
        };
        let verdict = Verdict {
            quorate: round.quorate,
            tests: vec![matches!(round.end, End::Elected(_))],
            result,
        };
        Self {
            rounds,
            ..Self::of(round.sides, None, verdict)
        }
    }
}

/// One round of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoundRecord {
    /// 1, 2, 3 …
    #[schema(minimum = 1)]
    pub round: i64,
    /// Votes of each option.
    pub counts: BTreeMap<String, u64>,
    /// Votes for none of them.
    pub abstain: u64,
    /// Who went on, where nobody had the majority.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub finalists: Vec<String>,
}

/// Each quorum of a rule with its figures.
pub fn quorum_lines(rule: &BallotRule, sides: &Sides) -> Vec<QuorumLine> {
    let line = |quorum: &Quorum| {
        let base = match quorum.counts {
            Turnout::ForAgainst => Base::ForAgainst,
            Turnout::Cast => Base::Cast,
        };
        QuorumLine {
            by: quorum.by,
            counts: quorum.counts,
            min: quorum.min.clone(),
            reached: figure(sides, quorum.by, base),
            of: figure(sides, quorum.by, Base::Eligible),
            met: sides.meets(quorum),
        }
    };
    rule.quorum.iter().map(line).collect()
}

/// Each test of a rule with its figures, and whether it passed as declared.
pub fn test_lines(rule: &BallotRule, sides: &Sides, passed: &[bool]) -> Vec<TestLine> {
    let line = |(test, passed): (&Test, &bool)| TestLine {
        by: test.by,
        base: test.base,
        threshold: test.threshold.clone(),
        strict: test.strict,
        in_favour: match test.by {
            Measure::Head => sides.in_favour.head,
            Measure::Weight => sides.in_favour.weight,
        },
        of: figure(sides, test.by, test.base),
        passed: *passed,
    };
    rule.tests.iter().zip(passed).map(line).collect()
}

fn figure(sides: &Sides, by: Measure, base: Base) -> i64 {
    i64::try_from(sides.base(by, base)).unwrap_or(i64::MAX)
}
