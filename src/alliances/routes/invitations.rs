//! Routes of invitations by mail.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::alliances::domain::invitation::InvitationEvent;
use crate::alliances::repo::invitations::Invitation;
use crate::alliances::service::invitations as service;
use crate::alliances::service::invitations::Wanted;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::InvitationId;
use crate::kernel::ids::MembershipId;
use crate::kernel::locale::Locale;
use crate::kernel::role::Role;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(invite)
        .service(list_invitations)
        .service(read_invitation)
        .service(accept_invitation)
        .service(decline_invitation)
        .service(revoke_invitation);
}

/// Whom to invite to what.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "lin@tea-house.example", "role": "member", "merchant_name": "Longjing Tea House", "locale": "zh-CN"}))]
struct Invite {
    #[garde(custom(text::email))]
    #[schema(max_length = 254, format = "email")]
    email: String,
    role: Role,
    /// For a member: the merchant to found where the person acts for none; default is the person's name.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    merchant_name: Option<String>,
    /// Language of the mail; default `zh-CN`.
    locale: Option<Locale>,
}

/// An invitation by mail.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct InvitationView {
    id: InvitationId,
    alliance_id: AllianceId,
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 20)]
    role: String,
    #[schema(max_length = 80)]
    merchant_name: Option<String>,
    #[schema(max_length = 10)]
    locale: String,
    /// open, accepted, declined, revoked or expired.
    #[schema(max_length = 20)]
    state: String,
    /// What came of it, for a member.
    membership_id: Option<MembershipId>,
    invited_by: Uuid,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
    expires_at: Instant,
}

impl From<Invitation> for InvitationView {
    fn from(row: Invitation) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            email: row.email,
            role: row.role,
            merchant_name: row.merchant_name,
            locale: row.locale,
            state: row.state,
            membership_id: row.membership_id,
            invited_by: row.invited_by,
            version: row.version,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

/// Invite by mail
///
/// Organizers. The mail has a link that is good for 14 days; its page shows the alliance and the role, and only
/// its buttons answer. Whoever has no account yet signs up with that address first.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)), request_body = Invite,
    responses((status = 201, body = InvitationView, description = "A mail is on its way")))]
#[post("/v1/alliances/{alliance_id}/invitations")]
async fn invite(call: Call, id: Path<AllianceId>, body: Json<Invite>) -> Answer {
    call.run(&body, async |act| {
        let wanted = Wanted {
            email: &body.email,
            role: body.role,
            merchant_name: body.merchant_name.as_deref(),
            locale: body.locale.unwrap_or_default(),
        };
        let row = service::invite(act, *id, wanted).await?;
        let location = format!("/v1/invitations/{}", row.id);
        let version = row.version;
        Ok(Reply::created(location, InvitationView::from(row)).version(version))
    })
    .await
}

/// List the invitations of an alliance
///
/// Organizers.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<InvitationView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/invitations")]
async fn list_invitations(call: Call, id: Path<AllianceId>) -> Answer {
    let invitations = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(invitations.map(InvitationView::from)))
}

/// Read an invitation
///
/// Organizers, and whoever has an account with the invited address.
#[utoipa::path(tag = "alliances", params(("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationView, description = "The invitation")))]
#[get("/v1/invitations/{invitation_id}")]
async fn read_invitation(call: Call, id: Path<InvitationId>) -> Answer {
    let row = service::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(InvitationView::from(row), version))
}

async fn answer(call: &Call, id: InvitationId, event: InvitationEvent) -> Answer {
    call.run_bare(async |act| {
        let row = service::answer(act, id, event).await?;
        let version = row.version;
        Ok(Reply::ok(InvitationView::from(row)).version(version))
    })
    .await
}

/// Accept an invitation
///
/// Whoever has a verified account with the invited address. A member's merchant joins at once; another role is
/// granted at once.
#[utoipa::path(tag = "alliances", params(("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationView, description = "Accepted")))]
#[post("/v1/invitations/{invitation_id}/accept")]
async fn accept_invitation(call: Call, id: Path<InvitationId>) -> Answer {
    answer(&call, *id, InvitationEvent::Accept).await
}

/// Decline an invitation
///
/// Whoever has a verified account with the invited address.
#[utoipa::path(tag = "alliances", params(("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationView, description = "Declined")))]
#[post("/v1/invitations/{invitation_id}/decline")]
async fn decline_invitation(call: Call, id: Path<InvitationId>) -> Answer {
    answer(&call, *id, InvitationEvent::Decline).await
}

/// Take an invitation back
///
/// Organizers, while nobody has answered it.
#[utoipa::path(tag = "alliances", params(("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationView, description = "Taken back")))]
#[post("/v1/invitations/{invitation_id}/revoke")]
async fn revoke_invitation(call: Call, id: Path<InvitationId>) -> Answer {
    answer(&call, *id, InvitationEvent::Revoke).await
}
