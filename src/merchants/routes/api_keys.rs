//! Routes of API keys.

use actix_web::delete;
use actix_web::get;
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
use crate::kernel::ids::ApiKeyId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::merchants::domain::api_key::BRAND;
use crate::merchants::domain::api_key::MOST_DAYS;
use crate::merchants::domain::api_key::Scope;
use crate::merchants::repo::keys::ApiKey;
use crate::merchants::service::api_keys as service;
use crate::merchants::service::api_keys::Wanted;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_api_key)
        .service(list_api_keys)
        .service(revoke_api_key);
}

/// A new key.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "order system", "scopes": ["tenders:read", "quotes:write"], "days": 90}))]
struct CreateApiKey {
    /// By which people tell their keys apart.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// What it may do.
    #[garde(length(min = 1, max = 3))]
    #[schema(min_items = 1, max_items = 3)]
    scopes: Vec<Scope>,
    /// How many days it lives; default 90.
    #[garde(inner(range(min = 1, max = MOST_DAYS)))]
    #[schema(minimum = 1, maximum = 365)]
    days: Option<i64>,
}

/// A key without its secret.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ApiKeyView {
    id: ApiKeyId,
    #[schema(max_length = 80)]
    name: String,
    /// How the key begins.
    #[schema(max_length = 20)]
    prefix: String,
    #[schema(max_items = 3)]
    scopes: Vec<String>,
    created_at: Instant,
    expires_at: Instant,
    /// Noted at most once an hour.
    last_used_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(row: ApiKey) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: format!("{BRAND}{}", row.prefix),
            scopes: row.scopes.split(' ').map(str::to_owned).collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A new key, the only time that it is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct NewApiKeyView {
    #[serde(flatten)]
    key: ApiKeyView,
    /// The key itself, for the `Authorization: Bearer` header; null where the answer is sent again.
    #[schema(max_length = 100)]
    secret: Option<String>,
    /// Whether the secret was shown before.
    secret_shown: bool,
}

/// Make an API key
///
/// Staff of the manufacturer. At most two keys live at once, so that one can replace the other.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path)), request_body = CreateApiKey,
    responses((status = 201, body = NewApiKeyView, description = "The key, shown once")))]
#[post("/v1/manufacturers/{manufacturer_id}/api-keys")]
async fn create_api_key(call: Call, id: Path<ManufacturerId>, body: Json<CreateApiKey>) -> Answer {
    call.run(&body, async |act| {
        let wanted = Wanted {
            name: &body.name,
            scopes: &body.scopes,
            days: body.days.unwrap_or(90),
        };
        let fresh = service::create(act, *id, wanted).await?;
        let location = format!("/v1/manufacturers/{}/api-keys/{}", *id, fresh.row.id);
        let shown = NewApiKeyView {
            key: ApiKeyView::from(fresh.row),
            secret: Some(fresh.key),
            secret_shown: false,
        };
        let stored = NewApiKeyView {
            secret: None,
            secret_shown: true,
            ..shown.clone()
        };
        Ok(Reply::created(location, shown).store_instead(stored))
    })
    .await
}

/// List the API keys of a manufacturer
///
/// Its staff. Secrets are never shown again.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path), PageParams),
    responses((status = 200, body = ListOf<ApiKeyView>, description = "One page")))]
#[get("/v1/manufacturers/{manufacturer_id}/api-keys")]
async fn list_api_keys(call: Call, id: Path<ManufacturerId>) -> Answer {
    let keys = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(keys.map(ApiKeyView::from)))
}

/// Revoke an API key
///
/// Staff of the manufacturer, or a platform admin. It stops working at once.
#[utoipa::path(tag = "manufacturers",
    params(("manufacturer_id" = ManufacturerId, Path), ("api_key_id" = ApiKeyId, Path)),
    responses((status = 204, description = "Revoked")))]
#[delete("/v1/manufacturers/{manufacturer_id}/api-keys/{api_key_id}")]
async fn revoke_api_key(call: Call, ids: Path<(ManufacturerId, ApiKeyId)>) -> Answer {
    let (manufacturer, id) = *ids;
    call.run_to_end(async |act| service::revoke(act, manufacturer, id).await)
        .await
}
