//! Routes of refusals.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::domain::purpose::CampaignCategory;
use crate::campaigns::service::suppressions;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BounceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::ids::SuppressionId;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::mail::bounces::Listed;
use crate::mail::suppressions::Suppression;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_suppression)
        .service(list_suppressions)
        .service(lift_suppression)
        .service(list_bounces);
}

/// An address that wants no optional mail.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "mei@tea-house.example", "category": "digest", "reason": "asked on the phone"}))]
struct CreateSuppression {
    #[garde(custom(text::email))]
    #[schema(max_length = 254, format = "email")]
    email: String,
    /// What is refused; everything optional where absent.
    category: Option<CampaignCategory>,
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// An address that refuses mail of the alliance.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SuppressionView {
    id: SuppressionId,
    #[schema(max_length = 254)]
    email: String,
    /// Null: everything optional.
    #[schema(max_length = 20)]
    category: Option<String>,
    /// `global`: mail of nobody; `alliance`: of this alliance; `category`: of one category of it.
    #[schema(max_length = 20)]
    scope: &'static str,
    #[schema(max_length = 80)]
    reason: String,
    /// `link`, `organizer`, `bounce`, `complaint` or `server`.
    #[schema(max_length = 20)]
    source: String,
    /// The bounce that it rests on.
    evidence_id: Option<BounceId>,
    /// End of a pause; null: until it is lifted.
    expires_at: Option<Instant>,
    created_at: Instant,
}

impl From<Suppression> for SuppressionView {
    fn from(row: Suppression) -> Self {
        Self {
            scope: match (row.alliance_id, &row.category) {
                (None, _) => "global",
                (Some(_), None) => "alliance",
                (Some(_), Some(_)) => "category",
            },
            id: row.id,
            email: row.email,
            category: row.category,
            reason: row.reason,
            source: row.source,
            evidence_id: row.evidence_id,
            expires_at: row.expires_at,
            created_at: row.created_at,
        }
    }
}

/// Note a refusal
///
/// Organizers, on behalf of somebody who said so. Bills and notices still reach the address.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path)), request_body = CreateSuppression,
    responses((status = 201, body = SuppressionView, description = "Noted")))]
#[post("/v1/alliances/{alliance_id}/suppressions")]
async fn create_suppression(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreateSuppression>,
) -> Answer {
    call.run(&body, async |act| {
        let row =
            suppressions::create(act, *alliance, &body.email, body.category, &body.reason).await?;
        let place = format!("/v1/alliances/{}/suppressions/{}", *alliance, row.id);
        Ok(Reply::created(place, SuppressionView::from(row)))
    })
    .await
}

/// List refusals
///
/// Organizers.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<SuppressionView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/suppressions")]
async fn list_suppressions(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = suppressions::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(SuppressionView::from)))
}

/// Lift a refusal
///
/// Organizers, when the person wants mail again. The reason stays in the journal.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path), ("suppression_id" = SuppressionId, Path),
        ("reason" = String, Query, min_length = 1, max_length = 80, description = "Why it is lifted")),
    responses((status = 204, description = "Lifted")))]
#[delete("/v1/alliances/{alliance_id}/suppressions/{suppression_id}")]
async fn lift_suppression(call: Call, ids: Path<(AllianceId, SuppressionId)>) -> Answer {
    let (alliance, id) = *ids;
    let reason = call
        .filter("reason")
        .filter(|reason| text::line(reason, &()).is_ok())
        .ok_or_else(no_reason)?;
    call.run_to_end(async |act| suppressions::lift(act, alliance, id, &reason).await)
        .await
}

/// A message that came back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BounceView {
    id: BounceId,
    received_at: Instant,
    /// `hook` or `imap`.
    #[schema(max_length = 10)]
    source: String,
    delivery_id: Option<DeliveryId>,
    #[schema(max_length = 254)]
    email: Option<String>,
    /// `hard`, `soft`, `refused`, `policy`, `complaint`, `delayed` or `ignored`.
    #[schema(max_length = 20)]
    kind: String,
    /// Enhanced status code (RFC 3463).
    #[schema(max_length = 300)]
    status: Option<String>,
    /// What the mail server said.
    #[schema(max_length = 300)]
    diagnostic: Option<String>,
}

impl From<Listed> for BounceView {
    fn from(row: Listed) -> Self {
        Self {
            id: row.id,
            received_at: row.received_at,
            source: row.source,
            delivery_id: row.delivery_id,
            email: row.email,
            kind: row.kind,
            status: row.status,
            diagnostic: row.diagnostic,
        }
    }
}

/// List what came back
///
/// Organizers: the evidence of suppressions.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<BounceView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/bounces")]
async fn list_bounces(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = suppressions::list_bounces(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(BounceView::from)))
}

fn no_reason() -> Problem {
    let detail = "'reason' takes a line of 1 to 80 characters";
    Problem::new(&kinds::INVALID_PARAMETER, format!("{detail}.")).errors(vec![FieldError::new(
        "reason",
        "invalid_value",
        detail,
    )])
}
