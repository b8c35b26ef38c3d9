//! Why a ballot cannot be counted as asked.

use crate::alliances::domain::ballot_rule::RuleRefused;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
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
    /// The rule itself cannot be adopted.
    #[error(transparent)]
    Rule(#[from] RuleRefused),
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
    /// The event is not possible in the present state.
    #[error("'{event}' is not possible in the state '{state}'.")]
    IllegalTransition {
        /// The present state.
        state: BallotState,
        /// What was wanted.
        event: BallotEvent,
        /// What is possible.
        allowed: Vec<BallotEvent>,
    },
    /// The by-laws ask for a longer notice.
    #[error("The by-laws ask for {days} days of notice.")]
    NoticeTooShort {
        /// Days between announcement and opening.
        days: u32,
        /// The earliest opening, in milliseconds.
        earliest: i64,
    },
    /// Nobody could vote.
    #[error("The ballot would close before it opens.")]
    ClosesBeforeItOpens {
        /// When it would open, in milliseconds.
        opens_at: i64,
    },
    /// The ballot runs on: its time is not over and its result does not stand.
    #[error("The ballot runs until its closing time, because votes may still change the result.")]
    StillOpen {
        /// When it closes, in milliseconds.
        closes_at: i64,
    },
    /// The time to vote is over.
    #[error("The ballot takes no votes any more.")]
    VotingOver {
        /// When it closed, in milliseconds.
        closes_at: i64,
    },
    /// The time to vote has not come.
    #[error("The ballot takes no votes yet.")]
    NotOpenYet,
    /// The member is not in the frozen electorate.
    #[error("This member is not in the electorate, which was fixed at the opening.")]
    NotAnElector,
    /// The membership rests or has ended since the opening.
    #[error("The membership of this member rests or has ended; it votes no more.")]
    MemberGone,
    /// The question and the options are fixed once members vote.
    #[error("The question was fixed at the opening; withdraw the ballot and reopen it instead.")]
    QuestionFixed,
    /// Members vote on the same subject, or will.
    #[error("Another ballot on this subject is announced or open; withdraw it first.")]
    SubjectAtVote {
        /// The other ballot.
        ballot: String,
    },
    /// The appointment was replaced or revoked before.
    #[error("This appointment has ended already.")]
    ProxyEnded,
    /// Votes are final, and this member has voted.
    #[error("This member has voted, and votes are final here.")]
    AlreadyVoted,
    /// The principal voted in person, which beats the proxy's vote.
    #[error("This member has voted in person; that vote beats the proxy's.")]
    PrincipalVoted,
    /// Nobody appointed this holder for this principal.
    #[error("The member did not appoint you, or appointed somebody else since.")]
    NoProxy,
    /// The rule knows no proxies.
    #[error("This ballot's rule allows no proxies.")]
    ProxiesNotAllowed,
    /// A member cannot hold its own proxy.
    #[error("A member cannot be its own proxy.")]
    ProxyToSelf,
    /// The time to appoint is over.
    #[error("Proxies could be appointed until the deadline only.")]
    ProxyLate {
        /// The first instant that was too late, in milliseconds.
        deadline: i64,
    },
    /// A proxy cannot be passed on.
    #[error(
        "A member that holds a proxy appoints none, and one that appointed a proxy holds none."
    )]
    ProxyChained,
    /// The holder has as many as the rule allows.
    #[error("The holder has the {limit} proxies that the rule allows.")]
    ProxyLimit {
        /// Proxies per holder.
        limit: u32,
    },
    /// Interests are declared before the electorate is fixed.
    #[error("The electorate was fixed at the opening.")]
    ElectorateFrozen,
    /// A ballot is extended once.
    #[error("This ballot was extended already.")]
    AlreadyExtended,
    /// An extension makes the ballot longer, and by thirty days at most.
    #[error("The new closing time is not later, or later by more than {days} days.")]
    ExtensionOutOfRange {
        /// Most days of an extension.
        days: i64,
    },
    /// A ballot that never opened is drafted anew, not reopened.
    #[error("Only a ballot that was withdrawn while it was open is reopened.")]
    NeverOpened,
    /// Something followed already, and it follows once.
    #[error("This was done already.")]
    AlreadyFollowed,
    /// The by-laws know no repetition, or this is one.
    #[error("{reason}")]
    RepeatNotAllowed {
        /// Why not.
        reason: &'static str,
    },
    /// Only an inquorate ballot is repeated, only a tie waits for the chair.
    #[error("The ballot was declared '{result}'.")]
    OtherResult {
        /// What was declared.
        result: &'static str,
    },
    /// The time for this is over.
    #[error("The time for this is over.")]
    TooLate {
        /// When it ended, in milliseconds.
        until: i64,
    },
    /// The by-laws name somebody else.
    #[error("Only the chair has the casting vote.")]
    NotTheChair,
    /// A second person decides.
    #[error("{reason}")]
    SecondPerson {
        /// Who may not.
        reason: &'static str,
    },
    /// A sum of weights leaves the range of integers.
    #[error("The weights add up to more than can be counted.")]
    Overflow,
}

/// An instant as every answer shows it.
fn at(millis: i64) -> Value {
    Value::from(Instant::from_millis(millis).to_string())
}

impl Refusal for BallotRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::WeightCapUnattainable { .. } => &problems::WEIGHT_CAP_UNATTAINABLE,
            Self::Rule(refused) => refused.kind(),
            Self::VoterNotEligible { .. } => &problems::VOTER_NOT_ELIGIBLE,
            Self::Negative { .. } => &kinds::OUT_OF_RANGE,
            Self::CastExceedsEligible { .. } => &problems::CAST_EXCEEDS_ELIGIBLE,
            Self::OptionUnknown { .. } => &problems::OPTION_UNKNOWN,
            Self::OptionsInvalid { .. } => &problems::OPTIONS_INVALID,
            Self::TooMany { .. } => &kinds::TOO_COMPLEX,
            Self::IllegalTransition { .. } => &kinds::ILLEGAL_TRANSITION,
            Self::NoticeTooShort { .. } => &problems::NOTICE_TOO_SHORT,
            Self::ClosesBeforeItOpens { .. } => &problems::CLOSES_BEFORE_OPENING,
            Self::StillOpen { .. } => &problems::BALLOT_STILL_OPEN,
            Self::VotingOver { .. } => &kinds::DEADLINE_PASSED,
            Self::NotOpenYet => &problems::BALLOT_NOT_OPEN,
            Self::NotAnElector | Self::MemberGone => &problems::NOT_AN_ELECTOR,
            Self::QuestionFixed => &problems::QUESTION_FIXED,
            Self::ProxyEnded => &problems::PROXY_ENDED,
            Self::SubjectAtVote { .. } => &problems::SUBJECT_AT_VOTE,
            Self::AlreadyVoted => &problems::ALREADY_VOTED,
            Self::PrincipalVoted => &problems::PRINCIPAL_VOTED,
            Self::NoProxy => &problems::NO_PROXY,
            Self::ProxiesNotAllowed => &problems::PROXIES_NOT_ALLOWED,
            Self::ProxyToSelf => &problems::PROXY_TO_SELF,
            Self::ProxyLate { .. } => &problems::PROXY_LATE,
            Self::ProxyChained => &problems::PROXY_CHAINED,
            Self::ProxyLimit { .. } => &problems::PROXY_LIMIT,
            Self::ElectorateFrozen => &problems::ELECTORATE_FROZEN,
            Self::AlreadyExtended => &problems::ALREADY_EXTENDED,
            Self::ExtensionOutOfRange { .. } => &problems::EXTENSION_OUT_OF_RANGE,
            Self::NeverOpened => &problems::BALLOT_NEVER_OPENED,
            Self::AlreadyFollowed => &problems::BALLOT_ALREADY_FOLLOWED,
            Self::RepeatNotAllowed { .. } => &problems::REPEAT_NOT_ALLOWED,
            Self::OtherResult { .. } => &problems::OTHER_RESULT,
            Self::TooLate { .. } => &kinds::DEADLINE_PASSED,
            Self::NotTheChair => &problems::NOT_THE_CHAIR,
            Self::SecondPerson { .. } => &kinds::SEPARATION_OF_DUTIES,
            Self::Overflow => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts: Vec<(&str, Value)> = match self {
            Self::WeightCapUnattainable { members, cap } => vec![
                ("members", Value::from(*members)),
                ("cap", Value::from(cap.as_str())),
            ],
            Self::Rule(refused) => return refused.params(),
            Self::IllegalTransition {
                state,
                event,
                allowed,
            } => vec![
                ("state", Value::from(state.as_str())),
                ("event", Value::from(event.as_str())),
                ("allowed", allowed.iter().map(|e| e.as_str()).collect()),
            ],
            Self::NoticeTooShort { days, earliest } => {
                vec![("days", Value::from(*days)), ("earliest", at(*earliest))]
            }
            Self::ClosesBeforeItOpens { opens_at } => vec![("opens_at", at(*opens_at))],
            Self::StillOpen { closes_at } | Self::VotingOver { closes_at } => {
                vec![("closes_at", at(*closes_at))]
            }
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
            Self::SubjectAtVote { ballot } => vec![("ballot_id", Value::from(ballot.as_str()))],
            Self::ProxyLate { deadline } => vec![("deadline", at(*deadline))],
            Self::TooLate { until } => vec![("until", at(*until))],
            Self::ProxyLimit { limit } => vec![("limit", Value::from(*limit))],
            Self::ExtensionOutOfRange { days } => vec![("days", Value::from(*days))],
            Self::OtherResult { result } => vec![("result", Value::from(*result))],
            Self::NotOpenYet
            | Self::NotAnElector
            | Self::AlreadyVoted
            | Self::PrincipalVoted
            | Self::NoProxy
            | Self::ProxiesNotAllowed
            | Self::ProxyToSelf
            | Self::ProxyChained
            | Self::ElectorateFrozen
            | Self::AlreadyExtended
            | Self::NeverOpened
            | Self::AlreadyFollowed
            | Self::RepeatNotAllowed { .. }
            | Self::MemberGone
            | Self::QuestionFixed
            | Self::ProxyEnded
            | Self::NotTheChair
            | Self::SecondPerson { .. }
            | Self::Overflow => vec![],
        };
        named(facts)
    }
}

fn named(facts: Vec<(&str, Value)>) -> Map<String, Value> {
    let facts = facts.into_iter();
    facts.map(|(key, value)| (key.to_owned(), value)).collect()
}
