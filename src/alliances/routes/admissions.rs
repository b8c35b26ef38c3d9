//! Routes of admissions: what members object to, and what is decided on it.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::repo::admissions::Objection;
use crate::alliances::service::admissions as service;
use crate::alliances::service::admissions::Shown;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AdmissionId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ObjectionId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_admissions)
        .service(read_admission)
        .service(object_to_admission)
        .service(withdraw_objection)
        .service(admit_over_objections)
        .service(refuse_admission);
}

/// An objection to an admission.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ObjectionView {
    id: ObjectionId,
    admission_id: AdmissionId,
    /// The member that objects.
    membership_id: MembershipId,
    #[schema(max_length = 4000)]
    reasons: String,
    objected_by: UserId,
    objected_at: Instant,
    withdrawn_at: Option<Instant>,
}

impl From<Objection> for ObjectionView {
    fn from(row: Objection) -> Self {
        Self {
            id: row.id,
            admission_id: row.admission_id,
            membership_id: row.membership_id,
            reasons: row.reasons,
            objected_by: row.objected_by,
            objected_at: row.objected_at,
            withdrawn_at: row.withdrawn_at,
        }
    }
}

/// The admission of a merchant that both sides agreed on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AdmissionView {
    id: AdmissionId,
    alliance_id: AllianceId,
    /// The membership that is to begin; `applied` or `invited` until then.
    membership_id: MembershipId,
    /// `open`, `admitted` or `refused`.
    #[schema(max_length = 20)]
    state: String,
    /// Who agreed last; null where it was through the link of a mail.
    agreed_by: Option<UserId>,
    announced_at: Instant,
    /// The first instant that is too late for an objection.
    objections_until: Instant,
    #[schema(max_items = 100_000)]
    objections: Vec<ObjectionView>,
    /// Why it was decided so; null where nobody objected.
    #[schema(max_length = 4000)]
    reasons: Option<String>,
    decided_by: Option<UserId>,
    decided_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl From<Shown> for AdmissionView {
    fn from(shown: Shown) -> Self {
        let row = shown.admission;
        let objections = shown.objections.into_iter().map(ObjectionView::from);
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            membership_id: row.membership_id,
            state: row.state,
            agreed_by: row.agreed_by,
            announced_at: row.announced_at,
            objections_until: row.objections_until,
            objections: objections.collect(),
            reasons: row.reasons,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            version: row.version,
        }
    }
}

/// What a member has against an admission.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reasons": "It sells forgeries of our label."}))]
struct NewObjection {
    /// Needed where the caller acts for several members of the alliance.
    membership_id: Option<MembershipId>,
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    reasons: String,
}

/// Why it is decided so.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reasons": "The label is not registered."}))]
struct DecideAdmission {
    #[garde(custom(text::paragraph), length(chars, min = 1, max = 4000))]
    #[schema(min_length = 1, max_length = 4000)]
    reasons: String,
}

/// List the admissions to an alliance
///
/// Everybody in the alliance: merchants that both sides agreed on, where the by-laws give members time to object.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<AdmissionView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/admissions")]
async fn list_admissions(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(AdmissionView::from)))
}

/// Read an admission
///
/// Everybody in the alliance, with the objections and their reasons.
#[utoipa::path(tag = "alliances", params(("admission_id" = AdmissionId, Path)),
    responses((status = 200, body = AdmissionView, description = "The admission")))]
#[get("/v1/admissions/{admission_id}")]
async fn read_admission(call: Call, id: Path<AdmissionId>) -> Answer {
    let shown = service::read(&call.look(), *id).await?;
    let version = shown.admission.version;
    Ok(call.show(AdmissionView::from(shown), version))
}

/// Object to an admission
///
/// Staff of a member, with reasons, until the time to object is over. Where somebody objects the merchant is not in by
/// itself: a second person decides.
#[utoipa::path(tag = "alliances", params(("admission_id" = AdmissionId, Path)), request_body = NewObjection,
    responses((status = 201, body = ObjectionView, description = "The objection")))]
#[post("/v1/admissions/{admission_id}/objections")]
async fn object_to_admission(
    call: Call,
    id: Path<AdmissionId>,
    body: Json<NewObjection>,
) -> Answer {
    call.run(&body, async |act| {
        let row = service::object(act, *id, body.membership_id, &body.reasons).await?;
        let location = format!("/v1/admissions/{}", *id);
        Ok(Reply::created(location, ObjectionView::from(row)))
    })
    .await
}

/// Withdraw an objection
///
/// Staff of the member that objects, until it is decided.
#[utoipa::path(tag = "alliances", params(("admission_id" = AdmissionId, Path), ("objection_id" = ObjectionId, Path)),
    responses((status = 204, description = "Withdrawn")))]
#[delete("/v1/admissions/{admission_id}/objections/{objection_id}")]
async fn withdraw_objection(call: Call, ids: Path<(AdmissionId, ObjectionId)>) -> Answer {
    let (admission, objection) = *ids;
    call.run_to_end(async |act| service::withdraw(act, admission, objection).await)
        .await
}

/// Admit a merchant over objections
///
/// An organizer or treasurer who did not agree to it before, once the time to object is over.
#[utoipa::path(tag = "alliances", params(("admission_id" = AdmissionId, Path)), request_body = DecideAdmission,
    responses((status = 200, body = AdmissionView, description = "Admitted")))]
#[post("/v1/admissions/{admission_id}/admit")]
async fn admit_over_objections(
    call: Call,
    id: Path<AdmissionId>,
    body: Json<DecideAdmission>,
) -> Answer {
    call.run(&body, async |act| {
        Ok(moved(service::admit(act, *id, &body.reasons).await?))
    })
    .await
}

/// Refuse an admission
///
/// Organizers and treasurers; the membership is declined.
#[utoipa::path(tag = "alliances", params(("admission_id" = AdmissionId, Path)), request_body = DecideAdmission,
    responses((status = 200, body = AdmissionView, description = "Refused")))]
#[post("/v1/admissions/{admission_id}/refuse")]
async fn refuse_admission(
    call: Call,
    id: Path<AdmissionId>,
    body: Json<DecideAdmission>,
) -> Answer {
    call.run(&body, async |act| {
        Ok(moved(service::refuse(act, *id, &body.reasons).await?))
    })
    .await
}

fn moved(shown: Shown) -> Reply<AdmissionView> {
    let version = shown.admission.version;
    Reply::ok(AdmissionView::from(shown)).version(version)
}
