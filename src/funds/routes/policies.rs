//! Routes of levy policies.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::plan::Bounds;
use crate::funds::domain::plan::Jump;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Terms;
use crate::funds::routes::fields;
use crate::funds::service::policies;
use crate::funds::service::policies::Known;
use crate::funds::service::policies::Short;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MandateId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_levy_policy)
        .service(list_levy_policies)
        .service(read_levy_policy)
        .service(adopt_levy_policy);
}

/// What members pay: `method` and `terms` in full, or the short form of a budget that is split by one measure.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "By revenue", "measure": "annual_revenue", "accept_declared": true, "quantum_minor": 1}))]
pub(super) struct CreateLevyPolicy {
    /// A known name makes its next version.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    pub(super) name: String,
    /// The direction with everything that belongs to it; instead of the fields of the short form.
    method: Option<Method>,
    /// What holds in both directions.
    terms: Option<Terms>,
    /// Short form: by which size the budget is split.
    #[garde(inner(custom(fields::measure)))]
    #[schema(max_length = 60, pattern = "^[a-z0-9_]{1,60}$")]
    measure: Option<String>,
    /// Short form: whether a declared size counts where there is no verified one.
    accept_declared: Option<bool>,
    /// Short form: every share is a multiple of this many minor units; default 1.
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    quantum_minor: Option<i64>,
    /// Short form: least amount of every member.
    #[garde(range(min = 0, max = fields::MOST))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    floor_minor: Option<i64>,
    /// Short form: largest amount of every member.
    #[garde(range(min = 0, max = fields::MOST))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    /// Short form: bounds of single members.
    #[serde(default)]
    #[garde(length(max = 1000), dive)]
    #[schema(max_items = 1000)]
    overrides: Vec<Bounds>,
}

impl CreateLevyPolicy {
    /// The policy that the fields describe.
    ///
    /// # Errors
    /// 422 where both forms are mixed, or neither is given.
    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        let short = [
            ("measure", self.measure.is_some()),
            ("accept_declared", self.accept_declared.is_some()),
            ("quantum_minor", self.quantum_minor.is_some()),
            ("floor_minor", self.floor_minor.is_some()),
            ("cap_minor", self.cap_minor.is_some()),
            ("overrides", !self.overrides.is_empty()),
        ];
        if let Some(method) = &self.method {
            let mixed: Vec<FieldError> = short
                .iter()
                .filter(|(_, given)| *given)
                .map(|(name, _)| {
                    let detail = "belongs to the short form; 'method' says it all";
                    FieldError::new(format!("#/{name}"), "not_with_method", detail)
                })
                .collect();
            if !mixed.is_empty() {
                return Err(Refused::fields(mixed).into());
            }
            return Ok(Plan {
                method: method.clone(),
                terms: self.terms.clone().unwrap_or_default(),
            });
        }
        let Some(measure) = &self.measure else {
            let detail = "is needed where 'method' is not given";
            return Err(Refused::field("#/measure", "missing", detail).into());
        };
        if self.terms.is_some() {
            let detail = "belong to 'method'; the short form has 'accept_declared'";
            return Err(Refused::field("#/terms", "not_with_measure", detail).into());
        }
        let short = Short {
            measure,
            accept_declared: self.accept_declared.unwrap_or_default(),
            quantum_minor: self.quantum_minor.unwrap_or(1),
            floor_minor: self.floor_minor,
            cap_minor: self.cap_minor,
            overrides: &self.overrides,
        };
        Ok(short.plan())
    }
}

/// One version of a levy policy; it never changes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LevyPolicyView {
    id: LevyPolicyId,
    #[schema(max_length = 80)]
    name: String,
    /// Version of the name, from 1.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    number: i64,
    /// `budget` or `rate`.
    #[schema(max_length = 10)]
    direction: &'static str,
    method: Method,
    terms: Terms,
    /// The measure that a notice names first; empty where sizes do not matter.
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
    /// Edges at which one unit more of a size costs a whole step more.
    #[schema(max_items = 100)]
    warnings: Vec<Jump>,
    /// What a ballot on it decides: a hash of method and terms, in hexadecimal digits.
    #[schema(max_length = 64)]
    content_hash: String,
    /// `proposed` or `adopted`.
    #[schema(max_length = 20)]
    state: &'static str,
    adopted_at: Option<Instant>,
    /// The permission that changed the policy in use.
    mandate_id: Option<MandateId>,
    #[schema(minimum = 1, maximum = 2)]
    version: i64,
    created_at: Instant,
}

impl From<Known> for LevyPolicyView {
    fn from(known: Known) -> Self {
        let version = known.version();
        let hash = policies::hash_of(&known.policy).unwrap_or_default();
        let (direction, overrides) = match &known.plan.method {
            Method::Budget(budget) => ("budget", budget.overrides.clone()),
            Method::Rate(_) => ("rate", Vec::new()),
        };
        let (row, adoption) = (known.policy, known.adoption);
        Self {
            warnings: known.plan.jumps(),
            method: known.plan.method,
            terms: known.plan.terms,
            id: row.id,
            name: row.name,
            number: row.number,
            direction,
            measure: row.measure,
            accept_declared: row.accept_declared,
            quantum_minor: row.quantum_minor,
            floor_minor: row.floor_minor,
            cap_minor: row.cap_minor,
            overrides,
            content_hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
            state: if adoption.is_some() {
                "adopted"
            } else {
                "proposed"
            },
            adopted_at: adoption.as_ref().map(|a| a.adopted_at),
            mandate_id: adoption.and_then(|a| a.mandate_id),
            version,
            created_at: row.created_at,
        }
    }
}

/// The answer that shows a new version.
pub(super) fn created(alliance: AllianceId, known: Known) -> Reply<LevyPolicyView> {
    let location = format!("/v1/alliances/{alliance}/levy-policies/{}", known.policy.id);
    let version = known.version();
    Reply::created(location, LevyPolicyView::from(known)).version(version)
}

/// Add a version of a levy policy
///
/// Organizers and treasurers. A known name makes its next version; earlier versions stay as they are. Bands that
/// jump are told in `warnings`, and not refused.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path)), request_body = CreateLevyPolicy,
    responses((status = 201, body = LevyPolicyView, description = "The version")))]
#[post("/v1/alliances/{alliance_id}/levy-policies")]
async fn create_levy_policy(
    call: Call,
    id: Path<AllianceId>,
    body: Json<CreateLevyPolicy>,
) -> Answer {
    call.run(&body, async |act| {
        let known = policies::create(act, *id, &body.name, || body.plan()).await?;
        Ok(created(*id, known))
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
    let known = policies::read(&call.look(), alliance, id).await?;
    let version = known.version();
    Ok(call.show(LevyPolicyView::from(known), version))
}

/// Adopt a levy policy
///
/// Organizers and treasurers. The first policy of an alliance needs no decision of its own: the ballot on the
/// budget decides on it. Once one is in use, a change needs the mandate of a carried ballot on `levy_policy` for
/// exactly this content.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path), ("policy_id" = LevyPolicyId, Path)),
    responses((status = 200, body = LevyPolicyView, description = "The version, in use")))]
#[post("/v1/alliances/{alliance_id}/levy-policies/{policy_id}/adopt")]
async fn adopt_levy_policy(call: Call, ids: Path<(AllianceId, LevyPolicyId)>) -> Answer {
    let (alliance, id) = *ids;
    call.run_bare(async |act| {
        let known = policies::adopt(act, alliance, id).await?;
        let version = known.version();
        Ok(Reply::ok(LevyPolicyView::from(known)).version(version))
    })
    .await
}
