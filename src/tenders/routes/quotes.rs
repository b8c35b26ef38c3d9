//! Routes of quotes.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::quote_reading;
use crate::tenders::service::quotes;
use crate::tenders::service::quotes::Sent;
use crate::tenders::views::QuoteBody;
use crate::tenders::views::QuoteReceipt;
use crate::tenders::views::QuoteView;
use crate::tenders::views::QuotesView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_quote)
        .service(list_quotes)
        .service(read_quote)
        .service(revise_quote)
        .service(submit_quote)
        .service(withdraw_quote);
}

/// Quote
///
/// An invited manufacturer, through its staff, key (scope quotes:write) or link. The content is stored encrypted only.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), request_body = QuoteBody, responses((status = 201, body = QuoteReceipt, description = "The result")))]
#[post("/v1/tenders/{tender_id}/quotes")]
async fn create_quote(call: Call, id: Path<TenderId>, body: Json<QuoteBody>) -> Answer {
    let sent = Sent::from(body.offer());
    call.run(&body, async |act| {
        let receipt = quotes::create(act, *id, body.manufacturer_id, &sent, body.submit).await?;
        let (version, at) = (receipt.version, format!("/v1/quotes/{}", receipt.id));
        Ok(Reply::created(at, receipt).version(version))
    })
    .await
}

/// List quotes
///
/// A manufacturer sees its own; evaluators see how many came, and all after the opening.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = QuotesView, description = "The result")))]
#[get("/v1/tenders/{tender_id}/quotes")]
async fn list_quotes(call: Call, id: Path<TenderId>) -> Answer {
    let view = quote_reading::list(&call.look(), *id).await?;
    Ok(Reply::ok(view).respond())
}

/// Read a quote
///
/// Its manufacturer; evaluators once the round is open. Before, 403 to every role of the alliance.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path)), responses((status = 200, body = QuoteView, description = "The result")))]
#[get("/v1/quotes/{quote_id}")]
async fn read_quote(call: Call, id: Path<QuoteId>) -> Answer {
    let view = quote_reading::read(&call.look(), *id).await?;
    let version = view.version;
    Ok(call.show(view, version))
}

/// Replace a quote
///
/// Its manufacturer, before the deadline, with a complete new content. Equal content changes nothing.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path)), request_body = QuoteBody, responses((status = 200, body = QuoteReceipt, description = "The result")))]
#[post("/v1/quotes/{quote_id}/revisions")]
async fn revise_quote(call: Call, id: Path<QuoteId>, body: Json<QuoteBody>) -> Answer {
    let sent = Sent::from(body.offer());
    call.run(&body, async |act| {
        let receipt = quotes::revise(act, *id, &sent, body.submit).await?;
        let version = receipt.version;
        Ok(Reply::ok(receipt).version(version))
    })
    .await
}

/// Submit a quote
///
/// Its manufacturer, before the deadline; what counts is the receipt of this call.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path)), responses((status = 200, body = QuoteReceipt, description = "The result")))]
#[post("/v1/quotes/{quote_id}/submit")]
async fn submit_quote(call: Call, id: Path<QuoteId>) -> Answer {
    call.run_bare(async |act| {
        let receipt = quotes::submit(act, *id).await?;
        let version = receipt.version;
        Ok(Reply::ok(receipt).version(version))
    })
    .await
}

/// Withdraw a quote
///
/// Its manufacturer, before the deadline; that is final for this round.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path)), responses((status = 200, body = QuoteReceipt, description = "The result")))]
#[post("/v1/quotes/{quote_id}/withdraw")]
async fn withdraw_quote(call: Call, id: Path<QuoteId>) -> Answer {
    call.run_bare(async |act| {
        let receipt = quotes::withdraw(act, *id).await?;
        let version = receipt.version;
        Ok(Reply::ok(receipt).version(version))
    })
    .await
}
