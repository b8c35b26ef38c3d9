//! Routes of tenders.

use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::items;
use crate::tenders::service::tenders;
use crate::tenders::views::ItemDrafts;
use crate::tenders::views::ItemsAdded;
use crate::tenders::views::TenderCancel;
use crate::tenders::views::TenderChange;
use crate::tenders::views::TenderDraft;
use crate::tenders::views::TenderItemView;
use crate::tenders::views::TenderView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_tender)
        .service(list_tenders)
        .service(read_tender)
        .service(change_tender)
        .service(publish_tender)
        .service(cancel_tender)
        .service(add_tender_items)
        .service(list_tender_items);
}

/// Draft a tender
///
/// Organizers. The tender gets one sealed round; nobody else sees it before it is published.
#[utoipa::path(tag = "tenders", params(("alliance_id" = AllianceId, Path)), request_body = TenderDraft, responses((status = 201, body = TenderView, description = "The draft")))]
#[post("/v1/alliances/{alliance_id}/tenders")]
async fn create_tender(call: Call, id: Path<AllianceId>, body: Json<TenderDraft>) -> Answer {
    call.run(&body, async |act| {
        let view = TenderView::from(tenders::create(act, *id, &body).await?);
        let (version, at) = (view.version, format!("/v1/tenders/{}", view.id));
        Ok(Reply::created(at, view).version(version))
    })
    .await
}

/// List tenders
///
/// Everybody in the alliance; drafts are for those who run it.
#[utoipa::path(tag = "tenders", params(("alliance_id" = AllianceId, Path), PageParams), responses((status = 200, body = ListOf<TenderView>, description = "The result")))]
#[get("/v1/alliances/{alliance_id}/tenders")]
async fn list_tenders(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = tenders::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(TenderView::from)))
}

/// Read a tender
///
/// Everybody in the alliance once it is published, and invited manufacturers.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = TenderView, description = "The result")))]
#[get("/v1/tenders/{tender_id}")]
async fn read_tender(call: Call, id: Path<TenderId>) -> Answer {
    let view = TenderView::from(tenders::read(&call.look(), *id).await?);
    let version = view.version;
    Ok(call.show(view, version))
}

/// Change a draft
///
/// Organizers, before it is published.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body(content((TenderChange = "application/merge-patch+json"), (TenderChange = "application/json"))), responses((status = 200, body = TenderView, description = "The result")))]
#[patch("/v1/tenders/{tender_id}")]
async fn change_tender(call: Call, id: Path<TenderId>, body: Json<TenderChange>) -> Answer {
    call.run(&body, async |act| {
        let view = TenderView::from(tenders::change(act, *id, &body).await?);
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Publish a tender
///
/// Organizers. Members may commit, invited manufacturers are mailed.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = TenderView, description = "The result")))]
#[post("/v1/tenders/{tender_id}/publish")]
async fn publish_tender(call: Call, id: Path<TenderId>) -> Answer {
    call.run_bare(async |act| {
        let view = TenderView::from(tenders::publish(act, *id).await?);
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Cancel a tender
///
/// Organizers, with a reason. Sealed quotes stay sealed; invited manufacturers are mailed.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = TenderCancel, responses((status = 200, body = TenderView, description = "The result")))]
#[post("/v1/tenders/{tender_id}/cancel")]
async fn cancel_tender(call: Call, id: Path<TenderId>, body: Json<TenderCancel>) -> Answer {
    call.run(&body, async |act| {
        let view = TenderView::from(tenders::cancel(act, *id, body.reason_code).await?);
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Add items
///
/// Organizers, while it is a draft; all or none.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = ItemDrafts, responses((status = 201, body = ItemsAdded, description = "The result")))]
#[post("/v1/tenders/{tender_id}/items")]
async fn add_tender_items(call: Call, id: Path<TenderId>, body: Json<ItemDrafts>) -> Answer {
    call.run(&body, async |act| {
        let items = items::add_items(act, *id, &body.items).await?;
        let added = ItemsAdded {
            added: items.len() as u64,
        };
        Ok(Reply::created(format!("/v1/tenders/{}/items", *id), added))
    })
    .await
}

/// List items
///
/// Everybody who sees the tender.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path), PageParams), responses((status = 200, body = ListOf<TenderItemView>, description = "The result")))]
#[get("/v1/tenders/{tender_id}/items")]
async fn list_tender_items(call: Call, id: Path<TenderId>) -> Answer {
    let slice = items::list_items(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(TenderItemView::from)))
}
