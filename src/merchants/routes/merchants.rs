//! Routes of merchants and of what they state about their size.

use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::locale::Locale;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::merchants::repo::firms::Merchant;
use crate::merchants::repo::sizes::SizeFact;
use crate::merchants::service::merchants as service;
use crate::merchants::service::merchants::Profile;
use crate::merchants::service::sizes;
use crate::merchants::service::sizes::Declaration;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_merchant)
        .service(list_my_merchants)
        .service(read_merchant)
        .service(change_merchant)
        .service(declare_size);
}

/// A new merchant.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Longjing Tea House", "region": "Hangzhou", "category": "food", "locale": "zh-CN"}))]
struct CreateMerchant {
    /// As members and shoppers know it.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// Where it trades.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    region: String,
    /// What it trades in.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    category: String,
    /// Language of its letters; default `zh-CN`.
    locale: Option<Locale>,
}

/// A merchant.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct MerchantView {
    id: MerchantId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 80)]
    region: String,
    #[schema(max_length = 80)]
    category: String,
    #[schema(max_length = 10)]
    locale: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Merchant> for MerchantView {
    fn from(row: Merchant) -> Self {
        Self {
            id: row.id,
            name: row.name,
            region: row.region,
            category: row.category,
            locale: row.locale,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Found a merchant
///
/// Any person with a verified address, who becomes its first staff.
#[utoipa::path(tag = "merchants", request_body = CreateMerchant,
    responses((status = 201, body = MerchantView, description = "The merchant")))]
#[post("/v1/merchants")]
async fn create_merchant(call: Call, body: Json<CreateMerchant>) -> Answer {
    call.run(&body, async |act| {
        let profile = Profile {
            name: Some(&body.name),
            region: Some(&body.region),
            category: Some(&body.category),
            locale: body.locale,
        };
        let row = service::create(act, profile).await?;
        let location = format!("/v1/merchants/{}", row.id);
        let version = row.version;
        Ok(Reply::created(location, MerchantView::from(row)).version(version))
    })
    .await
}

/// List my merchants
///
/// Those that the caller acts for.
#[utoipa::path(tag = "merchants", params(PageParams),
    responses((status = 200, body = ListOf<MerchantView>, description = "One page")))]
#[get("/v1/merchants")]
async fn list_my_merchants(call: Call) -> Answer {
    let merchants = service::mine(&call.look(), call.page()?).await?;
    Ok(call.list(merchants.map(MerchantView::from)))
}

/// Read a merchant
///
/// Its staff.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path)),
    responses((status = 200, body = MerchantView, description = "The merchant")))]
#[get("/v1/merchants/{merchant_id}")]
async fn read_merchant(call: Call, id: Path<MerchantId>) -> Answer {
    let row = service::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(MerchantView::from(row), version))
}

/// Changes to a merchant; what is absent stays.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Longjing Tea House and Garden", "locale": "en"}))]
struct ChangeMerchant {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: Option<String>,
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    region: Option<String>,
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    category: Option<String>,
    locale: Option<Locale>,
}

/// Change a merchant
///
/// Its staff: name, region, category and language.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path)),
    request_body(content((ChangeMerchant = "application/merge-patch+json"), (ChangeMerchant = "application/json"))),
    responses((status = 200, body = MerchantView, description = "The merchant")))]
#[patch("/v1/merchants/{merchant_id}")]
async fn change_merchant(call: Call, id: Path<MerchantId>, body: Json<ChangeMerchant>) -> Answer {
    call.run(&body, async |act| {
        let profile = Profile {
            name: body.name.as_deref(),
            region: body.region.as_deref(),
            category: body.category.as_deref(),
            locale: body.locale,
        };
        let row = service::change(act, *id, profile).await?;
        let version = row.version;
        Ok(Reply::ok(MerchantView::from(row)).version(version))
    })
    .await
}

/// A statement of a size.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"measure": "annual_revenue", "value": 120_000_000, "unit": "CNY", "valid_from": "2026-01-01"}))]
struct DeclareSize {
    /// What is measured: `annual_revenue`, `employees_fte`, `outlets` …
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
    /// First day on which it is no longer true; absent while nothing is known of an end.
    valid_to: Option<NaiveDate>,
    /// Where the evidence lies.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    evidence_ref: Option<String>,
    /// The declared or disputed statement that this one corrects.
    supersedes: Option<SizeFactId>,
}

/// A statement of a size, as it was recorded.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SizeFactView {
    pub id: SizeFactId,
    pub merchant_id: MerchantId,
    #[schema(max_length = 40)]
    pub measure: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub value: i64,
    #[schema(max_length = 20)]
    pub unit: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    /// declared, verified, estimated or disputed.
    #[schema(max_length = 20)]
    pub status: String,
    #[schema(max_length = 80)]
    pub evidence_ref: Option<String>,
    /// The row whose statement this one carries on under another status.
    pub supersedes: Option<SizeFactId>,
    pub recorded_by: Uuid,
    pub recorded_at: Instant,
}

impl From<SizeFact> for SizeFactView {
    fn from(row: SizeFact) -> Self {
        Self {
            id: row.id,
            merchant_id: row.merchant_id,
            measure: row.measure,
            value: row.value,
            unit: row.unit,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            status: row.status,
            evidence_ref: row.evidence_ref,
            supersedes: row.supersedes,
            recorded_by: row.recorded_by,
            recorded_at: row.recorded_at,
        }
    }
}

/// Declare a size
///
/// Staff of the merchant. The statement is kept for good; a later one takes its place from its own first day on.
/// Statements of one status hold on no day together: 422 `size_overlaps` names the one in the way. To correct a
/// declared or disputed statement, name it in `supersedes`.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path)), request_body = DeclareSize,
    responses((status = 201, body = SizeFactView, description = "The statement")))]
#[post("/v1/merchants/{merchant_id}/size-facts")]
async fn declare_size(call: Call, id: Path<MerchantId>, body: Json<DeclareSize>) -> Answer {
    call.run(&body, async |act| {
        let stated = Declaration {
            measure: &body.measure,
            value: body.value,
            unit: &body.unit,
            valid_from: body.valid_from,
            valid_to: body.valid_to,
            evidence_ref: body.evidence_ref.as_deref(),
            supersedes: body.supersedes,
        };
        let row = sizes::declare(act, *id, stated).await?;
        let location = format!("/v1/merchants/{}/size-facts/{}", *id, row.id);
        Ok(Reply::created(location, SizeFactView::from(row)))
    })
    .await
}
