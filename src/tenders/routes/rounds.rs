//! Routes of rounds.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::rounds;
use crate::tenders::service::unsealing;
use crate::tenders::views::RoundExtension;
use crate::tenders::views::RoundView;
use crate::tenders::views::RoundsView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_tender_rounds)
        .service(read_round)
        .service(extend_round)
        .service(unseal_round);
}

/// List rounds
///
/// Everybody who sees the tender; evaluators also learn how many quotes came.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = RoundsView, description = "The result")))]
#[get("/v1/tenders/{tender_id}/rounds")]
async fn list_tender_rounds(call: Call, id: Path<TenderId>) -> Answer {
    let items = rounds::list(&call.look(), *id).await?;
    Ok(Reply::ok(RoundsView { items }).respond())
}

/// Read a round
///
/// Everybody who sees the tender.
#[utoipa::path(tag = "tenders", params(("round_id" = RoundId, Path)), responses((status = 200, body = RoundView, description = "The result")))]
#[get("/v1/rounds/{round_id}")]
async fn read_round(call: Call, id: Path<RoundId>) -> Answer {
    let view = rounds::read(&call.look(), *id).await?;
    let version = view.version;
    Ok(call.show(view, version))
}

/// Move a deadline later
///
/// Organizers, before it has passed. Every invited manufacturer is mailed.
#[utoipa::path(tag = "tenders", params(("round_id" = RoundId, Path)), request_body = RoundExtension, responses((status = 200, body = RoundView, description = "The result")))]
#[post("/v1/rounds/{round_id}/extend")]
async fn extend_round(call: Call, id: Path<RoundId>, body: Json<RoundExtension>) -> Answer {
    call.run(&body, async |act| {
        let view = rounds::extend(act, *id, body.closes_at).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Open a round
///
/// Two distinct people among organizers and treasurers within 30 minutes, after the round closed: the first gets 202, the last one opens it.
#[utoipa::path(tag = "tenders", params(("round_id" = RoundId, Path)), responses((status = 200, body = RoundView, description = "Opened"), (status = 202, body = RoundView, description = "Another person has to consent")))]
#[post("/v1/rounds/{round_id}/unseal")]
async fn unseal_round(call: Call, id: Path<RoundId>) -> Answer {
    call.run_bare(async |act| {
        let view = unsealing::unseal(act, *id).await?;
        let version = view.version;
        Ok(match view.opened_at {
            Some(_) => Reply::ok(view).version(version),
            None => Reply::accepted(view),
        })
    })
    .await
}
