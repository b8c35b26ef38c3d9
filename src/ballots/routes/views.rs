//! What ballots look like from outside.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::paper::BallotOption;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::record::BallotRecord;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::repo::Ballot;
use crate::ballots::service;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// A question to be drafted.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"title": "Meet on Tuesdays from now on?", "explanation": "The tea house is free then.",
    "matter": "advisory", "closes_at": "2199-11-11T00:00:00Z"}))]
pub struct NewBallot {
    /// The question, as one line.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    /// What members should know before they vote.
    #[garde(custom(text::paragraph), inner(length(chars, max = 4000)))]
    #[schema(max_length = 4000)]
    pub explanation: Option<String>,
    /// What is decided.
    pub matter: BallotMatter,
    /// The assessment or the promotion; none for an advisory question.
    pub subject_id: Option<Uuid>,
    /// Absent: as soon as it is announced, or as the by-laws' notice allows.
    pub opens_at: Option<Instant>,
    /// The first instant that is too late.
    pub closes_at: Instant,
    /// Absent: the by-laws' rule of the matter. With effect it may only be stricter.
    pub rule: Option<BallotRule>,
    /// What an advisory question chooses among, two at least; absent: for or against.
    #[garde(inner(length(max = 50), inner(custom(option))))]
    #[schema(max_items = 50)]
    pub options: Option<Vec<BallotOption>>,
}

/// Checks the title of an option.
pub fn option(option: &BallotOption, _: &()) -> garde::Result {
    text::line(option.title.as_str(), &())?;
    text::line(option.id.as_str(), &())
}

/// A ballot.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BallotView {
    id: BallotId,
    alliance_id: AllianceId,
    #[schema(max_length = 80)]
    title: String,
    #[schema(max_length = 4000)]
    explanation: Option<String>,
    matter: BallotMatter,
    subject_id: Option<Uuid>,
    /// SHA-256 of exactly what is decided, in hexadecimal; fixed when the ballot is announced.
    #[schema(max_length = 64)]
    content_hash: Option<String>,
    rule: BallotRule,
    /// What is chosen among in the present round; null where the vote is for or against.
    #[schema(max_items = 50)]
    options: Option<Vec<BallotOption>>,
    state: BallotState,
    /// Counts the changes of the question.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    edition: i64,
    /// Counts the rounds of a choice.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    round: i64,
    /// The ballot whose question is put again.
    follows_id: Option<BallotId>,
    /// Why it is put again: `reopened`, `repeat`, `annulled`.
    #[schema(max_length = 20)]
    origin: Option<String>,
    /// Who wants to withdraw it; a second person has to agree.
    withdrawal_asked_by: Option<UserId>,
    extended_at: Option<Instant>,
    /// The chosen option.
    #[schema(max_length = 100)]
    winner: Option<String>,
    /// Until when the chair may decide a tie.
    casting_until: Option<Instant>,
    /// Until when a member may challenge the declaration.
    challenge_until: Option<Instant>,
    /// From when a carried ballot permits its act.
    effective_at: Option<Instant>,
    /// Why it was withdrawn: `proposer`, `committee`, `subject_changed`, `never_opened`, `weight_cap_unattainable`.
    #[schema(max_length = 40)]
    withdrawal: Option<String>,
    opens_at: Option<Instant>,
    closes_at: Instant,
    published_at: Option<Instant>,
    opened_at: Option<Instant>,
    closed_at: Option<Instant>,
    /// Members with a vote, fixed at the opening.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    electorate_size: Option<i64>,
    /// The declaration; null until the ballot has closed.
    result: Option<Outcome>,
    /// The count; null until the ballot has closed.
    record: Option<BallotRecord>,
    proposed_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    created_at: Instant,
}

impl TryFrom<Ballot> for BallotView {
    type Error = Failure;

    fn try_from(ballot: Ballot) -> Result<Self, Failure> {
        let (state, matter) = (service::state_of(&ballot)?, service::matter_of(&ballot)?);
        Ok(Self {
            rule: service::rule_of(&ballot)?,
            record: service::record_of(&ballot)?,
            options: match service::paper_of(&ballot)? {
                Paper::Motion => None,
                Paper::Choice(options) => Some(options),
            },
            edition: ballot.edition,
            round: ballot.round,
            follows_id: ballot.follows_id,
            origin: ballot.origin,
            withdrawal_asked_by: ballot.withdrawal_asked_by,
            extended_at: ballot.extended_at,
            winner: ballot.winner,
            casting_until: ballot.casting_until,
            challenge_until: ballot.challenge_until,
            effective_at: ballot.effective_at,
            result: ballot.result.as_deref().and_then(Outcome::parse),
            id: ballot.id,
            alliance_id: ballot.alliance_id,
            title: ballot.title,
            explanation: ballot.explanation,
            matter,
            subject_id: ballot.subject_id,
            content_hash: ballot.content_hash.map(|hash| hex(&hash)),
            state,
            withdrawal: ballot.withdrawal,
            opens_at: ballot.opens_at,
            closes_at: ballot.closes_at,
            published_at: ballot.published_at,
            opened_at: ballot.opened_at,
            closed_at: ballot.closed_at,
            electorate_size: ballot.electorate_size,
            proposed_by: ballot.proposed_by,
            version: ballot.version,
            created_at: ballot.created_at,
        })
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
