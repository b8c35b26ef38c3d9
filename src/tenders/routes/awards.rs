//! Routes of awards.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AwardId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::award_answers;
use crate::tenders::service::awards;
use crate::tenders::service::evaluations;
use crate::tenders::views::AwardProposal;
use crate::tenders::views::AwardView;
use crate::tenders::views::AwardsView;
use crate::tenders::views::EvaluationView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(evaluate_tender)
        .service(list_evaluations)
        .service(read_evaluation)
        .service(propose_awards)
        .service(list_awards)
        .service(read_award)
        .service(approve_award)
        .service(accept_award)
        .service(decline_award);
}

/// Evaluate a tender
///
/// Organizers and treasurers, after the opening and both windows. Every quote is cleared; the result never changes.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 201, body = EvaluationView, description = "The result")))]
#[post("/v1/tenders/{tender_id}/evaluations")]
async fn evaluate_tender(call: Call, id: Path<TenderId>) -> Answer {
    call.run_bare(async |act| {
        let view = evaluations::create(act, *id).await?;
        Ok(Reply::created(format!("/v1/evaluations/{}", view.id), view))
    })
    .await
}

/// List evaluations
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path), PageParams), responses((status = 200, body = ListOf<EvaluationView>, description = "The result")))]
#[get("/v1/tenders/{tender_id}/evaluations")]
async fn list_evaluations(call: Call, id: Path<TenderId>) -> Answer {
    let slice = evaluations::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice))
}

/// Read an evaluation
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "tenders", params(("evaluation_id" = EvaluationId, Path)), responses((status = 200, body = EvaluationView, description = "The result")))]
#[get("/v1/evaluations/{evaluation_id}")]
async fn read_evaluation(call: Call, id: Path<EvaluationId>) -> Answer {
    let view = evaluations::read(&call.look(), *id).await?;
    Ok(Reply::ok(view).respond())
}

/// Propose awards
///
/// Organizers and treasurers: one award per winning manufacturer. An item has one live award.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = AwardProposal, responses((status = 201, body = AwardsView, description = "The result")))]
#[post("/v1/tenders/{tender_id}/awards")]
async fn propose_awards(call: Call, id: Path<TenderId>, body: Json<AwardProposal>) -> Answer {
    call.run(&body, async |act| {
        let items = awards::propose(act, *id, body.evaluation_id).await?;
        Ok(Reply::created(
            format!("/v1/tenders/{}/awards", *id),
            AwardsView { items },
        ))
    })
    .await
}

/// List awards
///
/// Evaluators see all, members those that were told, a manufacturer its own.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = AwardsView, description = "The result")))]
#[get("/v1/tenders/{tender_id}/awards")]
async fn list_awards(call: Call, id: Path<TenderId>) -> Answer {
    let items = awards::list(&call.look(), *id).await?;
    Ok(Reply::ok(AwardsView { items }).respond())
}

/// Read an award
///
/// Evaluators; members once it is told; its manufacturer.
#[utoipa::path(tag = "tenders", params(("award_id" = AwardId, Path)), responses((status = 200, body = AwardView, description = "The result")))]
#[get("/v1/awards/{award_id}")]
async fn read_award(call: Call, id: Path<AwardId>) -> Answer {
    let view = awards::read(&call.look(), *id).await?;
    let version = view.version;
    Ok(call.show(view, version))
}

/// Approve an award
///
/// A second organizer or treasurer; winner and losers are mailed at the same time.
#[utoipa::path(tag = "tenders", params(("award_id" = AwardId, Path)), responses((status = 200, body = AwardView, description = "The result")))]
#[post("/v1/awards/{award_id}/approve")]
async fn approve_award(call: Call, id: Path<AwardId>) -> Answer {
    call.run_bare(async |act| {
        let view = awards::approve(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Accept an award
///
/// Its manufacturer, with an account or a key; a draft of the group order is made.
#[utoipa::path(tag = "tenders", params(("award_id" = AwardId, Path)), responses((status = 200, body = AwardView, description = "The result")))]
#[post("/v1/awards/{award_id}/accept")]
async fn accept_award(call: Call, id: Path<AwardId>) -> Answer {
    call.run_bare(async |act| {
        let view = award_answers::accept(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Decline an award
///
/// Its manufacturer; its items are free again and its quote leaves the field.
#[utoipa::path(tag = "tenders", params(("award_id" = AwardId, Path)), responses((status = 200, body = AwardView, description = "The result")))]
#[post("/v1/awards/{award_id}/decline")]
async fn decline_award(call: Call, id: Path<AwardId>) -> Answer {
    call.run_bare(async |act| {
        let view = award_answers::decline(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}
