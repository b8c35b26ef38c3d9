//! Routes of sizes, as far as roles in an alliance count.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::service::sizes as service;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::merchants::Estimate;
use crate::merchants::SizeEvent;
use crate::merchants::SizeFactView;
use crate::merchants::SizeQuery;
use crate::merchants::SizeStatus;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_size_facts)
        .service(read_size)
        .service(estimate_size)
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

/// Which size is asked for.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document alone reads it")]
struct SizeQuestion {
    /// Which measure.
    #[param(
        max_length = 40,
        pattern = "^[a-z][a-z0-9_]{0,39}$",
        example = "annual_revenue"
    )]
    measure: String,
    /// On which day.
    #[param(max_length = 10, format = Date, example = "2026-06-30")]
    day: String,
    /// As it was known at this instant; now where absent.
    #[param(max_length = 40, required = false)]
    known_at: Option<String>,
    /// `verified`, `declared` (default) or `estimated`: how far down the answer may go.
    #[param(
        max_length = 20,
        required = false,
        pattern = "^(verified|declared|estimated)$"
    )]
    accept: Option<String>,
}

/// The size that counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SizeOnDay {
    merchant_id: MerchantId,
    #[schema(max_length = 40)]
    measure: String,
    day: NaiveDate,
    known_at: Instant,
    /// The statement that counts; null where nothing covers the day.
    fact_id: Option<SizeFactId>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    value: Option<i64>,
    #[schema(max_length = 20)]
    unit: Option<String>,
    #[schema(max_length = 20)]
    status: Option<String>,
}

fn malformed(name: &str, detail: &str) -> Problem {
    Problem::new(
        &kinds::INVALID_PARAMETER,
        format!("'{name}' takes {detail}."),
    )
    .errors(vec![FieldError::new(name, "invalid_parameter", detail)])
}

/// Read a size on a day
///
/// Its staff, and organizers and treasurers of the alliances of which it is an active member. The verified
/// statement that covers the day, else the declared and the estimated one as far as accepted; a disputed
/// statement does not count until it is settled.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), SizeQuestion),
    responses((status = 200, body = SizeOnDay, description = "The size, if there is one")))]
#[get("/v1/merchants/{merchant_id}/size")]
async fn read_size(call: Call, id: Path<MerchantId>) -> Answer {
    let measure = call.filter("measure").unwrap_or_default();
    let day = call.filter("day").and_then(|day| day.parse().ok());
    let day: NaiveDate = day.ok_or_else(|| malformed("day", "a date such as 2026-06-30"))?;
    let known_at = match call.filter("known_at") {
        None => call.look().now().await.map_err(Failure::from)?,
        Some(text) => Instant::parse(&text)
            .map_err(|_| malformed("known_at", "an instant of RFC 3339 with an offset"))?,
    };
    let accept: &[SizeStatus] = match call.filter("accept").as_deref() {
        None | Some("declared") => &[SizeStatus::Declared],
        Some("verified") => &[],
        Some("estimated") => &[SizeStatus::Declared, SizeStatus::Estimated],
        Some(_) => return Err(malformed("accept", "verified, declared or estimated")),
    };
    let query = SizeQuery {
        measure: &measure,
        day,
        known_at,
        accept,
    };
    let found = service::size_on(&call.look(), *id, query).await?;
    let view = SizeOnDay {
        merchant_id: *id,
        fact_id: found.as_ref().map(|size| size.id),
        value: found.as_ref().map(|size| size.value),
        status: found.as_ref().map(|size| size.status.to_string()),
        unit: found.map(|size| size.unit),
        measure,
        day,
        known_at,
    };
    Ok(Reply::ok(view).respond())
}

/// What an alliance guesses.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"measure": "annual_revenue", "value": 80_000_000, "unit": "CNY", "valid_from": "2026-01-01"}))]
struct EstimateSize {
    #[garde(pattern("^[a-z][a-z0-9_]{0,39}$"))]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]{0,39}$")]
    measure: String,
    /// In the unit; money in minor units.
    #[garde(range(min = 0, max = MAX_AMOUNT))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    value: i64,
    /// A currency code, or what is counted. One measure of a merchant keeps one unit.
    #[garde(pattern("^[A-Za-z][A-Za-z0-9_]{0,19}$"))]
    #[schema(max_length = 20, pattern = "^[A-Za-z][A-Za-z0-9_]{0,19}$")]
    unit: String,
    /// First day on which it is true.
    valid_from: NaiveDate,
    /// First day on which it is no longer true.
    valid_to: Option<NaiveDate>,
    /// What it is guessed from.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    evidence_ref: Option<String>,
}

/// Estimate a size
///
/// An organizer or treasurer of an alliance of which the merchant is an active member, who is not on its staff.
/// Policies that accept estimates use it where the merchant states nothing.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path)), request_body = EstimateSize,
    responses((status = 201, body = SizeFactView, description = "The estimate")))]
#[post("/v1/merchants/{merchant_id}/size-facts/estimates")]
async fn estimate_size(call: Call, id: Path<MerchantId>, body: Json<EstimateSize>) -> Answer {
    call.run(&body, async |act| {
        let stated = Estimate {
            measure: &body.measure,
            value: body.value,
            unit: &body.unit,
            valid_from: body.valid_from,
            valid_to: body.valid_to,
            evidence_ref: body.evidence_ref.as_deref(),
            supersedes: None,
        };
        let row = service::estimate(act, *id, stated).await?;
        let location = format!("/v1/merchants/{}/size-facts/{}", *id, row.id);
        Ok(Reply::created(location, SizeFactView::from(row)))
    })
    .await
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
