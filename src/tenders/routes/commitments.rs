//! Routes of commitments.

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
use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::commitments;
use crate::tenders::service::statements;
use crate::tenders::views::ClearingForMe;
use crate::tenders::views::CommitmentBody;
use crate::tenders::views::CommitmentView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_commitment)
        .service(list_my_commitments)
        .service(read_commitment)
        .service(revise_commitment)
        .service(withdraw_commitment)
        .service(read_my_clearing);
}

/// Commit to an item
///
/// Staff of an active member. Nobody but the member ever reads limit and quantity.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = CommitmentBody, responses((status = 201, body = CommitmentView, description = "The result")))]
#[post("/v1/tenders/{tender_id}/commitments")]
async fn create_commitment(call: Call, id: Path<TenderId>, body: Json<CommitmentBody>) -> Answer {
    call.run(&body, async |act| {
        let view = commitments::create(act, *id, &body).await?;
        let (version, at) = (view.version, format!("/v1/commitments/{}", view.id));
        let stored = view.without_content();
        Ok(Reply::created(at, view)
            .version(version)
            .store_instead(stored))
    })
    .await
}

/// List my commitments
///
/// Staff of an active member: the member's own alone.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path), PageParams), responses((status = 200, body = ListOf<CommitmentView>, description = "The result")))]
#[get("/v1/tenders/{tender_id}/commitments")]
async fn list_my_commitments(call: Call, id: Path<TenderId>) -> Answer {
    let slice = commitments::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice))
}

/// Read my commitment
///
/// Its owner; everybody else gets 404, whatever their role.
#[utoipa::path(tag = "tenders", params(("commitment_id" = CommitmentId, Path)), responses((status = 200, body = CommitmentView, description = "The result")))]
#[get("/v1/commitments/{commitment_id}")]
async fn read_commitment(call: Call, id: Path<CommitmentId>) -> Answer {
    let view = commitments::read(&call.look(), *id).await?;
    let version = view.version;
    Ok(call.show(view, version))
}

/// Revise my commitment
///
/// Its owner, while the window is open; its place in the order of receipt stays.
#[utoipa::path(tag = "tenders", params(("commitment_id" = CommitmentId, Path)), request_body = CommitmentBody, responses((status = 200, body = CommitmentView, description = "The result")))]
#[post("/v1/commitments/{commitment_id}/revisions")]
async fn revise_commitment(
    call: Call,
    id: Path<CommitmentId>,
    body: Json<CommitmentBody>,
) -> Answer {
    call.run(&body, async |act| {
        let view = commitments::revise(act, *id, &body).await?;
        let (version, stored) = (view.version, view.without_content());
        Ok(Reply::ok(view).version(version).store_instead(stored))
    })
    .await
}

/// Withdraw my commitment
///
/// Its owner, while the window is open.
#[utoipa::path(tag = "tenders", params(("commitment_id" = CommitmentId, Path)), responses((status = 200, body = CommitmentView, description = "The result")))]
#[post("/v1/commitments/{commitment_id}/withdraw")]
async fn withdraw_commitment(call: Call, id: Path<CommitmentId>) -> Answer {
    call.run_bare(async |act| {
        let view = commitments::withdraw(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Read what I am told
///
/// Staff of an active member, once the award is told: the own outcome and figures, and nobody else's.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = ClearingForMe, description = "The result")))]
#[get("/v1/tenders/{tender_id}/clearing/me")]
async fn read_my_clearing(call: Call, id: Path<TenderId>) -> Answer {
    let view = statements::clearing_for_me(&call.look(), *id).await?;
    Ok(Reply::ok(view).respond())
}
