//! Routes of measures, and of members' classes and owners.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::domain::measure::Measure;
use crate::alliances::repo::registers::Placement;
use crate::alliances::service::registers as service;
use crate::alliances::service::registers::NewPlacement;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PlacementId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(define_measure)
        .service(list_measures)
        .service(place_member)
        .service(list_placements);
}

/// A way to measure the size of a member.
#[derive(Debug, Deserialize, Serialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = SizeMeasure, example = json!({"key": "front_feet", "unit": "feet", "money": false, "description": "Length of the front in feet", "evidence_required": true}))]
struct MeasureBody {
    /// What sizes and policies call it.
    #[garde(pattern("^[a-z][a-z0-9_]{0,39}$"))]
    #[schema(max_length = 40, pattern = "^[a-z][a-z0-9_]{0,39}$")]
    key: String,
    /// The alliance's currency, or what is counted.
    #[garde(pattern("^[A-Za-z][A-Za-z0-9_]{0,19}$"))]
    #[schema(max_length = 20, pattern = "^[A-Za-z][A-Za-z0-9_]{0,19}$")]
    unit: String,
    /// Whether it is money: values are minor units then.
    money: bool,
    /// Decimals of a stated value of something counted, 0 to 6; default 0.
    #[serde(default)]
    #[garde(range(max = 6))]
    #[schema(minimum = 0, maximum = 6)]
    scale: u32,
    /// What exactly is measured.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    description: String,
    /// Whether only a verified size counts; by-laws may ask so from an amount on.
    #[serde(default)]
    evidence_required: bool,
}

impl From<Measure> for MeasureBody {
    fn from(measure: Measure) -> Self {
        Self {
            key: measure.key,
            unit: measure.unit,
            money: measure.is_money,
            scale: measure.scale,
            description: measure.description,
            evidence_required: measure.evidence_required,
        }
    }
}

/// All measures that an alliance knows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Measures {
    /// In the order of their keys.
    #[schema(max_items = 200)]
    items: Vec<MeasureBody>,
}

/// Define a measure
///
/// Organizers. The common measures need no definition; one of the same key takes its place.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)), request_body = MeasureBody,
    responses((status = 201, body = MeasureBody, description = "The measure")))]
#[post("/v1/alliances/{alliance_id}/measures")]
async fn define_measure(call: Call, id: Path<AllianceId>, body: Json<MeasureBody>) -> Answer {
    call.run(&body, async |act| {
        let new = Measure {
            key: body.key.clone(),
            unit: body.unit.clone(),
            is_money: body.money,
            scale: body.scale,
            description: body.description.clone(),
            evidence_required: body.evidence_required,
        };
        let measure = service::define(act, *id, new).await?;
        let location = format!("/v1/alliances/{}/measures", *id);
        Ok(Reply::created(location, MeasureBody::from(measure)))
    })
    .await
}

/// List measures
///
/// Everybody in the alliance. The common ones and those that it defined, all on one page.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)),
    responses((status = 200, body = Measures, description = "All measures")))]
#[get("/v1/alliances/{alliance_id}/measures")]
async fn list_measures(call: Call, id: Path<AllianceId>) -> Answer {
    let found = service::list_measures(&call.look(), *id).await?;
    let items = found.into_iter().map(MeasureBody::from).collect();
    Ok(Reply::ok(Measures { items }).respond())
}

/// Where a member stands.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"class": "director", "owner": "Lake Holding", "valid_from": "2026-01-01"}))]
struct PlaceMember {
    /// The class that levy policies tell apart; none where absent.
    #[garde(inner(custom(text::line), length(max = 60)))]
    #[schema(max_length = 60)]
    class: Option<String>,
    /// Whose unit it is: members of one owner share its cap. It stands alone where absent.
    #[garde(inner(custom(text::line)))]
    #[schema(max_length = 80)]
    owner: Option<String>,
    /// First day on which it holds.
    #[schema(value_type = String, format = Date, max_length = 10)]
    valid_from: NaiveDate,
}

/// Where a member stands from a day on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PlacementView {
    id: PlacementId,
    membership_id: MembershipId,
    #[schema(max_length = 60)]
    class: Option<String>,
    #[schema(max_length = 80)]
    owner: Option<String>,
    #[schema(value_type = String, format = Date, max_length = 10)]
    valid_from: NaiveDate,
    recorded_at: Instant,
}

impl From<Placement> for PlacementView {
    fn from(row: Placement) -> Self {
        Self {
            id: row.id,
            membership_id: row.membership_id,
            class: row.class,
            owner: row.owner,
            valid_from: row.valid_from,
            recorded_at: row.recorded_at,
        }
    }
}

/// Place a member
///
/// Organizers set the class and the owner of a member from a day on. Earlier placements stay: an assessment
/// uses the one that held on its snapshot day.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path)), request_body = PlaceMember,
    responses((status = 201, body = PlacementView, description = "The placement")))]
#[post("/v1/memberships/{membership_id}/placements")]
async fn place_member(call: Call, id: Path<MembershipId>, body: Json<PlaceMember>) -> Answer {
    call.run(&body, async |act| {
        let new = NewPlacement {
            class: body.class.as_deref(),
            owner: body.owner.as_deref(),
            valid_from: body.valid_from,
        };
        let row = service::place(act, *id, new).await?;
        let location = format!("/v1/memberships/{}/placements", *id);
        Ok(Reply::created(location, PlacementView::from(row)))
    })
    .await
}

/// List placements of a member
///
/// Organizers, treasurers and observers, oldest record first.
#[utoipa::path(tag = "alliances", params(("membership_id" = MembershipId, Path), PageParams),
    responses((status = 200, body = ListOf<PlacementView>, description = "One page")))]
#[get("/v1/memberships/{membership_id}/placements")]
async fn list_placements(call: Call, id: Path<MembershipId>) -> Answer {
    let slice = service::list_placements(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(PlacementView::from)))
}
