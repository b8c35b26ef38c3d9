//! Routes of quotes in files.

use std::collections::HashMap;

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::raw::Raw;
use crate::http::reply::Reply;
use crate::kernel::caller::Caller;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::QuoteUploadId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::domain::bulk::diff::Difference;
use crate::tenders::domain::bulk::template;
use crate::tenders::domain::bulk::template::Asked;
use crate::tenders::service::uploads;
use crate::tenders::service::uploads::Ground;
use crate::tenders::service::uploads::UploadForm;
use crate::tenders::service::uploads::UploadMode;
use crate::tenders::views::UploadView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(upload_quote_lines)
        .service(read_upload)
        .service(read_upload_errors)
        .service(compare_quote_revisions)
        .service(read_quote_template);
}

fn parameter(name: &str, words: &str) -> Problem {
    Problem::new(
        &kinds::INVALID_PARAMETER,
        format!("'{name}' takes {words}."),
    )
    .errors(vec![FieldError::new(name, "invalid_parameter", words)])
}

/// Upload the lines of a quote
///
/// Its manufacturer, before the deadline. The file replaces all lines or merges into them (`mode`), as a whole or not
/// at all; equal content makes no new revision. What counts for the deadline is `submit`, or the upload itself where
/// the quote is submitted already.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path),
    ("mode" = Option<String>, Query, description = "`replace` (default) or `merge`", pattern = "^(replace|merge)$", max_length = 7)),
    request_body(description = "The lines", content(
        (String = "text/csv", example = "line_ref,break1_min_quantity,break1_unit_price\nL1,1,12.00\n"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", example = "the bytes of a workbook"),
        (serde_json::Value = "application/json", example = json!({"lines": [{"line_ref": "L1", "unit_code": "H87", "price_breaks": [{"min_quantity": 1, "unit_price": "12.00"}], "lead_time_days": 21}]})),
        (String = "application/x-ndjson", example = "{\"line_ref\": \"L1\", \"unit_code\": \"H87\", \"price_breaks\": [{\"min_quantity\": 1, \"unit_price\": \"12.00\"}], \"lead_time_days\": 21}\n"))),
    responses((status = 201, body = UploadView, description = "What became of the file; `errors` come without values")))]
#[post("/v1/quotes/{quote_id}/uploads")]
async fn upload_quote_lines(
    call: Call,
    id: Path<QuoteId>,
    query: Query<HashMap<String, String>>,
    file: Raw,
) -> Answer {
    let word = query.get("mode").map_or("replace", String::as_str);
    let mode = UploadMode::parse(word).ok_or_else(|| parameter("mode", "replace or merge"))?;
    let form = UploadForm::parse(&file.media_type)
        .ok_or_else(|| Problem::new(&kinds::UNSUPPORTED_MEDIA_TYPE, "This is no table."))?;
    let ground = Ground::of(&call.look(), *id).await?;
    let bytes = file.bytes.clone();
    let read = actix_web::web::block(move || ground.read(form, &bytes))
        .await
        .map_err(|error| Failure::from(anyhow::Error::new(error)))?;
    call.run_file(&file, async |act| {
        let row = uploads::take(act, *id, mode, &read).await?;
        let none: &[Fault] = &[];
        let faults = read.as_ref().err().map_or(none, Vec::as_slice);
        let at = format!("/v1/uploads/{}", row.id);
        Ok(Reply::created(at, UploadView::of(&row, faults, false)))
    })
    .await
}

/// Read what became of a file
///
/// Its manufacturer.
#[utoipa::path(tag = "tenders", params(("upload_id" = QuoteUploadId, Path)), responses((status = 200, body = UploadView, description = "The result, with the first 100 errors")))]
#[get("/v1/uploads/{upload_id}")]
async fn read_upload(call: Call, id: Path<QuoteUploadId>) -> Answer {
    let look = call.look();
    let (row, faults) = uploads::show(&look, *id).await?;
    let values = !matches!(look.asker().caller, Caller::Link { .. });
    Ok(call.show(UploadView::of(&row, &faults, values), 1))
}

/// Read all errors of a file
///
/// Its manufacturer; at most 10,000, as CSV.
#[utoipa::path(tag = "tenders", params(("upload_id" = QuoteUploadId, Path),
    ("format" = Option<String>, Query, description = "`csv`", pattern = "^csv$", max_length = 3)),
    responses((status = 200, content_type = "text/csv", body = String, description = "One row per error")))]
#[get("/v1/uploads/{upload_id}/errors")]
async fn read_upload_errors(
    call: Call,
    id: Path<QuoteUploadId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    if query.get("format").is_some_and(|word| word != "csv") {
        return Err(parameter("format", "csv"));
    }
    let look = call.look();
    let (_, faults) = uploads::show(&look, *id).await?;
    let values = !matches!(look.asker().caller, Caller::Link { .. });
    let text = uploads::error_table(&faults, values)?;
    Ok(call.file("text/csv; charset=utf-8", "errors.csv", text))
}

/// Compare two revisions of a quote
///
/// Its manufacturer; evaluators once the round is open.
#[utoipa::path(tag = "tenders", params(("quote_id" = QuoteId, Path), ("revision" = i32, Path, minimum = 1),
    ("base" = i32, Query, description = "The earlier revision", example = 1, minimum = 1)),
    responses((status = 200, body = Difference, description = "Lines that were added, removed and changed")))]
#[get("/v1/quotes/{quote_id}/revisions/{revision}/diff")]
async fn compare_quote_revisions(
    call: Call,
    path: Path<(QuoteId, i32)>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    let base = query.get("base").and_then(|text| text.parse().ok());
    let base = base.ok_or_else(|| parameter("base", "the number of a revision"))?;
    let (id, number) = *path;
    let found = uploads::difference(&call.look(), id, (base, number)).await?;
    Ok(Reply::ok(found).respond())
}

/// Download a template of a quote
///
/// Whoever sees the tender: one row per item, prices left empty.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path),
    ("format" = String, Query, description = "`csv`, `xlsx` or `json`", example = "csv", pattern = "^(csv|xlsx|json)$", max_length = 4)),
    responses((status = 200, description = "The template", content((String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (serde_json::Value = "application/json")))))]
#[get("/v1/tenders/{tender_id}/quote-template")]
async fn read_quote_template(
    call: Call,
    id: Path<TenderId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    let word = query.get("format").cloned().unwrap_or_default();
    if !matches!(word.as_str(), "csv" | "xlsx" | "json") {
        return Err(parameter("format", "csv, xlsx or json"));
    }
    let (currency, items) = uploads::items(&call.look(), *id).await?;
    let asked: Vec<Asked> = items
        .into_iter()
        .map(|item| Asked {
            line_ref: item.line_ref,
            gtin: item.gtin,
            title: item.title,
            unit_code: item.unit_code,
            expected_quantity: item.expected_quantity,
        })
        .collect();
    let failed = |error: anyhow::Error| Problem::from(Failure::from(error));
    Ok(match word.as_str() {
        "csv" => {
            let bytes = template::csv(&asked, &currency).map_err(|e| failed(e.into()))?;
            call.file("text/csv; charset=utf-8", "quote.csv", bytes)
        }
        "xlsx" => {
            let bytes = template::xlsx(&asked, &currency).map_err(|e| failed(e.into()))?;
            call.file(uploads::XLSX, "quote.xlsx", bytes)
        }
        _ => Reply::ok(template::json(&asked, &currency)).respond(),
    })
}
