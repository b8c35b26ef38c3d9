//! Routes of mandates.

use actix_web::get;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MandateId;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mandates::domain::mandate::MandateState;
use crate::mandates::service::reading;
use crate::mandates::service::reading::Standing;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_mandates).service(read_mandate);
}

/// Permission for one act with one content, once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct MandateView {
    id: MandateId,
    alliance_id: AllianceId,
    /// What was decided, as in the list of matters.
    #[schema(max_length = 40)]
    matter: String,
    /// The object of the act: an assessment, a promotion, the case against a member …
    subject_id: Uuid,
    /// SHA-256 of exactly what is permitted, in hexadecimal; the ballot shows the same.
    #[schema(max_length = 64)]
    content_hash: String,
    /// The decision, such as `ballot:` and its id.
    #[schema(max_length = 100)]
    source: String,
    /// The ballot that decided, if one did.
    ballot_id: Option<BallotId>,
    state: MandateState,
    issued_at: Instant,
    /// When it permits nothing any more; null where the by-laws set no limit.
    expires_at: Option<Instant>,
    /// When its act was done.
    consumed_at: Option<Instant>,
    /// The operation that did it.
    #[schema(max_length = 100)]
    consumed_by: Option<String>,
    /// When it was taken back because the decision was challenged or annulled.
    revoked_at: Option<Instant>,
}

impl From<Standing> for MandateView {
    fn from(standing: Standing) -> Self {
        let row = standing.mandate;
        let ballot = row.source.strip_prefix("ballot:");
        Self {
            ballot_id: ballot.and_then(|id| id.parse().ok()),
            id: row.id,
            alliance_id: row.alliance_id,
            matter: row.matter,
            subject_id: row.subject_id,
            content_hash: row
                .content_hash
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect(),
            source: row.source,
            state: standing.state,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            consumed_at: row.consumed_at,
            consumed_by: row.consumed_by,
            revoked_at: row.revoked_at,
        }
    }
}

/// Which mandates are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct MandateFilter {
    /// Only those on this object.
    #[param(max_length = 36, required = false)]
    subject_id: Option<String>,
}

/// List mandates
///
/// Everybody in the alliance: what was permitted by which decision, and whether it was done.
#[utoipa::path(tag = "decisions", params(("alliance_id" = AllianceId, Path), MandateFilter, PageParams),
    responses((status = 200, body = ListOf<MandateView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/mandates")]
async fn list_mandates(call: Call, id: Path<AllianceId>, filter: Query<MandateFilter>) -> Answer {
    let subject = filter.subject_id.as_deref().map(str::parse::<Uuid>);
    let subject = subject
        .transpose()
        .map_err(|_| Problem::new(&kinds::INVALID_PARAMETER, "'subject_id' takes an id."))?;
    let slice = reading::list(&call.look(), *id, subject, call.page()?).await?;
    Ok(call.list(slice.map(MandateView::from)))
}

/// Read a mandate
///
/// Everybody in the alliance.
#[utoipa::path(tag = "decisions", params(("mandate_id" = MandateId, Path)),
    responses((status = 200, body = MandateView, description = "The mandate")))]
#[get("/v1/mandates/{mandate_id}")]
async fn read_mandate(call: Call, id: Path<MandateId>) -> Answer {
    let found = reading::read(&call.look(), *id).await?;
    Ok(Reply::ok(MandateView::from(found)).respond())
}
