//! What ballots look like from outside.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::ballots::calculators::TallyAnswer;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote as Choice;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Vote;
use crate::ballots::service;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::ids::VoteId;
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
    /// Absent: the rule of the matter. With legal effect it may only be stricter.
    pub rule: Option<BallotRule>,
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
    state: BallotState,
    /// Why it was withdrawn: `organizer`, `subject_changed`, `never_opened`, `weight_cap_unattainable`.
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
    record: Option<TallyAnswer>,
    proposed_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    created_at: Instant,
}

impl TryFrom<Ballot> for BallotView {
    type Error = Failure;

    fn try_from(ballot: Ballot) -> Result<Self, Failure> {
        let (state, matter) = (service::state_of(&ballot)?, service::matter_of(&ballot)?);
        let record = ballot
            .record
            .as_ref()
            .map(|r| serde_json::from_value(r.clone()));
        Ok(Self {
            rule: service::rule_of(&ballot)?,
            record: record.transpose().map_err(anyhow::Error::new)?,
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A vote.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"choice": "for"}))]
pub struct NewVote {
    /// Needed where the caller acts for several members of the alliance.
    pub membership_id: Option<MembershipId>,
    /// The answer.
    pub choice: Choice,
}

/// A vote that was taken.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VoteView {
    id: VoteId,
    ballot_id: BallotId,
    membership_id: MembershipId,
    choice: Choice,
    /// What the vote weighs before a cap; null where it would tell another member's share.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    weight: Option<i64>,
    cast_by: UserId,
    cast_at: Instant,
}

impl VoteView {
    /// A vote with the weight that its reader may see.
    ///
    /// # Errors
    /// When the row holds a word that is none of ours.
    pub fn of(vote: Vote, weight: Option<i64>) -> Result<Self, Failure> {
        let choice = Choice::parse(&vote.choice)
            .ok_or_else(|| anyhow::anyhow!("vote {} has a spoilt choice", vote.id))?;
        Ok(Self {
            id: vote.id,
            ballot_id: vote.ballot_id,
            membership_id: vote.membership_id,
            choice,
            weight,
            cast_by: vote.cast_by,
            cast_at: vote.cast_at,
        })
    }
}
