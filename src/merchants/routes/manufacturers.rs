//! Routes of manufacturers.

use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::locale::Locale;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::merchants::repo::firms::Manufacturer;
use crate::merchants::service::manufacturers as service;
use crate::merchants::service::manufacturers::Profile;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_manufacturer)
        .service(list_my_manufacturers)
        .service(read_manufacturer)
        .service(change_manufacturer);
}

/// A new manufacturer.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Jingdezhen Porcelain Works", "country": "CN", "locale": "zh-CN"}))]
struct CreateManufacturer {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// ISO 3166 alpha-2 code.
    #[garde(pattern("^[A-Z]{2}$"))]
    #[schema(max_length = 2, pattern = "^[A-Z]{2}$")]
    country: String,
    /// Language of its letters; default `zh-CN`.
    locale: Option<Locale>,
}

/// A manufacturer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ManufacturerView {
    id: ManufacturerId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 2)]
    country: String,
    #[schema(max_length = 10)]
    locale: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Manufacturer> for ManufacturerView {
    fn from(row: Manufacturer) -> Self {
        Self {
            id: row.id,
            name: row.name,
            country: row.country,
            locale: row.locale,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Found a manufacturer
///
/// Any person with a verified address, who becomes its first staff.
#[utoipa::path(tag = "manufacturers", request_body = CreateManufacturer,
    responses((status = 201, body = ManufacturerView, description = "The manufacturer")))]
#[post("/v1/manufacturers")]
async fn create_manufacturer(call: Call, body: Json<CreateManufacturer>) -> Answer {
    call.run(&body, async |act| {
        let profile = Profile {
            name: Some(&body.name),
            country: Some(&body.country),
            locale: body.locale,
        };
        let row = service::create(act, profile).await?;
        let location = format!("/v1/manufacturers/{}", row.id);
        let version = row.version;
        Ok(Reply::created(location, ManufacturerView::from(row)).version(version))
    })
    .await
}

/// List my manufacturers
///
/// Those that the caller acts for.
#[utoipa::path(tag = "manufacturers", params(PageParams),
    responses((status = 200, body = ListOf<ManufacturerView>, description = "One page")))]
#[get("/v1/manufacturers")]
async fn list_my_manufacturers(call: Call) -> Answer {
    let manufacturers = service::mine(&call.look(), call.page()?).await?;
    Ok(call.list(manufacturers.map(ManufacturerView::from)))
}

/// Read a manufacturer
///
/// Its staff, or a key of it.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path)),
    responses((status = 200, body = ManufacturerView, description = "The manufacturer")))]
#[get("/v1/manufacturers/{manufacturer_id}")]
async fn read_manufacturer(call: Call, id: Path<ManufacturerId>) -> Answer {
    let row = service::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(ManufacturerView::from(row), version))
}

/// Changes to a manufacturer; what is absent stays.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Jingdezhen Porcelain", "locale": "en"}))]
struct ChangeManufacturer {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: Option<String>,
    #[garde(inner(pattern("^[A-Z]{2}$")))]
    #[schema(max_length = 2, pattern = "^[A-Z]{2}$")]
    country: Option<String>,
    locale: Option<Locale>,
}

/// Change a manufacturer
///
/// Its staff: name, country and language.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path)),
    request_body(content((ChangeManufacturer = "application/merge-patch+json"), (ChangeManufacturer = "application/json"))),
    responses((status = 200, body = ManufacturerView, description = "The manufacturer")))]
#[patch("/v1/manufacturers/{manufacturer_id}")]
async fn change_manufacturer(
    call: Call,
    id: Path<ManufacturerId>,
    body: Json<ChangeManufacturer>,
) -> Answer {
    call.run(&body, async |act| {
        let profile = Profile {
            name: body.name.as_deref(),
            country: body.country.as_deref(),
            locale: body.locale,
        };
        let row = service::change(act, *id, profile).await?;
        let version = row.version;
        Ok(Reply::ok(ManufacturerView::from(row)).version(version))
    })
    .await
}
