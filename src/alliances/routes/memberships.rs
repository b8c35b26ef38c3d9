//! Routes of memberships.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::domain::membership::MembershipEvent;
use crate::alliances::domain::membership::MembershipState;
use crate::alliances::service::memberships as service;
use crate::alliances::service::memberships::Named;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mail::ConsentCategory;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(apply_for_membership)
        .service(list_memberships)
        .service(list_memberships_of_merchant)
        .service(read_membership)
        .service(approve_membership)
        .service(decline_membership)
        .service(suspend_membership)
        .service(reinstate_membership)
        .service(leave_alliance);
}

/// Who is to join.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"merchant_id": "01890a5d-ac96-774b-bcce-b302099a8057"}))]
struct Apply {
    merchant_id: MerchantId,
    /// Mail that the applicant agrees to get at the own address; only for staff of the merchant. The texts stand
    /// under the alliance's `preferences/me`.
    #[serde(default)]
    #[schema(max_items = 3)]
    consents: Vec<ConsentCategory>,
}

/// A membership.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MembershipView {
    id: MembershipId,
    alliance_id: AllianceId,
    merchant_id: MerchantId,
    #[schema(max_length = 80)]
    merchant_name: String,
    /// applied, invited, active, suspended, declined, expired, left or expelled.
    #[schema(max_length = 20)]
    state: String,
    joined_at: Option<Instant>,
    ended_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Named> for MembershipView {
    fn from(named: Named) -> Self {
        let row = named.membership;
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            merchant_id: row.merchant_id,
            merchant_name: named.merchant_name,
            state: row.state,
            joined_at: row.joined_at,
            ended_at: row.ended_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Apply for a membership
///
/// Staff of a merchant, where the alliance is listed: then an organizer approves. An organizer may ask any
/// merchant by its id: then the merchant's staff approves, within 14 days.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)), request_body = Apply,
    responses((status = 201, body = MembershipView, description = "Applied or invited")))]
#[post("/v1/alliances/{alliance_id}/memberships")]
async fn apply_for_membership(call: Call, id: Path<AllianceId>, body: Json<Apply>) -> Answer {
    call.run(&body, async |act| {
        let named = service::apply(act, *id, body.merchant_id, &body.consents).await?;
        let location = format!("/v1/memberships/{}", named.membership.id);
        let version = named.membership.version;
        Ok(Reply::created(location, MembershipView::from(named)).version(version))
    })
    .await
}

/// Which memberships.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document alone reads it")]
struct MembershipFilter {
    /// Only those in this state.
    #[param(required = false, inline)]
    state: Option<MembershipState>,
}

/// List the memberships of an alliance
///
/// Everybody who belongs to it reads the names of its members.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), MembershipFilter, PageParams),
    responses((status = 200, body = ListOf<MembershipView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/memberships")]
async fn list_memberships(call: Call, id: Path<AllianceId>) -> Answer {
    let state = call.filter("state");
    if state
        .as_deref()
        .is_some_and(|state| MembershipState::parse(state).is_none())
    {
        let detail = "'state' takes a state of memberships.";
        return Err(Problem::new(&kinds::INVALID_PARAMETER, detail));
    }
    let page = call.page()?;
    let memberships = service::list(&call.look(), *id, state.as_deref(), page).await?;
    Ok(call.list(memberships.map(MembershipView::from)))
}

/// List the memberships of a merchant
///
/// Its staff: in which alliances it is, has applied, or is invited to.
#[utoipa::path(tag = "alliances", params(("merchant_id" = MerchantId, Path), PageParams),
    responses((status = 200, body = ListOf<MembershipView>, description = "One page")))]
#[get("/v1/merchants/{merchant_id}/memberships")]
async fn list_memberships_of_merchant(call: Call, id: Path<MerchantId>) -> Answer {
    let memberships = service::of_merchant(&call.look(), *id, call.page()?).await?;
    Ok(call.list(memberships.map(MembershipView::from)))
}

/// Read a membership
///
/// Everybody who belongs to the alliance, and the merchant's staff.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "The membership")))]
#[get("/v1/memberships/{membership_id}")]
async fn read_membership(call: Call, id: Path<MembershipId>) -> Answer {
    let named = service::read(&call.look(), *id).await?;
    let version = named.membership.version;
    Ok(call.show(MembershipView::from(named), version))
}

async fn transition(call: &Call, id: MembershipId, event: MembershipEvent) -> Answer {
    call.run_bare(async |act| {
        let named = service::transition(act, id, event).await?;
        let version = named.membership.version;
        Ok(Reply::ok(MembershipView::from(named)).version(version))
    })
    .await
}

/// Approve a membership
///
/// An organizer approves an application; the merchant's staff takes an invitation. The merchant is a member from then
/// on, or, where the by-laws say so, once the members' time to object is over: then it stays as it is, and an admission
/// is announced.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Active, or waiting for objections")))]
#[post("/v1/memberships/{membership_id}/approve")]
async fn approve_membership(call: Call, id: Path<MembershipId>) -> Answer {
    transition(&call, *id, MembershipEvent::Approve).await
}

/// Decline a membership
///
/// Either side turns an application or invitation down.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Declined")))]
#[post("/v1/memberships/{membership_id}/decline")]
async fn decline_membership(call: Call, id: Path<MembershipId>) -> Answer {
    transition(&call, *id, MembershipEvent::Decline).await
}

/// Suspend a membership
///
/// Organizers. Rights rest, duties stay.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Suspended")))]
#[post("/v1/memberships/{membership_id}/suspend")]
async fn suspend_membership(call: Call, id: Path<MembershipId>) -> Answer {
    transition(&call, *id, MembershipEvent::Suspend).await
}

/// Reinstate a membership
///
/// Organizers. Rights return.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Active")))]
#[post("/v1/memberships/{membership_id}/reinstate")]
async fn reinstate_membership(call: Call, id: Path<MembershipId>) -> Answer {
    transition(&call, *id, MembershipEvent::Reinstate).await
}

/// Leave an alliance
///
/// The merchant's staff.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Left")))]
#[post("/v1/memberships/{membership_id}/leave")]
async fn leave_alliance(call: Call, id: Path<MembershipId>) -> Answer {
    transition(&call, *id, MembershipEvent::Leave).await
}
