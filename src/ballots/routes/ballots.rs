//! Routes of questions and votes.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::ballots::domain::life::BallotState;
use crate::ballots::repo::Ballot;
use crate::ballots::routes::views::BallotView;
use crate::ballots::routes::views::NewBallot;
use crate::ballots::service;
use crate::ballots::service::Proposal;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::kinds;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_ballot)
        .service(list_ballots)
        .service(read_ballot)
        .service(publish_ballot)
        .service(withdraw_ballot)
        .service(close_ballot);
}

/// Draft a ballot
///
/// Organizers. Only those who run the alliance see it until it is announced.
#[utoipa::path(tag = "ballots", params(("alliance_id" = AllianceId, Path)), request_body = NewBallot,
    responses((status = 201, body = BallotView, description = "The draft")))]
#[post("/v1/alliances/{alliance_id}/ballots")]
async fn propose_ballot(call: Call, alliance: Path<AllianceId>, body: Json<NewBallot>) -> Answer {
    call.run(&body, async |act| {
        let proposal = Proposal {
            title: &body.title,
            explanation: body.explanation.as_deref(),
            matter: body.matter,
            subject: body.subject_id,
            opens_at: body.opens_at,
            closes_at: body.closes_at,
            rule: body.rule.as_ref(),
            options: body.options.as_deref(),
        };
        let ballot = service::propose(act, *alliance, &proposal).await?;
        let (id, version) = (ballot.id, ballot.version);
        let view = BallotView::try_from(ballot)?;
        Ok(Reply::created(format!("/v1/ballots/{id}"), view).version(version))
    })
    .await
}

/// Which ballots are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct BallotFilter {
    /// Only those in this state.
    #[param(max_length = 20, required = false)]
    state: Option<String>,
}

/// List ballots
///
/// Everybody in the alliance; drafts only organizers, treasurers and observers.
#[utoipa::path(tag = "ballots", params(("alliance_id" = AllianceId, Path), PageParams, BallotFilter),
    responses((status = 200, body = ListOf<BallotView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/ballots")]
async fn list_ballots(
    call: Call,
    alliance: Path<AllianceId>,
    filter: Query<BallotFilter>,
) -> Answer {
    let state = match filter.state.as_deref().map(BallotState::parse) {
        None => None,
        Some(Some(state)) => Some(state),
        Some(None) => {
            return Err(Problem::new(
                &kinds::INVALID_PARAMETER,
                "'state' takes a state of ballots.",
            ));
        }
    };
    let page = call.page()?;
    let slice = service::list(&call.look(), *alliance, state, page).await?;
    Ok(call.list(try_map(slice, BallotView::try_from)?))
}

/// Read a ballot
///
/// Everybody in the alliance. The count is shown once the ballot has closed.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)),
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[get("/v1/ballots/{ballot_id}")]
async fn read_ballot(call: Call, id: Path<BallotId>) -> Answer {
    let ballot = service::show(&call.look(), *id).await?;
    let version = ballot.version;
    Ok(call.show(BallotView::try_from(ballot)?, version))
}

/// The new representation of a ballot.
pub(super) fn moved(ballot: Ballot) -> Result<Reply<BallotView>, Failure> {
    let version = ballot.version;
    Ok(Reply::ok(BallotView::try_from(ballot)?).version(version))
}

/// Announce a ballot
///
/// Organizers. Question, content and rule are fixed; it opens at its hour, or at once. At the opening the
/// electorate is fixed and every member gets a mail with a link to vote.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)),
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/publish")]
async fn publish_ballot(call: Call, id: Path<BallotId>) -> Answer {
    call.run_bare(async |act| moved(service::publish(act, *id).await?))
        .await
}

/// Withdraw a ballot
///
/// Organizers and treasurers: its proposer alone before it opens. Once it is open the proposer and a second person
/// both have to call this; the first call only notes the wish. Votes that were cast decide nothing.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)),
    responses((status = 200, body = BallotView, description = "The ballot")))]
#[post("/v1/ballots/{ballot_id}/withdraw")]
async fn withdraw_ballot(call: Call, id: Path<BallotId>) -> Answer {
    call.run_bare(async |act| moved(service::withdraw(act, *id).await?))
        .await
}

/// Close a ballot
///
/// Organizers, once its time is over, or earlier where its rule allows and no vote can change the result.
/// The votes are counted and declared; what is carried is permitted at once.
#[utoipa::path(tag = "ballots", params(("ballot_id" = BallotId, Path)),
    responses((status = 200, body = BallotView, description = "The ballot with its count")))]
#[post("/v1/ballots/{ballot_id}/close")]
async fn close_ballot(call: Call, id: Path<BallotId>) -> Answer {
    call.run_bare(async |act| moved(service::close(act, *id).await?))
        .await
}

/// Maps every item of a page.
pub(super) fn try_map<T, U>(
    slice: Slice<T>,
    f: impl Fn(T) -> Result<U, Failure>,
) -> Result<Slice<U>, Failure> {
    let Slice { items, next } = slice;
    let items = items
        .into_iter()
        .map(f)
        .collect::<Result<Vec<U>, Failure>>()?;
    Ok(Slice { items, next })
}
