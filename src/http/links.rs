//! `/r/{token}`: the page of a link in a mail. GET shows, only POST acts.

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web;
use actix_web::web::Path;
use actix_web::web::Payload;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json;
use crate::http::page;
use crate::http::problem::Problem;
use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::Link;
use crate::platform::registry::Form;
use crate::platform::registry::LinkHandler;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("show_link", Allow::Public),
    Rule::new("follow_link", Allow::Public).max_body(16 * 1024),
];

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(show_link).service(follow_link);
}

/// Show the page of a mailed link
///
/// Shows the facts and one button. Changes nothing, however often it is opened.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100)),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/r/{token}")]
async fn show_link(call: Call, token: Path<String>) -> Answer {
    let (link, handler) = find(&call.ctx, &token).await?;
    let leaflet = (handler.show)(call.ctx.clone(), link).await;
    answer(leaflet)
}

/// Act on a mailed link
///
/// Does what the page says, once. The secret in the path is the only credential.
#[utoipa::path(tag = "links", params(("token" = String, Path, max_length = 100)),
    request_body(content = Object, content_type = "application/x-www-form-urlencoded",
        description = "Fields of the page's form; `choice` names the button", example = json!({"choice": "accept"})),
    responses((status = 200, description = "What was done", content_type = "text/html", body = String)))]
#[post("/r/{token}")]
async fn follow_link(call: Call, token: Path<String>, payload: Payload) -> Answer {
    let body = json::read(payload.into_inner(), 16 * 1024).await?;
    let form: Form = url::form_urlencoded::parse(&body).into_owned().collect();
    let (link, handler) = find(&call.ctx, &token).await?;
    let leaflet = (handler.act)(call.ctx.clone(), link, form).await;
    answer(leaflet)
}

async fn find(ctx: &Ctx, token: &str) -> Result<(Link, LinkHandler), Problem> {
    let link = links::find(&ctx.db.reader(), token)
        .await
        .map_err(Failure::from)?
        .ok_or_else(|| Refused::not_found("link"))?;
    let handler = ctx
        .registry
        .links
        .iter()
        .find(|handler| handler.kind == link.kind)
        .copied()
        .ok_or_else(|| Refused::not_found("link"))?;
    Ok((link, handler))
}

/// A refusal is told on a page as well: a person reads it.
fn answer(leaflet: Result<Leaflet, Failure>) -> Result<HttpResponse, Problem> {
    match leaflet {
        Ok(leaflet) => Ok(page::show(StatusCode::OK, &leaflet)),
        Err(Failure::Refused(refusal)) => {
            let kind = refusal.kind();
            let status = StatusCode::from_u16(kind.status).unwrap_or(StatusCode::BAD_REQUEST);
            let leaflet = Leaflet {
                locale: Locale::En,
                title: kind.title.to_owned(),
                paragraphs: vec![refusal.to_string()],
                ..Leaflet::default()
            };
            Ok(page::show(status, &leaflet))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Path parameters that are no ids of ours name nothing.
pub fn path_config() -> web::PathConfig {
    web::PathConfig::default()
        .error_handler(|_, _| Problem::from(Refused::not_found("object")).into())
}
