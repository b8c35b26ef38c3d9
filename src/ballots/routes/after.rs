//! Routes that change a ballot after its announcement.

use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::ballots::domain::paper::BallotOption;
use crate::ballots::repo::Ballot;
use crate::ballots::routes::ballots::moved;
use crate::ballots::routes::views::BallotView;
use crate::ballots::routes::views::option;
use crate::ballots::service;
use crate::ballots::service::Amendment;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(amend_ballot)
        .service(extend_ballot)
        .service(reopen_ballot)
        .service(repeat_ballot)
        .service(cast_casting_vote)
        .service(challenge_ballot)
        .service(uphold_ballot)
        .service(annul_ballot);
}

/// What changes; absent parts stay.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"title": "Meet on Wednesdays from now on?", "closes_at": "2199-11-12T00:00:00Z"}))]
struct ChangedBallot {
    /// The question, as one line.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    title: Option<String>,
    /// What members should know before they vote.
    #[garde(custom(text::paragraph), inner(length(chars, max = 4000)))]
    #[schema(max_length = 4000)]
    explanation: Option<String>,
    /// What an advisory question chooses among.
    #[garde(inner(length(max = 50), inner(custom(option))))]
    #[schema(max_items = 50)]
    options: Option<Vec<BallotOption>>,
    /// When it opens; moved on where the notice of the by-laws begins anew.
    opens_at: Option<Instant>,
    /// The first instant that is too late.
    closes_at: Option<Instant>,
}

impl ChangedBallot {
    fn amendment(&self) -> Amendment<'_> {
        Amendment {
            title: self.title.as_deref(),
            explanation: self.explanation.as_deref(),
            options: self.options.as_deref(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
        }
    }
}

/// Amend a ballot
///
/// Organizers, between the announcement and the opening. The change makes the next edition: the notice begins
/// anew and everybody is told.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = ChangedBallot,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/amend")]
async fn amend_ballot(call: Call, id: Path<BallotId>, body: Json<ChangedBallot>) -> Answer {
    call.run(&body, async |act| {
        moved(service::amend(act, *id, body.amendment()).await?)
    })
    .await
}

/// When a ballot closes.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"closes_at": "2199-11-12T00:00:00Z"}))]
struct NewClosing {
    /// The first instant that is too late.
    closes_at: Instant,
}

/// Extend a ballot
///
/// Organizers, once, before it closes: later for everybody, by thirty days at most.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = NewClosing,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/extend")]
async fn extend_ballot(call: Call, id: Path<BallotId>, body: Json<NewClosing>) -> Answer {
    call.run(&body, async |act| {
        moved(service::extend(act, *id, body.closes_at).await?)
    })
    .await
}

fn made(ballot: Ballot) -> Result<Reply<BallotView>, Failure> {
    let (id, version) = (ballot.id, ballot.version);
    let view = BallotView::try_from(ballot)?;
    Ok(Reply::created(format!("/v1/ballots/{id}"), view).version(version))
}

/// Reopen a ballot
///
/// Organizers, after an open ballot was withdrawn: the changed question is announced as the next edition. All votes
/// are dropped, and everybody is told.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = ChangedBallot,
    responses((status = 201, body = BallotView, description = "The next edition")))]
#[post("/v1/ballots/{ballot_id}/reopen")]
async fn reopen_ballot(call: Call, id: Path<BallotId>, body: Json<ChangedBallot>) -> Answer {
    call.run(&body, async |act| {
        made(service::reopen(act, *id, body.amendment()).await?)
    })
    .await
}

/// When a repetition takes place.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"closes_at": "2199-11-20T00:00:00Z"}))]
struct Repetition {
    /// Absent: as soon as the by-laws' notice allows.
    opens_at: Option<Instant>,
    /// The first instant that is too late.
    closes_at: Instant,
}

/// Repeat a ballot
///
/// Organizers, within 14 days, where too few took part and the by-laws allow it: the same question once more, with
/// half the quorum.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = Repetition,
    responses((status = 201, body = BallotView, description = "The repetition")))]
#[post("/v1/ballots/{ballot_id}/repeat")]
async fn repeat_ballot(call: Call, id: Path<BallotId>, body: Json<Repetition>) -> Answer {
    call.run(&body, async |act| {
        made(service::repeat(act, *id, (body.opens_at, body.closes_at)).await?)
    })
    .await
}

/// What the chair decides.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"choice": "for"}))]
struct CastingVote {
    /// `for` or `against`, or one of the options that tied.
    #[schema(max_length = 100)]
    choice: String,
}

/// Decide a tie
///
/// The chair that the by-laws name, else any organizer, before the deadline; silence is a lost motion.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = CastingVote,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/casting-vote")]
async fn cast_casting_vote(call: Call, id: Path<BallotId>, body: Json<CastingVote>) -> Answer {
    call.run(&body, async |act| {
        moved(service::casting_vote(act, *id, &body.choice).await?)
    })
    .await
}

/// An objection.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"grounds": "Two members were not told."}))]
struct NewChallenge {
    /// Needed where the caller acts for several members of the alliance.
    membership_id: Option<MembershipId>,
    /// Why the declaration should not stand.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    grounds: String,
}

/// Challenge a declaration
///
/// Staff of a member, within the days that the by-laws give. Until it is decided nothing follows from the ballot;
/// what it permits is taken back unless it was done already.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = NewChallenge,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/challenge")]
async fn challenge_ballot(call: Call, id: Path<BallotId>, body: Json<NewChallenge>) -> Answer {
    call.run(&body, async |act| {
        moved(service::challenge(act, *id, body.membership_id, &body.grounds).await?)
    })
    .await
}

/// How a challenge is decided.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reasons": "Everybody was told; the list of deliveries shows it."}))]
struct ChallengeDecision {
    /// The reasons, for the record.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    reasons: String,
}

/// Uphold a declaration
///
/// Organizers and treasurers who neither proposed the ballot nor challenged it. What it permits is permitted again.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = ChallengeDecision,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/uphold")]
async fn uphold_ballot(call: Call, id: Path<BallotId>, body: Json<ChallengeDecision>) -> Answer {
    call.run(&body, async |act| {
        moved(service::uphold(act, *id, &body.reasons).await?)
    })
    .await
}

/// Annul a declaration
///
/// Organizers and treasurers who neither proposed the ballot nor challenged it. The question is drafted anew.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)), request_body = ChallengeDecision,
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/annul")]
async fn annul_ballot(call: Call, id: Path<BallotId>, body: Json<ChallengeDecision>) -> Answer {
    call.run(&body, async |act| {
        moved(service::annul(act, *id, &body.reasons).await?)
    })
    .await
}
