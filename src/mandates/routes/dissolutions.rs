//! Routes of dissolutions.

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
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DissolutionId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::mandates::repo::dissolutions::Dissolution;
use crate::mandates::service::dissolutions as service;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_dissolution)
        .service(list_dissolutions)
        .service(read_dissolution)
        .service(drop_dissolution)
        .service(execute_dissolution);
}

/// Why an alliance should end, and what becomes of what it owns.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reasons": "The street is rebuilt.", "plan": "The tents go to the school."}))]
struct ProposeDissolution {
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    reasons: String,
    /// Who gets what of the assets; money in funds goes back to those who paid it when they are closed.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    plan: String,
}

/// The end of an alliance, as it is decided on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DissolutionView {
    id: DissolutionId,
    alliance_id: AllianceId,
    #[schema(max_length = 4000)]
    reasons: String,
    #[schema(max_length = 4000)]
    plan: String,
    /// `proposed`, `executed` or `dropped`.
    #[schema(max_length = 20)]
    state: String,
    ended_at: Option<Instant>,
    /// The permission by which it was executed.
    mandate_id: Option<MandateId>,
    proposed_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Dissolution> for DissolutionView {
    fn from(row: Dissolution) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            reasons: row.reasons,
            plan: row.plan,
            state: row.state,
            ended_at: row.ended_at,
            mandate_id: row.mandate_id,
            proposed_by: row.proposed_by,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn moved(row: Dissolution) -> Reply<DissolutionView> {
    let version = row.version;
    Reply::ok(DissolutionView::from(row)).version(version)
}

/// Propose a dissolution
///
/// Organizers. It is then put to the vote; nothing ends before.
#[utoipa::path(tag = "decisions", params(("alliance_id" = AllianceId, Path)), request_body = ProposeDissolution,
    responses((status = 201, body = DissolutionView, description = "The proposal")))]
#[post("/v1/alliances/{alliance_id}/dissolutions")]
async fn propose_dissolution(
    call: Call,
    id: Path<AllianceId>,
    body: Json<ProposeDissolution>,
) -> Answer {
    call.run(&body, async |act| {
        let row = service::propose(act, *id, &body.reasons, &body.plan).await?;
        let (location, version) = (format!("/v1/dissolutions/{}", row.id), row.version);
        Ok(Reply::created(location, DissolutionView::from(row)).version(version))
    })
    .await
}

/// List dissolutions
///
/// Everybody in the alliance.
#[utoipa::path(tag = "decisions", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<DissolutionView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/dissolutions")]
async fn list_dissolutions(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(DissolutionView::from)))
}

/// Read a dissolution
///
/// Everybody in the alliance.
#[utoipa::path(tag = "decisions", params(("dissolution_id" = DissolutionId, Path)),
    responses((status = 200, body = DissolutionView, description = "The proposal")))]
#[get("/v1/dissolutions/{dissolution_id}")]
async fn read_dissolution(call: Call, id: Path<DissolutionId>) -> Answer {
    let row = service::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(DissolutionView::from(row), version))
}

/// Drop a dissolution
///
/// Organizers. A vote on it permits nothing any more.
#[utoipa::path(tag = "decisions", params(("dissolution_id" = DissolutionId, Path)),
    responses((status = 200, body = DissolutionView, description = "The proposal, dropped")))]
#[post("/v1/dissolutions/{dissolution_id}/drop")]
async fn drop_dissolution(call: Call, id: Path<DissolutionId>) -> Answer {
    call.run_bare(async |act| Ok(moved(service::give_up(act, *id).await?)))
        .await
}

/// Dissolve the alliance
///
/// Organizers, by the mandate of the members, once every fund is closed and nothing is under way. Memberships
/// end, open invitations are taken back, and from then on the alliance can only be read.
#[utoipa::path(tag = "decisions", params(("dissolution_id" = DissolutionId, Path)),
    responses((status = 200, body = DissolutionView, description = "The alliance is dissolved")))]
#[post("/v1/dissolutions/{dissolution_id}/execute")]
async fn execute_dissolution(call: Call, id: Path<DissolutionId>) -> Answer {
    call.run_bare(async |act| Ok(moved(service::execute(act, *id).await?)))
        .await
}
