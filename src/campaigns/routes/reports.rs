//! Routes of reports: how far a campaign is, who got it, who did not, and why.

use std::collections::HashMap;

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::campaigns::domain::state::DeliveryState;
use crate::campaigns::service::reports;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mail::mailing::Attempt;
use crate::mail::mailing::Decision;
use crate::mail::mailing::Dispatch;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_campaign_progress)
        .service(list_campaign_deliveries)
        .service(list_campaign_attempts)
        .service(resolve_unsure);
}

/// How far a campaign is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ProgressView {
    id: CampaignId,
    #[schema(max_length = 20)]
    state: String,
    /// Whether every recipient has a delivery; until then the total grows.
    complete: bool,
    /// The sum of the states.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    total: i64,
    /// Deliveries per state; every state is there.
    counts: HashMap<DeliveryState, i64>,
}

/// Read the progress of a campaign
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = ProgressView, description = "The counts")))]
#[get("/v1/campaigns/{campaign_id}/progress")]
async fn read_campaign_progress(call: Call, id: Path<CampaignId>) -> Answer {
    let (campaign, found) = reports::progress(&call.look(), *id).await?;
    let count = |state: DeliveryState| found.get(state.as_str()).copied().unwrap_or(0);
    let view = ProgressView {
        id: campaign.id,
        state: campaign.state,
        complete: campaign.gathered_at.is_some(),
        total: found.values().sum(),
        counts: DeliveryState::ALL.iter().map(|s| (*s, count(*s))).collect(),
    };
    Ok(Reply::ok(view).respond())
}

/// What became of one recipient.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DeliveryView {
    id: DeliveryId,
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 200)]
    name: String,
    #[schema(max_length = 10)]
    locale: String,
    #[schema(max_length = 20)]
    state: String,
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    attempts: i32,
    /// When it is tried next, where it waits.
    due_at: Instant,
    first_try_at: Option<Instant>,
    /// When it came to its end.
    done_at: Option<Instant>,
    /// The mail server's last code.
    #[schema(minimum = 0, maximum = 999)]
    code: Option<i32>,
    /// The mail server's last enhanced status code (RFC 3463).
    #[schema(max_length = 20)]
    enhanced: Option<String>,
    /// Why it did not leave, or not yet.
    #[schema(max_length = 1000)]
    reason: Option<String>,
    /// The mail server that was tried last.
    #[schema(max_length = 300)]
    relay: Option<String>,
}

impl From<Dispatch> for DeliveryView {
    fn from(row: Dispatch) -> Self {
        Self {
            id: row.id,
            email: row.to_email,
            name: row.to_name,
            locale: row.locale,
            state: row.state,
            attempts: row.attempts,
            due_at: row.due_at,
            first_try_at: row.first_try_at,
            done_at: row.done_at,
            code: row.code,
            enhanced: row.enhanced,
            reason: row.reason,
            relay: row.relay,
        }
    }
}

/// List the deliveries of a campaign
///
/// Organizers, treasurers and observers: who got it, who did not, and why.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path),
        ("state" = inline(Option<DeliveryState>), Query, description = "Only deliveries in this state"), PageParams),
    responses((status = 200, body = ListOf<DeliveryView>, description = "One page")))]
#[get("/v1/campaigns/{campaign_id}/deliveries")]
async fn list_campaign_deliveries(call: Call, id: Path<CampaignId>) -> Answer {
    let state = call
        .filter("state")
        .map(|word| DeliveryState::parse(&word).ok_or_else(unknown_state))
        .transpose()?
        .map(DeliveryState::as_str);
    let rows = reports::deliveries(&call.look(), *id, state, call.page()?).await?;
    Ok(call.list(rows.map(DeliveryView::from)))
}

/// A try that did not end with a 250.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AttemptView {
    id: Uuid,
    delivery_id: DeliveryId,
    /// Which try of the delivery it was.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    number: i32,
    at: Instant,
    #[schema(max_length = 300)]
    relay: Option<String>,
    /// How far it came: `mail`, `rcpt`, `data`, `content`, `render` or `worker`.
    #[schema(max_length = 20)]
    stage: String,
    #[schema(minimum = 0, maximum = 999)]
    code: Option<i32>,
    #[schema(max_length = 20)]
    enhanced: Option<String>,
    #[schema(max_length = 1000)]
    text: String,
    /// How long it took, in milliseconds.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    ms: i64,
    /// What was made of it.
    #[schema(max_length = 20)]
    verdict: String,
}

impl From<Attempt> for AttemptView {
    fn from(row: Attempt) -> Self {
        Self {
            id: row.id,
            delivery_id: row.delivery_id,
            number: row.n,
            at: row.at,
            relay: row.relay,
            stage: row.stage,
            code: row.code,
            enhanced: row.enhanced,
            text: row.text,
            ms: row.ms,
            verdict: row.verdict,
        }
    }
}

/// List the tries of a campaign that did not succeed
///
/// Organizers, treasurers and observers: everything that did not end with a 250.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path), PageParams),
    responses((status = 200, body = ListOf<AttemptView>, description = "One page")))]
#[get("/v1/campaigns/{campaign_id}/attempts")]
async fn list_campaign_attempts(call: Call, id: Path<CampaignId>) -> Answer {
    let rows = reports::attempts(&call.look(), *id, call.page()?).await?;
    Ok(call.list(rows.map(AttemptView::from)))
}

/// What becomes of deliveries that may have arrived.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"decision": "mark_sent"}))]
struct ResolveUnsure {
    decision: Decision,
    /// The deliveries that this is about; all of the campaign where absent.
    #[garde(length(max = 1000))]
    #[schema(max_items = 1000)]
    delivery_ids: Option<Vec<DeliveryId>>,
}

/// How many deliveries were unsure.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ResolvedView {
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    resolved: u64,
}

/// Decide on deliveries that may have arrived
///
/// Organizers. The content left and no answer came: send it again, or take it as sent.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)), request_body = ResolveUnsure,
    responses((status = 200, body = ResolvedView, description = "Decided")))]
#[post("/v1/campaigns/{campaign_id}/resolve-unsure")]
async fn resolve_unsure(call: Call, id: Path<CampaignId>, body: Json<ResolveUnsure>) -> Answer {
    call.run(&body, async |act| {
        let which = body.delivery_ids.as_deref();
        let resolved = reports::resolve(act, *id, which, body.decision).await?;
        Ok(Reply::ok(ResolvedView { resolved }))
    })
    .await
}

fn unknown_state() -> Problem {
    let detail = "'state' takes the word of a delivery's state";
    Problem::new(&kinds::INVALID_PARAMETER, format!("{detail}.")).errors(vec![FieldError::new(
        "state",
        "unknown_word",
        detail,
    )])
}
