//! Routes of the price log of a merchant.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::PriceLogId;
use crate::kernel::money::Currency;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::promotions::repo::price_log::PriceLog;
use crate::promotions::service::price_log;
use crate::promotions::service::price_log::NewPrice;

/// A price that the merchant asks.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"sku": "TEA-250", "currency": "CNY", "price_minor": 12800}))]
pub struct LogPrice {
    /// The merchant's own number of the product.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    sku: String,
    currency: Currency,
    /// Price of one, in minor units.
    #[garde(range(min = 1, max = MAX_AMOUNT))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    price_minor: i64,
    /// Since when; default now, never later. The time of entry is kept beside it.
    effective_at: Option<Instant>,
}

/// A line of a price log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceLogLine)]
pub struct PriceView {
    id: PriceLogId,
    merchant_id: MerchantId,
    #[schema(max_length = 80)]
    sku: String,
    #[schema(max_length = 3)]
    currency: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    price_minor: i64,
    /// From then on this was the price.
    effective_at: Instant,
    /// When it was entered.
    recorded_at: Instant,
}

impl From<PriceLog> for PriceView {
    fn from(row: PriceLog) -> Self {
        Self {
            id: row.id,
            merchant_id: row.merchant_id,
            sku: row.sku,
            currency: row.currency,
            price_minor: row.price_minor,
            effective_at: row.effective_at,
            recorded_at: row.recorded_at,
        }
    }
}

/// Log a price
///
/// Staff of the merchant. Lines are never changed or removed; discounts are measured against them.
#[utoipa::path(tag = "promotions", params(("merchant_id" = MerchantId, Path)), request_body = LogPrice,
    responses((status = 201, body = PriceView, description = "The line")))]
#[post("/v1/merchants/{merchant_id}/price-log")]
pub async fn log_price(call: Call, merchant: Path<MerchantId>, body: Json<LogPrice>) -> Answer {
    call.run(&body, async |act| {
        let new = NewPrice {
            sku: &body.sku,
            currency: body.currency,
            price_minor: body.price_minor,
            effective_at: body.effective_at,
        };
        let row = price_log::note(act, *merchant, new).await?;
        let location = format!("/v1/merchants/{}/price-log", *merchant);
        Ok(Reply::created(location, PriceView::from(row)))
    })
    .await
}

/// Which product.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PriceLogParams {
    /// Only the prices of this product.
    #[param(required = false, max_length = 80)]
    sku: Option<String>,
}

/// List the price log of a merchant
///
/// Staff of the merchant, nobody else. In the order of entry.
#[utoipa::path(tag = "promotions", params(("merchant_id" = MerchantId, Path), PriceLogParams, PageParams),
    responses((status = 200, body = ListOf<PriceView>, description = "One page")))]
#[get("/v1/merchants/{merchant_id}/price-log")]
pub async fn list_price_log(
    call: Call,
    merchant: Path<MerchantId>,
    params: Query<PriceLogParams>,
) -> Answer {
    let sku = params.sku.as_deref();
    let found = price_log::list(&call.look(), *merchant, sku, call.page()?).await?;
    Ok(call.list(found.map(PriceView::from)))
}
