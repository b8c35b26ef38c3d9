//! `/u/{token}`: refusing mail, and choosing it. A GET shows a page and changes nothing, whoever follows the
//! link; a POST acts at once, from the page's buttons as from a mail program's own (RFC 8058).

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Payload;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::service::unsubscribing;
use crate::campaigns::service::unsubscribing::Click;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json;
use crate::http::page;
use crate::kernel::locale::Locale;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(show_unsubscribe).service(unsubscribe);
}

/// Largest body of a click.
const CLICK_BODY: usize = 16 * 1024;

/// Show the page that refuses mail
///
/// Whoever holds the link of the mail: what the alliance sends to this address, category by category. Changes
/// nothing, however often it is opened.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100),
        ("lang" = inline(Option<Locale>), Query, description = "Language of the page; that of the mail where absent")),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/u/{token}")]
async fn show_unsubscribe(call: Call, token: Path<String>) -> Answer {
    let leaflet = unsubscribing::show(&call.ctx, &token, language(&call)).await?;
    Ok(page::show(StatusCode::OK, &leaflet))
}

/// Refuse mail
///
/// Whoever holds the link of the mail; at once, without login, and as often as one likes. Stops further mail
/// of the same alliance and category, also from a campaign that is just being sent. The page's form may choose
/// other categories as well. Every answer is kept, with the version of the text, the time, the way and the origin.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100),
        ("lang" = inline(Option<Locale>), Query, description = "Language of the page; that of the mail where absent")),
    request_body(content(
        (Object = "application/x-www-form-urlencoded", example = json!({"List-Unsubscribe": "One-Click"})),
        (Object = "multipart/form-data", example = json!({"List-Unsubscribe": "One-Click"}))),
        description = "`List-Unsubscribe=One-Click` from a mail program, or `choice` of the page: `unsubscribe`, `nothing`, or `save` with a field per wanted category"),
    responses((status = 200, description = "Done", content_type = "text/html", body = String)))]
#[post("/u/{token}")]
async fn unsubscribe(
    call: Call,
    request: HttpRequest,
    token: Path<String>,
    payload: Payload,
) -> Answer {
    let body = json::read(payload.into_inner(), CLICK_BODY).await?;
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let origin = request.peer_addr().map(|peer| peer.ip().to_string());
    let click = Click::of(&form);
    let leaflet = unsubscribing::follow(
        &call.ctx,
        &token,
        &click,
        language(&call),
        origin.as_deref(),
    )
    .await?;
    Ok(page::show(StatusCode::OK, &leaflet))
}

fn language(call: &Call) -> Option<Locale> {
    call.filter("lang").and_then(|word| Locale::parse(&word))
}
