//! Routes of sizes, as far as roles in an alliance count.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::service::sizes as service;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::merchants::SizeEvent;
use crate::merchants::SizeFactView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_size_facts)
        .service(verify_size)
        .service(dispute_size);
}

/// Which sizes.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document alone reads it")]
struct SizeFilter {
    /// Only statements of this measure.
    #[param(max_length = 40, required = false)]
    measure: Option<String>,
}

/// List the sizes of a merchant
///
/// Its staff, and organizers and treasurers of the alliances of which it is an active member. Everything
/// that was ever stated, in the order in which it was recorded.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), SizeFilter, PageParams),
    responses((status = 200, body = ListOf<SizeFactView>, description = "One page")))]
#[get("/v1/merchants/{merchant_id}/size-facts")]
async fn list_size_facts(call: Call, id: Path<MerchantId>) -> Answer {
    let measure = call.filter("measure");
    let page = call.page()?;
    let facts = service::history(&call.look(), *id, measure.as_deref(), page).await?;
    Ok(call.list(facts.map(SizeFactView::from)))
}

async fn judge(call: &Call, ids: (MerchantId, SizeFactId), event: SizeEvent) -> Answer {
    let (merchant, fact) = ids;
    call.run_bare(async |act| {
        let row = service::judge(act, merchant, fact, event).await?;
        Ok(Reply::ok(SizeFactView::from(row)))
    })
    .await
}

/// Verify a size
///
/// An organizer or treasurer of an alliance of which the merchant is an active member, who is not on its
/// staff. Adds a row that takes the statement's place.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), ("fact_id" = SizeFactId, Path)),
    responses((status = 200, body = SizeFactView, description = "The row that counts now")))]
#[post("/v1/merchants/{merchant_id}/size-facts/{fact_id}/verify")]
async fn verify_size(call: Call, ids: Path<(MerchantId, SizeFactId)>) -> Answer {
    judge(&call, *ids, SizeEvent::Verify).await
}

/// Dispute a size
///
/// An organizer or treasurer of an alliance of which the merchant is an active member, who is not on its
/// staff. Adds a row that takes the statement's place; it does not count until it is verified.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), ("fact_id" = SizeFactId, Path)),
    responses((status = 200, body = SizeFactView, description = "The row that counts now")))]
#[post("/v1/merchants/{merchant_id}/size-facts/{fact_id}/dispute")]
async fn dispute_size(call: Call, ids: Path<(MerchantId, SizeFactId)>) -> Answer {
    judge(&call, *ids, SizeEvent::Dispute).await
}
