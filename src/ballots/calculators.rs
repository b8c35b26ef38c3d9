//! The counting rules without the paperwork: stateless requests and answers in plain maps by id.
//! The functions are those that real ballots use.

use crate::ballots::domain::choice;
use crate::ballots::domain::choice::Choice;
use crate::ballots::domain::early_close;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Side;
use crate::ballots::domain::tally::Sides;
use crate::ballots::domain::tally::Vote;
use crate::by_kind;
use crate::kernel::rational::Exact;
use crate::words;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

mod votes;

pub use votes::EventInput;
pub use votes::ProxyInput;
pub use votes::RejectedItem;
pub use votes::VotesAnswer;
pub use votes::VotesKind;
pub use votes::VotesRequest;
pub use votes::votes;

/// Members (any text of the caller's) and their weights, not negative.
pub type Electorate = BTreeMap<String, i64>;

by_kind! {
    /// What to count: single votes, or sides already added up.
    #[derive(garde::Validate)]
    #[garde(allow_unvalidated)]
    pub enum TallyRequest {
        /// Single votes over an electorate; the rule's weight cap is applied.
        Tally(TallyInput) = "tally",
        /// Published sums; their weights are taken as effective weights.
        TallyAggregate(AggregateInput) = "tally_aggregate",
    }
}

words! {
    /// The kind of [`TallyInput`].
    pub enum TallyKind { Tally = "tally" }
}

words! {
    /// The kind of [`AggregateInput`].
    pub enum AggregateKind { TallyAggregate = "tally_aggregate" }
}

/// Single votes over an electorate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TallyInput {
    /// Says that this is one.
    pub kind: TallyKind,
    /// The rule of the ballot.
    pub rule: BallotRule,
    /// Member to weight.
    pub electorate: Electorate,
    /// Member to vote; members without one did not vote.
    pub votes: BTreeMap<String, Vote>,
}

/// Sums of members and weights.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AggregateInput {
    /// Says that this is one.
    pub kind: AggregateKind,
    /// The rule of the ballot.
    pub rule: BallotRule,
    /// In favour.
    #[serde(rename = "for")]
    pub in_favour: Side,
    /// Against.
    pub against: Side,
    /// Blank.
    pub abstain: Side,
    /// The whole electorate.
    pub eligible: Side,
}

/// A count and its declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TallyAnswer {
    /// In favour, with effective weights.
    #[serde(rename = "for")]
    pub in_favour: Side,
    /// Against.
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
}

/// Members, events or appointments that one request may hold.
const MOST: usize = 100_000;
/// Options that one request may hold.
const MOST_OPTIONS: usize = 10_000;

fn at_most(what: &'static str, count: usize, limit: usize) -> Result<(), BallotRefused> {
    if count > limit {
        return Err(BallotRefused::TooMany { what, count, limit });
    }
    Ok(())
}

/// Counts a motion.
///
/// # Errors
/// More than 100,000 members; else as [`tally::tally`]; for sums also figures that are negative or beyond the electorate.
pub fn tally(request: &TallyRequest) -> Result<TallyAnswer, BallotRefused> {
    let tally = match request {
        TallyRequest::Tally(input) => {
            at_most("members", input.electorate.len(), MOST)?;
            tally::tally(&input.rule, &input.electorate, &input.votes)?
        }
        TallyRequest::TallyAggregate(input) => {
            let sides = Sides {
                in_favour: input.in_favour,
                against: input.against,
                abstain: input.abstain,
                eligible: input.eligible,
            };
            input.rule.validate()?;
            sides.validate()?;
            tally::Tally {
                sides,
                weight_ceiling: None,
                verdict: tally::judge(&input.rule, &sides),
            }
        }
    };
    Ok(TallyAnswer::from(tally))
}

impl From<tally::Tally> for TallyAnswer {
    fn from(tally: tally::Tally) -> Self {
        Self {
            in_favour: tally.sides.in_favour,
            against: tally.sides.against,
            abstain: tally.sides.abstain,
            eligible: tally.sides.eligible,
            weight_ceiling: tally.weight_ceiling,
            quorate: tally.verdict.quorate,
            tests: tally.verdict.tests,
            result: tally.verdict.result,
        }
    }
}

words! {
    /// The only kind of this calculator.
    pub enum EarlyCloseKind { EarlyClose = "early_close" }
}

/// Final votes so far, in an open ballot.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct EarlyCloseRequest {
    /// May be left out.
    #[serde(default)]
    pub kind: Option<EarlyCloseKind>,
    /// The rule of the ballot.
    pub rule: BallotRule,
    /// Member to weight.
    pub electorate: Electorate,
    /// Member to vote; the others may still vote or stay away.
    pub votes: BTreeMap<String, Vote>,
}

/// Whether the result stands already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EarlyCloseAnswer {
    /// The result that no completion changes, or null. `lost` includes inquorate.
    pub decided: Option<Outcome>,
}

/// Decides whether a ballot may close before its time.
///
/// # Errors
/// More than 100,000 members, events or appointments; else as for counting.
pub fn early_close(request: &EarlyCloseRequest) -> Result<EarlyCloseAnswer, BallotRefused> {
    at_most("members", request.electorate.len(), MOST)?;
    early_close::decided(&request.rule, &request.electorate, &request.votes)
        .map(|decided| EarlyCloseAnswer { decided })
}

words! {
    /// The only kind of this calculator.
    pub enum ChoiceKind { Choice = "choice" }
}

/// One vote per member for one of several options.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ChoiceRequest {
    /// May be left out.
    #[serde(default)]
    pub kind: Option<ChoiceKind>,
    /// The options, in the order of the ballot paper.
    #[schema(min_items = 1, max_items = 10_000)]
    pub options: Vec<String>,
    /// Member to option, or to `abstain`.
    pub votes: BTreeMap<String, String>,
    /// An option needs more than this fraction of the votes for options; at least 1/2.
    pub majority: Exact,
}

/// How the choice ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChoiceAnswer {
    /// Votes of each option.
    pub counts: BTreeMap<String, u64>,
    /// The end.
    #[serde(flatten)]
    pub end: ChoiceEnd,
}

/// The end of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ChoiceEnd {
    /// One option has the majority.
    Elected {
        /// It.
        #[schema(max_length = 200)]
        option: String,
    },
    /// The strongest go on, in the order of the ballot paper.
    Runoff {
        /// They.
        #[schema(max_items = 10_000)]
        finalists: Vec<String>,
    },
    /// Nobody voted for an option.
    NoVotes,
}

/// Counts a choice among options.
///
/// # Errors
/// More than 100,000 votes or 10,000 options; else as [`choice::count`].
pub fn choice(request: &ChoiceRequest) -> Result<ChoiceAnswer, BallotRefused> {
    at_most("members", request.votes.len(), MOST)?;
    at_most("options", request.options.len(), MOST_OPTIONS)?;
    let votes = request.votes.values().map(String::as_str);
    let counted = choice::count(&request.options, votes, &request.majority)?;
    Ok(ChoiceAnswer {
        counts: counted.counts,
        end: match counted.choice {
            Choice::Elected { option } => ChoiceEnd::Elected { option },
            Choice::Runoff { finalists } => ChoiceEnd::Runoff { finalists },
            Choice::NoVotes => ChoiceEnd::NoVotes,
        },
    })
}

#[cfg(test)]
mod tests;
