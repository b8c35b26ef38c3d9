//! Routes of the cases against members, and of their expulsion.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::MembershipView;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ExpulsionId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::mandates::repo::expulsions::Expulsion;
use crate::mandates::service::expelling;
use crate::mandates::service::expulsions as service;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(open_expulsion)
        .service(list_expulsions)
        .service(read_expulsion)
        .service(answer_expulsion)
        .service(hear_expulsion)
        .service(drop_expulsion)
        .service(expel_membership);
}

/// Why a member should go, and when it is heard.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reasons": "No levy was paid for three seasons.", "hearing_at": "2199-11-11T00:00:00Z"}))]
struct OpenExpulsion {
    /// What is held against the member; it is told at once, the other members once it was heard.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    reasons: String,
    /// The by-laws say how far ahead at least.
    hearing_at: Instant,
}

/// The answer of the member concerned.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"statement": "We pay this week."}))]
struct AnswerExpulsion {
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    statement: String,
}

/// What happened at a hearing.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"minutes": "The owner came and asked for time until March."}))]
struct HearExpulsion {
    /// Who came, and what was said; members read it before they vote.
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    minutes: String,
}

/// The case against a member.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ExpulsionView {
    id: ExpulsionId,
    alliance_id: AllianceId,
    membership_id: MembershipId,
    #[schema(max_length = 4000)]
    reasons: String,
    hearing_at: Instant,
    /// `announced`, `heard`, `executed` or `dropped`.
    #[schema(max_length = 20)]
    state: String,
    /// What the member answered in writing.
    #[schema(max_length = 4000)]
    statement: Option<String>,
    stated_at: Option<Instant>,
    #[schema(max_length = 4000)]
    minutes: Option<String>,
    /// From then on the case does not change, and can be put to the vote.
    heard_at: Option<Instant>,
    ended_at: Option<Instant>,
    /// The permission by which the member was expelled.
    mandate_id: Option<MandateId>,
    opened_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Expulsion> for ExpulsionView {
    fn from(row: Expulsion) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            membership_id: row.membership_id,
            reasons: row.reasons,
            hearing_at: row.hearing_at,
            state: row.state,
            statement: row.statement,
            stated_at: row.stated_at,
            minutes: row.minutes,
            heard_at: row.heard_at,
            ended_at: row.ended_at,
            mandate_id: row.mandate_id,
            opened_by: row.opened_by,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn moved(row: Expulsion) -> Reply<ExpulsionView> {
    let version = row.version;
    Reply::ok(ExpulsionView::from(row)).version(version)
}

/// Open a case against a member
///
/// Organizers. The member gets the reasons and the hour of its hearing by mail, and may answer until then.
/// After the hearing the other members vote by secret ballot; only a carried one expels.
#[utoipa::path(tag = "decisions", params(("membership_id" = MembershipId, Path)), request_body = OpenExpulsion,
    responses((status = 201, body = ExpulsionView, description = "The case")))]
#[post("/v1/memberships/{membership_id}/expulsions")]
async fn open_expulsion(call: Call, id: Path<MembershipId>, body: Json<OpenExpulsion>) -> Answer {
    call.run(&body, async |act| {
        let row = service::open(act, *id, &body.reasons, body.hearing_at).await?;
        let (location, version) = (format!("/v1/expulsions/{}", row.id), row.version);
        Ok(Reply::created(location, ExpulsionView::from(row)).version(version))
    })
    .await
}

/// List the cases against members
///
/// Organizers, treasurers and observers see all of them; members those that were heard, and their own.
#[utoipa::path(tag = "decisions", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<ExpulsionView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/expulsions")]
async fn list_expulsions(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(ExpulsionView::from)))
}

/// Read the case against a member
///
/// The people of the member concerned, and organizers, treasurers and observers; other members once it was heard.
#[utoipa::path(tag = "decisions", params(("expulsion_id" = ExpulsionId, Path)),
    responses((status = 200, body = ExpulsionView, description = "The case")))]
#[get("/v1/expulsions/{expulsion_id}")]
async fn read_expulsion(call: Call, id: Path<ExpulsionId>) -> Answer {
    let row = service::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(ExpulsionView::from(row), version))
}

/// Answer a case
///
/// The people of the member concerned, until the hearing is over. A later answer replaces the earlier one.
#[utoipa::path(tag = "decisions", params(("expulsion_id" = ExpulsionId, Path)), request_body = AnswerExpulsion,
    responses((status = 200, body = ExpulsionView, description = "The case with the answer")))]
#[post("/v1/expulsions/{expulsion_id}/answer")]
async fn answer_expulsion(
    call: Call,
    id: Path<ExpulsionId>,
    body: Json<AnswerExpulsion>,
) -> Answer {
    call.run(&body, async |act| {
        Ok(moved(service::answer(act, *id, &body.statement).await?))
    })
    .await
}

/// End a hearing
///
/// Organizers, once its hour has come. The case is fixed from then on and can be put to the vote.
#[utoipa::path(tag = "decisions", params(("expulsion_id" = ExpulsionId, Path)), request_body = HearExpulsion,
    responses((status = 200, body = ExpulsionView, description = "The case, heard")))]
#[post("/v1/expulsions/{expulsion_id}/hear")]
async fn hear_expulsion(call: Call, id: Path<ExpulsionId>, body: Json<HearExpulsion>) -> Answer {
    call.run(&body, async |act| {
        Ok(moved(service::hear(act, *id, &body.minutes).await?))
    })
    .await
}

/// Drop a case
///
/// Organizers, as long as the member is not expelled. A vote on it permits nothing any more.
#[utoipa::path(tag = "decisions", params(("expulsion_id" = ExpulsionId, Path)),
    responses((status = 200, body = ExpulsionView, description = "The case, dropped")))]
#[post("/v1/expulsions/{expulsion_id}/drop")]
async fn drop_expulsion(call: Call, id: Path<ExpulsionId>) -> Answer {
    call.run_bare(async |act| Ok(moved(service::give_up(act, *id).await?)))
        .await
}

/// Expel a member
///
/// Organizers, by the mandate of the vote on its case; it happens by itself where nobody calls this first.
#[utoipa::path(tag = "decisions", params(("membership_id" = MembershipId, Path)),
    responses((status = 200, body = MembershipView, description = "Expelled")))]
#[post("/v1/memberships/{membership_id}/expel")]
async fn expel_membership(call: Call, id: Path<MembershipId>) -> Answer {
    call.run_bare(async |act| {
        let named = expelling::expel(act, *id).await?;
        let version = named.membership.version;
        Ok(Reply::ok(MembershipView::from(named)).version(version))
    })
    .await
}
