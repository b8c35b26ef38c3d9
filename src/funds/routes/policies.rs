//! Routes of levy policies.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Policy;
use crate::funds::routes::fields;
use crate::funds::service::policies;
use crate::funds::service::policies::Bounds;
use crate::funds::service::policies::NewPolicy;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_levy_policy)
        .service(list_levy_policies)
        .service(read_levy_policy);
}

/// How the members share a budget.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "By revenue", "measure": "annual_revenue", "accept_declared": true, "quantum_minor": 1}))]
struct CreateLevyPolicy {
    /// A known name makes its next version.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// By which size the budget is split.
    #[garde(custom(fields::measure))]
    #[schema(max_length = 60, pattern = "^[a-z0-9_]{1,60}$")]
    measure: String,
    /// Whether a declared size counts where there is no verified one.
    #[serde(default)]
    accept_declared: bool,
    /// Every share is a multiple of this many minor units; default 1.
    #[serde(default = "one")]
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    quantum_minor: i64,
    /// Least amount of every member.
    #[garde(range(min = 0, max = fields::MOST))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    floor_minor: Option<i64>,
    /// Largest amount of every member.
    #[garde(range(min = 0, max = fields::MOST))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    /// Bounds of single members.
    #[serde(default)]
    #[garde(length(max = 1000), dive)]
    #[schema(max_items = 1000)]
    overrides: Vec<Bounds>,
}

const fn one() -> i64 {
    1
}

/// One version of a levy policy; it never changes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LevyPolicyView {
    id: LevyPolicyId,
    #[schema(max_length = 80)]
    name: String,
    /// Version of the name, from 1.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    number: i64,
    /// Always `budget`: a budget is split into shares.
    #[schema(max_length = 10)]
    direction: &'static str,
    #[schema(max_length = 60)]
    measure: String,
    accept_declared: bool,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    quantum_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    floor_minor: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    #[schema(max_items = 1000)]
    overrides: Vec<Bounds>,
    created_at: Instant,
}

impl From<Policy> for LevyPolicyView {
    fn from(row: Policy) -> Self {
        Self {
            overrides: policies::overrides(&row).unwrap_or_default(),
            id: row.id,
            name: row.name,
            number: row.number,
            direction: "budget",
            measure: row.measure,
            accept_declared: row.accept_declared,
            quantum_minor: row.quantum_minor,
            floor_minor: row.floor_minor,
            cap_minor: row.cap_minor,
            created_at: row.created_at,
        }
    }
}

/// Add a version of a levy policy
///
/// Organizers and treasurers. A known name makes its next version; earlier versions stay as they are.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path)), request_body = CreateLevyPolicy,
    responses((status = 201, body = LevyPolicyView, description = "The version")))]
#[post("/v1/alliances/{alliance_id}/levy-policies")]
async fn create_levy_policy(
    call: Call,
    id: Path<AllianceId>,
    body: Json<CreateLevyPolicy>,
) -> Answer {
    call.run(&body, async |act| {
        let new = NewPolicy {
            name: &body.name,
            measure: &body.measure,
            accept_declared: body.accept_declared,
            quantum_minor: body.quantum_minor,
            floor_minor: body.floor_minor,
            cap_minor: body.cap_minor,
            overrides: &body.overrides,
        };
        let row = policies::create(act, *id, &new).await?;
        let location = format!("/v1/alliances/{id}/levy-policies/{}", row.id);
        Ok(Reply::created(location, LevyPolicyView::from(row)))
    })
    .await
}

/// List levy policies
///
/// Everybody in the alliance; all versions, oldest first.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<LevyPolicyView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/levy-policies")]
async fn list_levy_policies(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = policies::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(LevyPolicyView::from)))
}

/// Read a levy policy
///
/// Everybody in the alliance; one version.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path), ("policy_id" = LevyPolicyId, Path)),
    responses((status = 200, body = LevyPolicyView, description = "The version")))]
#[get("/v1/alliances/{alliance_id}/levy-policies/{policy_id}")]
async fn read_levy_policy(call: Call, ids: Path<(AllianceId, LevyPolicyId)>) -> Answer {
    let (alliance, id) = *ids;
    let row = policies::read(&call.look(), alliance, id).await?;
    Ok(call.show(LevyPolicyView::from(row), 1))
}
