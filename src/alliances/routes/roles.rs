//! Routes of granted roles.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::domain::roles::GrantedRole;
use crate::alliances::service::roles as service;
use crate::alliances::service::roles::Held;
use crate::alliances::service::roles::Holder;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::ProblemBody;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::RoleGrantId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(grant_role)
        .service(list_role_grants)
        .service(read_role_grant)
        .service(revoke_role);
}

/// A role for a person, who is named by exactly one of the two.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "lin@tea-house.example", "role": "treasurer"}))]
struct GrantRole {
    user_id: Option<UserId>,
    #[garde(custom(text::email))]
    #[schema(max_length = 254, format = "email")]
    email: Option<String>,
    role: GrantedRole,
}

/// A granted role.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct RoleGrantView {
    id: RoleGrantId,
    alliance_id: AllianceId,
    user_id: UserId,
    #[schema(max_length = 80)]
    name: String,
    /// organizer, treasurer or observer.
    #[schema(max_length = 20)]
    role: String,
    created_at: Instant,
}

impl From<Held> for RoleGrantView {
    fn from(held: Held) -> Self {
        Self {
            id: held.grant.id,
            alliance_id: held.grant.alliance_id,
            user_id: held.grant.user_id,
            name: held.name,
            role: held.grant.role,
            created_at: held.grant.created_at,
        }
    }
}

/// Grant a role
///
/// Organizers. The person needs an account, and is told by mail.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)), request_body = GrantRole,
    responses((status = 201, body = RoleGrantView, description = "Granted")))]
#[post("/v1/alliances/{alliance_id}/role-grants")]
async fn grant_role(call: Call, id: Path<AllianceId>, body: Json<GrantRole>) -> Answer {
    call.run(&body, async |act| {
        let holder = Holder {
            user_id: body.user_id,
            email: body.email.as_deref(),
        };
        let held = service::grant(act, *id, holder, body.role).await?;
        let location = format!("/v1/alliances/{}/role-grants/{}", *id, held.grant.id);
        Ok(Reply::created(location, RoleGrantView::from(held)))
    })
    .await
}

/// List the granted roles
///
/// Everybody who belongs to the alliance.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<RoleGrantView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/role-grants")]
async fn list_role_grants(call: Call, id: Path<AllianceId>) -> Answer {
    let grants = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(grants.map(RoleGrantView::from)))
}

/// Read a granted role
///
/// Everybody who belongs to the alliance.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), ("grant_id" = RoleGrantId, Path)),
    responses((status = 200, body = RoleGrantView, description = "The grant")))]
#[get("/v1/alliances/{alliance_id}/role-grants/{grant_id}")]
async fn read_role_grant(call: Call, ids: Path<(AllianceId, RoleGrantId)>) -> Answer {
    let (alliance, grant) = *ids;
    let held = service::read(&call.look(), alliance, grant).await?;
    Ok(Reply::ok(RoleGrantView::from(held)).respond())
}

/// Take a role back
///
/// Organizers, or the holder; at least one organizer remains.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), ("grant_id" = RoleGrantId, Path)),
    responses((status = 204, description = "Taken back"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The last organizer stays")))]
#[delete("/v1/alliances/{alliance_id}/role-grants/{grant_id}")]
async fn revoke_role(call: Call, ids: Path<(AllianceId, RoleGrantId)>) -> Answer {
    let (alliance, grant) = *ids;
    call.run_to_end(async |act| service::revoke(act, alliance, grant).await)
        .await
}
