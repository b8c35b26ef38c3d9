//! Routes of campaigns: preparing them and moving them on.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::domain::state::CampaignAudience;
use crate::campaigns::domain::state::Event;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::campaigns;
use crate::campaigns::service::campaigns::Draft;
use crate::campaigns::service::transitions;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::TemplateId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_campaign)
        .service(list_campaigns)
        .service(read_campaign)
        .service(preview_campaign)
        .service(approve_campaign)
        .service(schedule_campaign)
        .service(pause_campaign)
        .service(resume_campaign)
        .service(cancel_campaign);
}

/// A mailing to members.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"template_id": "01890a5d-ac96-774b-bcce-b302099a8057", "audience": "all_members"}))]
struct CreateCampaign {
    /// The version to be sent.
    template_id: TemplateId,
    audience: CampaignAudience,
    /// What the mail is about; needed where the audience is told by it.
    promotion_id: Option<PromotionId>,
    /// When it starts once it is scheduled; default is at once.
    send_at: Option<Instant>,
}

/// A mailing to members.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CampaignView {
    id: CampaignId,
    alliance_id: AllianceId,
    template_id: TemplateId,
    promotion_id: Option<PromotionId>,
    #[schema(max_length = 20)]
    category: String,
    #[schema(max_length = 20)]
    audience: String,
    /// `draft`, `approved`, `scheduled`, `sending`, `paused`, `finished` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    send_at: Option<Instant>,
    started_at: Option<Instant>,
    /// When nothing more could leave.
    ended_at: Option<Instant>,
    created_by: UserId,
    approved_by: Option<UserId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Campaign> for CampaignView {
    fn from(row: Campaign) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            template_id: row.template_id,
            promotion_id: row.promotion_id,
            category: row.category,
            audience: row.audience,
            state: row.state,
            send_at: row.send_at,
            started_at: row.started_at,
            ended_at: row.ended_at,
            created_by: row.created_by,
            approved_by: row.approved_by,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Prepare a campaign
///
/// Organizers. Nothing is sent before it is approved and scheduled.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path)), request_body = CreateCampaign,
    responses((status = 201, body = CampaignView, description = "The draft")))]
#[post("/v1/alliances/{alliance_id}/campaigns")]
async fn create_campaign(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreateCampaign>,
) -> Answer {
    let draft = Draft {
        template: body.template_id,
        audience: body.audience,
        promotion: body.promotion_id,
        send_at: body.send_at,
    };
    call.run(&body, async |act| {
        let row = campaigns::create(act, *alliance, &draft).await?;
        let version = row.version;
        let place = format!("/v1/campaigns/{}", row.id);
        Ok(Reply::created(place, CampaignView::from(row)).version(version))
    })
    .await
}

/// List campaigns
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<CampaignView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/campaigns")]
async fn list_campaigns(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = campaigns::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(CampaignView::from)))
}

/// Read a campaign
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "The campaign")))]
#[get("/v1/campaigns/{campaign_id}")]
async fn read_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    let row = campaigns::show(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(CampaignView::from(row), version))
}

/// For whom a letter is to be seen.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"membership_id": "01890a5d-ac96-774b-bcce-b302099a8057"}))]
struct PreviewCampaign {
    /// A member of the alliance; the letter is that of the first person who acts for it.
    membership_id: MembershipId,
}

/// A letter as a member will get it. Its links lead nowhere.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PreviewView {
    #[schema(max_length = 254)]
    email: String,
    locale: Locale,
    #[schema(max_length = 1000)]
    subject: String,
    #[schema(max_length = 1_000_000)]
    html: String,
    #[schema(max_length = 1_000_000)]
    text: String,
}

/// Preview a campaign
///
/// Organizers and treasurers. Writes the letter for one member as sending does, and sends nothing.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)), request_body = PreviewCampaign,
    responses((status = 200, body = PreviewView, description = "The letter")))]
#[post("/v1/campaigns/{campaign_id}/preview")]
async fn preview_campaign(call: Call, id: Path<CampaignId>, body: Json<PreviewCampaign>) -> Answer {
    call.run(&body, async |act| {
        let preview = campaigns::preview(act, *id, body.membership_id).await?;
        Ok(Reply::ok(PreviewView {
            email: preview.email,
            locale: preview.locale,
            subject: preview.content.subject,
            html: preview.content.html,
            text: preview.content.text,
        }))
    })
    .await
}

async fn move_on(call: &Call, id: CampaignId, event: Event) -> Answer {
    call.run_bare(async |act| {
        let row = transitions::perform(act, id, event).await?;
        let version = row.version;
        Ok(Reply::ok(CampaignView::from(row)).version(version))
    })
    .await
}

/// Approve a campaign
///
/// Organizers and treasurers: somebody answers for it.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "Approved")))]
#[post("/v1/campaigns/{campaign_id}/approve")]
async fn approve_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    move_on(&call, *id, Event::Approve).await
}

/// Schedule a campaign
///
/// Organizers. It starts at its `send_at`, or at once.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "Scheduled")))]
#[post("/v1/campaigns/{campaign_id}/schedule")]
async fn schedule_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    move_on(&call, *id, Event::Schedule).await
}

/// Pause a campaign
///
/// Organizers. After the answer at most one message per open connection to the mail server still leaves.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "Paused")))]
#[post("/v1/campaigns/{campaign_id}/pause")]
async fn pause_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    move_on(&call, *id, Event::Pause).await
}

/// Resume a campaign
///
/// Organizers. It goes on exactly where it was; nobody is written to twice.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "Sending again")))]
#[post("/v1/campaigns/{campaign_id}/resume")]
async fn resume_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    move_on(&call, *id, Event::Resume).await
}

/// Cancel a campaign
///
/// Organizers. What has left has left; nothing else will.
#[utoipa::path(tag = "campaigns", params(("campaign_id" = CampaignId, Path)),
    responses((status = 200, body = CampaignView, description = "Cancelled")))]
#[post("/v1/campaigns/{campaign_id}/cancel")]
async fn cancel_campaign(call: Call, id: Path<CampaignId>) -> Answer {
    move_on(&call, *id, Event::Cancel).await
}
