//! `/u/{token}`: refusing mail. A GET shows a page and changes nothing, whoever follows the link; a POST
//! refuses at once, from the page's button as from a mail program's own (RFC 8058).

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Payload;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::service::unsubscribing;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json;
use crate::http::page;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(show_unsubscribe).service(unsubscribe);
}

/// Largest body of a click; what it says does not matter.
const CLICK_BODY: usize = 16 * 1024;

/// Show the page that refuses mail
///
/// Whoever holds the link of the mail. Changes nothing, however often it is opened.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100)),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/u/{token}")]
async fn show_unsubscribe(call: Call, token: Path<String>) -> Answer {
    let leaflet = unsubscribing::show(&call.ctx, &token).await?;
    Ok(page::show(StatusCode::OK, &leaflet))
}

/// Refuse mail
///
/// Whoever holds the link of the mail; at once, without login, and as often as one likes. Stops further mail
/// of the same alliance and category, also from a campaign that is just being sent.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100)),
    request_body(content(
        (Object = "application/x-www-form-urlencoded", example = json!({"List-Unsubscribe": "One-Click"})),
        (Object = "multipart/form-data", example = json!({"List-Unsubscribe": "One-Click"}))),
        description = "`List-Unsubscribe=One-Click` from a mail program, the button's field from the page"),
    responses((status = 200, description = "Refused", content_type = "text/html", body = String)))]
#[post("/u/{token}")]
async fn unsubscribe(call: Call, token: Path<String>, payload: Payload) -> Answer {
    json::read(payload.into_inner(), CLICK_BODY).await?;
    let leaflet = unsubscribing::refuse(&call.ctx, &token).await?;
    Ok(page::show(StatusCode::OK, &leaflet))
}
