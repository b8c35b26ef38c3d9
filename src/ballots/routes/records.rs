//! Routes of what every member may check: record, electorate, receipts.

use actix_web::get;
use actix_web::web::Path;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::ballots::domain::electorate::Exclusion;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::record;
use crate::ballots::domain::record::QuorumLine;
use crate::ballots::domain::record::RoundRecord;
use crate::ballots::domain::record::TestLine;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Side;
use crate::ballots::routes::views::hex;
use crate::ballots::service;
use crate::ballots::service::Declared;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_ballot_record)
        .service(list_electorate)
        .service(list_receipts);
}

/// A member without a vote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ExclusionView {
    membership_id: MembershipId,
    reason: Exclusion,
}

/// An objection to the declaration.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ChallengeView {
    membership_id: MembershipId,
    #[schema(max_length = 4000)]
    grounds: String,
    challenged_at: Instant,
    /// `upheld` or `annulled`; null while it waits.
    #[schema(max_length = 20)]
    outcome: Option<String>,
    #[schema(max_length = 4000)]
    reasons: Option<String>,
    decided_by: Option<UserId>,
    decided_at: Option<Instant>,
}

/// The record of a declared ballot.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RecordView {
    ballot_id: BallotId,
    #[schema(max_length = 80)]
    title: String,
    matter: BallotMatter,
    /// Counts the changes of the question.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    edition: i64,
    /// SHA-256 of exactly what was decided, in hexadecimal.
    #[schema(max_length = 64)]
    content_hash: Option<String>,
    rule: BallotRule,
    opened_at: Option<Instant>,
    closed_at: Option<Instant>,
    /// Members with a vote.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    electorate_size: Option<i64>,
    /// Members without a vote, with the reasons.
    #[schema(max_items = 100_000)]
    excluded: Vec<ExclusionView>,
    /// Votes for, against and blank: the first two of the four numbers.
    votes: Side,
    /// Votes for: the other two numbers. In a choice, those of the strongest option.
    #[serde(rename = "for")]
    in_favour: Side,
    against: Side,
    abstain: Side,
    eligible: Side,
    /// The weight to which heavier members were cut; null if none was.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    weight_ceiling: Option<i64>,
    quorate: bool,
    #[schema(max_items = 8)]
    quorum: Vec<QuorumLine>,
    #[schema(max_items = 8)]
    tests: Vec<TestLine>,
    /// The rounds of a choice.
    #[schema(max_items = 50)]
    rounds: Vec<RoundRecord>,
    result: Outcome,
    /// The chosen option.
    #[schema(max_length = 100)]
    winner: Option<String>,
    /// What the chair decided on a tie.
    #[schema(max_length = 100)]
    casting_vote: Option<String>,
    #[schema(max_items = 100)]
    challenges: Vec<ChallengeView>,
    /// Whether what a carried ballot permits was done. It stays done even where the declaration is annulled since.
    executed: bool,
}

impl TryFrom<Declared> for RecordView {
    type Error = Failure;

    fn try_from(declared: Declared) -> Result<Self, Failure> {
        let Declared {
            ballot,
            rule,
            record,
            excluded,
            challenges,
        } = declared;
        let sides = record.sides();
        let excluded = excluded.into_iter().filter_map(|row| {
            Some(ExclusionView {
                membership_id: row.membership_id,
                reason: Exclusion::parse(&row.reason)?,
            })
        });
        let challenges = challenges.into_iter().map(|row| ChallengeView {
            membership_id: row.membership_id,
            grounds: row.grounds,
            challenged_at: row.challenged_at,
            outcome: row.outcome,
            reasons: row.reasons,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        });
        Ok(Self {
            matter: service::matter_of(&ballot)?,
            executed: service::is_executed(&ballot)?,
            quorum: record::quorum_lines(&rule, &sides),
            tests: record::test_lines(&rule, &sides, &record.tests),
            excluded: excluded.collect(),
            challenges: challenges.collect(),
            votes: Side {
                head: sides.in_favour.head + sides.against.head + sides.abstain.head,
                weight: sides.in_favour.weight + sides.against.weight + sides.abstain.weight,
            },
            in_favour: sides.in_favour,
            against: sides.against,
            abstain: sides.abstain,
            eligible: sides.eligible,
            weight_ceiling: record.weight_ceiling,
            quorate: record.quorate,
            rounds: record.rounds,
            result: record.result,
            casting_vote: record.casting_vote,
            ballot_id: ballot.id,
            title: ballot.title,
            edition: ballot.edition,
            content_hash: ballot.content_hash.map(|hash| hex(&hash)),
            opened_at: ballot.opened_at,
            closed_at: ballot.closed_at,
            electorate_size: ballot.electorate_size,
            winner: ballot.winner,
            rule,
        })
    }
}

/// Read the record of a ballot
///
/// Everybody in the alliance, once it is declared: rule, electorate, exclusions with their reasons, the four
/// numbers, every quorum and test with its fraction. With the electorate and the votes anybody can count an open
/// ballot again, for example with the calculator `tally`.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)),
    responses((status = 200, body = RecordView, description = "The record")))]
#[get("/v1/ballots/{ballot_id}/record")]
async fn read_ballot_record(call: Call, id: Path<BallotId>) -> Answer {
    let declared = service::record(&call.look(), *id).await?;
    let version = declared.ballot.version;
    Ok(call.show(RecordView::try_from(declared)?, version))
}

/// A member with a vote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ElectorView {
    membership_id: MembershipId,
    /// What its vote weighs before a cap; null where it would tell another member's share.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    weight: Option<i64>,
}

/// List the electorate
///
/// Everybody in the alliance: the members with a vote, as they were fixed at the opening.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path), PageParams),
    responses((status = 200, body = ListOf<ElectorView>, description = "One page")))]
#[get("/v1/ballots/{ballot_id}/electorate")]
async fn list_electorate(call: Call, id: Path<BallotId>) -> Answer {
    let page = call.page()?;
    let slice = service::electorate(&call.look(), *id, page).await?;
    Ok(call.list(slice.map(|(membership_id, weight)| ElectorView {
        membership_id,
        weight,
    })))
}

/// The receipt of one secret vote.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PublishedReceipt {
    /// The round of a choice.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    round: i64,
    /// SHA-256 of `ballot:round:choice:salt` in hexadecimal.
    #[schema(max_length = 64)]
    digest: String,
}

/// List receipts
///
/// Everybody in the alliance, of a secret ballot that has closed: one per counted vote, in the order of the digests.
/// Who kept the salt of its vote finds it here.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path), PageParams),
    responses((status = 200, body = ListOf<PublishedReceipt>, description = "One page")))]
#[get("/v1/ballots/{ballot_id}/receipts")]
async fn list_receipts(call: Call, id: Path<BallotId>) -> Answer {
    let page = call.page()?;
    let slice = service::receipts(&call.look(), *id, page).await?;
    Ok(call.list(slice.map(|(round, digest)| PublishedReceipt { round, digest })))
}
