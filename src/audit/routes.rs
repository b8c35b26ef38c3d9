//! Routes of audit.

use actix_web::get;
use actix_web::web::Path;
use actix_web::web::Query;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::audit::repo::AuditEvent;
use crate::audit::repo::Filter;
use crate::audit::service;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AuditEventId;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_audit_events);
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditFilter {
    /// Only this action, such as `payment.recorded`.
    #[param(max_length = 100, required = false)]
    action: Option<String>,
    /// Only acts on this object.
    #[param(max_length = 36, format = "uuid", required = false)]
    object_id: Option<String>,
    /// Only acts at or after this instant.
    #[param(max_length = 40, format = "date-time", required = false)]
    since: Option<String>,
}

impl AuditFilter {
    fn read(&self) -> Result<Filter, Problem> {
        let object = self.object_id.as_deref().map(str::parse).transpose();
        let since = self.since.as_deref().map(Instant::parse).transpose();
        Ok(Filter {
            action: self.action.clone(),
            object: object.map_err(|_| invalid("object_id", "an id"))?,
            since: since.map_err(|_| invalid("since", "an instant with its offset"))?,
        })
    }
}

fn invalid(name: &str, wanted: &str) -> Problem {
    Problem::new(
        &kinds::INVALID_PARAMETER,
        format!("'{name}' takes {wanted}."),
    )
    .errors(vec![FieldError::new(name, "invalid_parameter", wanted)])
}

/// One act, as its own transaction recorded it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AuditEventView {
    id: AuditEventId,
    at: Instant,
    /// `user:<id>`, `api_key:<id>`, `link:<id>`, or `system`.
    #[schema(max_length = 60)]
    actor: String,
    /// What was done, as `noun.past_participle`.
    #[schema(max_length = 100)]
    action: String,
    object_id: Uuid,
    /// Facts of the act: ids and figures, never secrets.
    #[schema(value_type = Object)]
    data: serde_json::Value,
    #[schema(max_length = 64)]
    request_id: String,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id,
            at: event.at,
            actor: event.actor,
            action: event.action,
            object_id: event.object_id,
            data: event.data,
            request_id: event.request_id,
        }
    }
}

/// List audit events
///
/// Organizers, treasurers and observers. What was done in the alliance, oldest first.
#[utoipa::path(tag = "audit", params(("alliance_id" = AllianceId, Path), PageParams, AuditFilter),
    responses((status = 200, body = ListOf<AuditEventView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/audit-events")]
async fn list_audit_events(
    call: Call,
    alliance: Path<AllianceId>,
    filter: Query<AuditFilter>,
) -> Answer {
    let (filter, page) = (filter.read()?, call.page()?);
    let slice = service::list(&call.look(), *alliance, &filter, page).await?;
    Ok(call.list(slice.map(AuditEventView::from)))
}
