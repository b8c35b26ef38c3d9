//! Routes of reports: how far a campaign is, who got it, who did not, and why.

use std::collections::HashMap;

use actix_web::get;
use actix_web::web::Path;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::domain::state::DeliveryState;
use crate::campaigns::service::reports;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mail::mailing::Dispatch;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_campaign_progress)
        .service(list_campaign_deliveries);
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
    /// Why it did not leave, or not yet.
    #[schema(max_length = 1000)]
    reason: Option<String>,
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
            reason: row.reason,
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

fn unknown_state() -> Problem {
    let detail = "'state' takes the word of a delivery's state";
    Problem::new(&kinds::INVALID_PARAMETER, format!("{detail}.")).errors(vec![FieldError::new(
        "state",
        "unknown_word",
        detail,
    )])
}
