//! Routes of templates.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::domain::purpose::CampaignCategory;
use crate::campaigns::domain::template::Wordings;
use crate::campaigns::repo::Template;
use crate::campaigns::service::templates;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::TemplateId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_template).service(list_templates);
}

/// A mail in both languages. Its variables: `merchant_name`, `recipient_name`, `alliance_name`,
/// `promotion_name`, `main_day`, `phases` (each with `name`, `starts`, `ends`), `enrol_link` and
/// `unsubscribe_link`; plain output, `if` and `for` are all that it may do with them.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({
    "name": "Monthly digest", "category": "digest",
    "locales": {
        "zh-CN": { "subject": "{{ alliance_name }}动态", "html": "<p>{{ merchant_name }}，您好！</p>", "text": "{{ merchant_name }}，您好！" },
        "en": { "subject": "News of {{ alliance_name }}", "html": "<p>Dear {{ merchant_name }},</p>", "text": "Dear {{ merchant_name }}," }
    }
}))]
struct CreateTemplate {
    /// A known name makes the next version.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    category: CampaignCategory,
    locales: Wordings,
}

/// One version of a template.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TemplateView {
    id: TemplateId,
    alliance_id: AllianceId,
    #[schema(max_length = 80)]
    name: String,
    /// Counts the versions of this name, from 1.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    number: i64,
    #[schema(max_length = 20)]
    category: String,
    #[schema(value_type = Wordings)]
    locales: serde_json::Value,
    created_by: UserId,
    created_at: Instant,
}

impl From<Template> for TemplateView {
    fn from(row: Template) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            name: row.name,
            number: row.number,
            category: row.category,
            locales: row.locales,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

/// Save a template
///
/// Organizers. A version never changes; saving under a known name makes the next one.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path)), request_body = CreateTemplate,
    responses((status = 201, body = TemplateView, description = "The version")))]
#[post("/v1/alliances/{alliance_id}/templates")]
async fn create_template(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreateTemplate>,
) -> Answer {
    call.run(&body, async |act| {
        let row =
            templates::create(act, *alliance, &body.name, body.category, &body.locales).await?;
        let place = format!("/v1/alliances/{}/templates", row.alliance_id);
        Ok(Reply::created(place, TemplateView::from(row)))
    })
    .await
}

/// List templates
///
/// Organizers, treasurers and observers. Every version, oldest first.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<TemplateView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/templates")]
async fn list_templates(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = templates::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(TemplateView::from)))
}
