//! Routes of invitations.

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
use crate::kernel::ids::TenderId;
use crate::tenders::service::invitations;
use crate::tenders::service::link_sessions;
use crate::tenders::views::InvitationDraft;
use crate::tenders::views::LinkSessionView;
use crate::tenders::views::LinkToken;
use crate::tenders::views::TenderInvitationView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(invite_manufacturer)
        .service(list_tender_invitations)
        .service(exchange_tender_link);
}

/// Invite a manufacturer
///
/// Organizers. A mail with a link goes out once the tender is published; a repeated invitation sends a fresh link.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = InvitationDraft, responses((status = 201, body = TenderInvitationView, description = "Invited"), (status = 200, body = TenderInvitationView, description = "Sent again")))]
#[post("/v1/tenders/{tender_id}/invitations")]
async fn invite_manufacturer(
    call: Call,
    id: Path<TenderId>,
    body: Json<InvitationDraft>,
) -> Answer {
    call.run(&body, async |act| {
        let (row, fresh) = invitations::invite(act, *id, &body).await?;
        let view = TenderInvitationView::from(row);
        Ok(match fresh {
            true => Reply::created(format!("/v1/tenders/{}/invitations", *id), view),
            false => Reply::ok(view),
        })
    })
    .await
}

/// List invited manufacturers
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path), PageParams), responses((status = 200, body = ListOf<TenderInvitationView>, description = "The result")))]
#[get("/v1/tenders/{tender_id}/invitations")]
async fn list_tender_invitations(call: Call, id: Path<TenderId>) -> Answer {
    let slice = invitations::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(TenderInvitationView::from)))
}

/// Exchange a mailed link
///
/// Whoever holds it; it is good once. The session lives an hour, sees the tender, and submits, replaces or withdraws the own quote.
#[utoipa::path(tag = "tenders", request_body = LinkToken, responses((status = 200, body = LinkSessionView, description = "The result")))]
#[post("/v1/tender-invitations/exchange")]
async fn exchange_tender_link(call: Call, body: Json<LinkToken>) -> Answer {
    call.run(&body, async |act| {
        let view = link_sessions::exchange(act, &body.token).await?;
        let stored = view.without_secret();
        Ok(Reply::ok(view).store_instead(stored))
    })
    .await
}
