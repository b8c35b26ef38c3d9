//! Why a ballot cannot be counted as asked.

use crate::ballots::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use serde_json::Map;
use serde_json::Value;

/// A rule of counting said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BallotRefused {
    /// Fewer than 1/cap members have weight, so somebody always weighs more than the cap.
    #[error("{members} members with weight cannot all stay at or below the cap of {cap}.")]
    WeightCapUnattainable {
        /// Members whose weight is above zero.
        members: usize,
        /// The cap as a fraction of the whole.
        cap: String,
    },
    /// A part of the rule is out of its range or contradicts another part.
    #[error("{reason}")]
    RuleInvalid {
        /// The part at fault, such as `tests`.
        part: &'static str,
        /// The broken condition in words.
        reason: &'static str,
    },
    /// A vote of somebody who is not in the electorate.
    #[error("'{member}' is not in the electorate.")]
    VoterNotEligible {
        /// The voter as given.
        member: String,
    },
    /// A weight or a count below zero.
    #[error("'{field}' must not be negative.")]
    Negative {
        /// The member or the side at fault.
        field: String,
    },
    /// The sides together hold more than the electorate.
    #[error("More was cast by {by} than the electorate holds.")]
    CastExceedsEligible {
        /// `head` or `weight`.
        by: &'static str,
    },
    /// A vote for an option that is not on the ballot.
    #[error("'{option}' is not an option of this ballot.")]
    OptionUnknown {
        /// The option as voted.
        option: String,
    },
    /// Options that are missing, repeated or named like an abstention.
    #[error("'{option}' cannot be an option here.")]
    OptionsInvalid {
        /// The option at fault; empty if there is none at all.
        option: String,
    },
    /// More members, events or options than a count accepts.
    #[error("{count} {what} are more than the {limit} allowed.")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// A sum of weights leaves the range of integers.
    #[error("The weights add up to more than can be counted.")]
    Overflow,
}

impl Refusal for BallotRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::WeightCapUnattainable { .. } => &problems::WEIGHT_CAP_UNATTAINABLE,
            Self::RuleInvalid { .. } => &problems::BALLOT_RULE_INVALID,
            Self::VoterNotEligible { .. } => &problems::VOTER_NOT_ELIGIBLE,
            Self::Negative { .. } => &kinds::OUT_OF_RANGE,
            Self::CastExceedsEligible { .. } => &problems::CAST_EXCEEDS_ELIGIBLE,
            Self::OptionUnknown { .. } => &problems::OPTION_UNKNOWN,
            Self::OptionsInvalid { .. } => &problems::OPTIONS_INVALID,
            Self::TooMany { .. } => &kinds::TOO_COMPLEX,
            Self::Overflow => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts: Vec<(&str, Value)> = match self {
            Self::WeightCapUnattainable { members, cap } => vec![
                ("members", Value::from(*members)),
                ("cap", Value::from(cap.as_str())),
            ],
            Self::RuleInvalid { part, .. } => vec![("part", Value::from(*part))],
            Self::VoterNotEligible { member } => vec![("member", Value::from(member.as_str()))],
            Self::Negative { field } => vec![("field", Value::from(field.as_str()))],
            Self::CastExceedsEligible { by } => vec![("by", Value::from(*by))],
            Self::OptionUnknown { option } | Self::OptionsInvalid { option } => {
                vec![("option", Value::from(option.as_str()))]
            }
            Self::TooMany { what, count, limit } => vec![
                ("what", Value::from(*what)),
                ("count", Value::from(*count)),
                ("limit", Value::from(*limit)),
            ],
            Self::Overflow => vec![],
        };
        facts
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}
