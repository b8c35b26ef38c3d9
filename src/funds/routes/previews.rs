//! Routes that try policies: what everybody would pay, and two policies side by side.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::plan::Jump;
use crate::funds::domain::plan::Taken;
use crate::funds::routes::fields;
use crate::funds::routes::policies::CreateLevyPolicy;
use crate::funds::routes::tables;
use crate::funds::service::previews;
use crate::funds::service::previews::Preview;
use crate::funds::service::previews::Trial;
use crate::funds::service::previews::Tried;
use crate::funds::service::roll::Used;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(preview_levy).service(compare_levies);
}

/// A policy to try: a stored version, or a draft.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = TriedLevyPolicy, example = json!({"draft": {"name": "Half a percent", "method": {"direction": "rate", "rule": {"base": {"kind": "rate", "measure": "annual_revenue", "rate": "0.005"}}}}}))]
struct TriedPolicy {
    /// A stored version …
    policy_id: Option<LevyPolicyId>,
    /// … or one that is only written down here.
    #[garde(dive)]
    draft: Option<CreateLevyPolicy>,
    /// What a budget policy splits; absent for a rate.
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: Option<i64>,
}

/// First and last day of a season.
#[derive(Debug, Clone, Copy, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Season {
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    from: NaiveDate,
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    to: NaiveDate,
}

/// What to try, on which day.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"policy": {"policy_id": "01890a5d-ac96-774b-bcce-b302099a8057", "budget_minor": 5_000_000}, "snapshot_date": "2026-09-30"}))]
struct PreviewLevy {
    #[garde(dive)]
    policy: TriedPolicy,
    /// Sizes, classes and owners count as of this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// The season, for rules that charge by the day; everybody is charged in full where absent.
    #[garde(dive)]
    season: Option<Season>,
}

/// Two policies to try on the same members.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"left": {"policy_id": "01890a5d-ac96-774b-bcce-b302099a8057", "budget_minor": 5_000_000}, "right": {"draft": {"name": "Equal", "method": {"direction": "budget", "weights": {"kind": "equal"}}}, "budget_minor": 5_000_000}, "snapshot_date": "2026-09-30"}))]
struct CompareLevies {
    /// The policy of today.
    #[garde(dive)]
    left: TriedPolicy,
    /// The policy of tomorrow.
    #[garde(dive)]
    right: TriedPolicy,
    /// Sizes, classes and owners count as of this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// The season, for rules that charge by the day.
    #[garde(dive)]
    season: Option<Season>,
}

fn trial(
    policy: &TriedPolicy,
    at: &str,
    snapshot_date: NaiveDate,
    season: Option<Season>,
) -> Result<Trial, Failure> {
    let tried = match (policy.policy_id, &policy.draft) {
        (Some(id), None) => Tried::Stored(id),
        (None, Some(draft)) => Tried::Draft(Box::new(draft.plan()?)),
        _ => {
            let detail = "takes either 'policy_id' or 'draft'";
            return Err(Refused::field(at, "one_of_both", detail).into());
        }
    };
    if season.is_some_and(|season| season.to < season.from) {
        let detail = "The season ends before it begins.";
        return Err(Refused::field("#/season/to", "before_season_from", detail).into());
    }
    Ok(Trial {
        tried,
        budget_minor: policy.budget_minor,
        snapshot_date,
        season: season.map(|season| (season.from, season.to)),
    })
}

/// One member of a preview.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct PreviewRow {
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    #[schema(max_length = 60)]
    class: Option<String>,
    #[schema(max_length = 80)]
    owner: Option<String>,
    /// The sizes used.
    #[schema(max_items = 100)]
    sizes: Vec<Used>,
    /// Null where the member cannot be charged.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: Option<i64>,
    /// The share before rounding, in minor units.
    #[schema(max_length = 1000)]
    exact_share: Option<String>,
    /// What rounding added.
    #[schema(max_length = 1000)]
    rounding: Option<String>,
    /// The weight of a split.
    #[schema(max_length = 1000)]
    weight: Option<String>,
    exempt: bool,
    /// What led to the amount.
    #[schema(max_items = 2_100)]
    steps: Vec<Taken>,
    /// Why the member cannot be charged.
    error: Option<PreviewError>,
}

/// Why a member cannot be charged.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct PreviewError {
    #[schema(max_length = 60)]
    code: &'static str,
    #[schema(max_length = 1000)]
    detail: String,
    /// The facts of it.
    #[schema(value_type = Object)]
    params: Map<String, Value>,
}

fn row(row: &previews::Row) -> PreviewRow {
    let line = row.outcome.as_ref().ok();
    let error = row.outcome.as_ref().err().and_then(Option::as_ref);
    PreviewRow {
        membership_id: row.entry.member.membership,
        merchant_name: row.entry.member.name.clone(),
        class: row.class.clone(),
        owner: row.owner.clone(),
        sizes: row.entry.used.clone(),
        amount_minor: line.map(|line| line.amount),
        exact_share: line.map(|line| line.exact.to_string()),
        rounding: line.map(tables::rounding),
        weight: line.and_then(|line| line.weight.as_ref().map(ToString::to_string)),
        exempt: line.is_some_and(|line| line.exempt),
        steps: line.map(|line| line.steps.clone()).unwrap_or_default(),
        error: error.map(|one| PreviewError {
            code: one.refusal.kind().code,
            detail: one.refusal.to_string(),
            params: one.refusal.params(),
        }),
    }
}

/// What everybody would pay.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct LevyPreview {
    /// `budget` or `rate`.
    #[schema(max_length = 10)]
    direction: &'static str,
    #[schema(max_length = 3)]
    currency: &'static str,
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// What was known at this instant counts.
    known_at: Instant,
    /// The amounts added up; null where a budget cannot be split because of single members.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    total_minor: Option<i64>,
    /// Minor units per unit of weight for everybody between the bounds.
    #[schema(max_length = 1000)]
    unit_price: Option<String>,
    /// Members that cannot be charged.
    #[schema(minimum = 0, maximum = 100_000)]
    errors: usize,
    /// Edges at which one unit more of a size costs a whole step more.
    #[schema(max_items = 100)]
    warnings: Vec<Jump>,
    /// Everybody, in the order of the memberships.
    #[schema(max_items = 100_000)]
    members: Vec<PreviewRow>,
}

fn view(found: &Preview, snapshot_date: NaiveDate) -> LevyPreview {
    let members: Vec<PreviewRow> = found.rows.iter().map(row).collect();
    LevyPreview {
        direction: tables::direction(&found.plan),
        currency: found.alliance.currency.code(),
        snapshot_date,
        known_at: found.known_at,
        total_minor: found.total_minor,
        unit_price: found.price.clone(),
        errors: members.iter().filter(|m| m.error.is_some()).count(),
        warnings: found.plan.jumps(),
        members,
    }
}

/// One member under two policies.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct LevyChange {
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    left_minor: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    right_minor: Option<i64>,
    /// What the right policy costs more.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    difference_minor: Option<i64>,
}

fn change(change: &previews::Change) -> LevyChange {
    LevyChange {
        membership_id: change.membership,
        merchant_name: change.name.clone(),
        left_minor: change.left_minor,
        right_minor: change.right_minor,
        difference_minor: change.difference(),
    }
}

/// Two policies side by side.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
struct LevyComparison {
    #[schema(max_length = 3)]
    currency: &'static str,
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    left_total_minor: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    right_total_minor: Option<i64>,
    /// Members who pay more under the right policy.
    #[schema(minimum = 0, maximum = 100_000)]
    pay_more: usize,
    #[schema(minimum = 0, maximum = 100_000)]
    pay_less: usize,
    #[schema(minimum = 0, maximum = 100_000)]
    pay_the_same: usize,
    /// The largest changes, either way.
    #[schema(max_items = 10)]
    biggest_changes: Vec<LevyChange>,
    /// Everybody, in the order of the memberships.
    #[schema(max_items = 100_000)]
    members: Vec<LevyChange>,
}

/// Largest changes that an answer tells.
const BIGGEST: usize = 10;

fn format(query: &HashMap<String, String>) -> Result<bool, Problem> {
    match query.get("format").map_or("json", String::as_str) {
        "json" => Ok(false),
        "csv" => Ok(true),
        _ => Err(
            Problem::new(&kinds::INVALID_PARAMETER, "'format' takes json or csv.").errors(vec![
                FieldError::new("format", "invalid_parameter", "json or csv"),
            ]),
        ),
    }
}

fn csv(name: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("content-type", "text/csv; charset=utf-8; header=present"))
        .insert_header((
            "content-disposition",
            format!("attachment; filename=\"{name}.csv\""),
        ))
        .body(bytes)
}

/// Preview a levy
///
/// Organizers, treasurers and observers: what every member would pay under a stored policy or a draft, with the
/// sizes and steps behind it. Nothing is stored. Members that cannot be charged are all listed with their reason.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path),
    ("format" = Option<String>, Query, description = "`json` (default) or `csv`", pattern = "^(json|csv)$", max_length = 4)),
    request_body = PreviewLevy,
    responses((status = 200, description = "The amounts",
        content((LevyPreview = "application/json"), (String = "text/csv")))))]
#[post("/v1/alliances/{alliance_id}/levy-policies/preview")]
async fn preview_levy(
    call: Call,
    id: Path<AllianceId>,
    query: Query<HashMap<String, String>>,
    body: Json<PreviewLevy>,
) -> Answer {
    let as_csv = format(&query)?;
    let look = call.look();
    previews::admit(&look, *id).await?;
    let body = body.checked()?;
    let trial = trial(&body.policy, "#/policy", body.snapshot_date, body.season)?;
    let found = previews::preview(&look, *id, &trial).await?;
    if as_csv {
        return Ok(csv("levy-preview", tables::preview(&found)?));
    }
    Ok(Reply::ok(view(&found, body.snapshot_date)).respond())
}

/// Compare levies
///
/// Organizers, treasurers and observers: two policies on the same members, who pays more and who less, the totals
/// and the largest changes. Nothing is stored.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path),
    ("format" = Option<String>, Query, description = "`json` (default) or `csv`", pattern = "^(json|csv)$", max_length = 4)),
    request_body = CompareLevies,
    responses((status = 200, description = "Both amounts of everybody",
        content((LevyComparison = "application/json"), (String = "text/csv")))))]
#[post("/v1/alliances/{alliance_id}/levy-policies/compare")]
async fn compare_levies(
    call: Call,
    id: Path<AllianceId>,
    query: Query<HashMap<String, String>>,
    body: Json<CompareLevies>,
) -> Answer {
    let as_csv = format(&query)?;
    let look = call.look();
    previews::admit(&look, *id).await?;
    let body = body.checked()?;
    let left = trial(&body.left, "#/left", body.snapshot_date, body.season)?;
    let right = trial(&body.right, "#/right", body.snapshot_date, body.season)?;
    let found = previews::compare(&look, *id, &left, &right).await?;
    if as_csv {
        return Ok(csv("levy-comparison", tables::comparison(&found)?));
    }
    let (pay_more, pay_less, pay_the_same) = found.counts();
    let view = LevyComparison {
        currency: found.left.alliance.currency.code(),
        snapshot_date: body.snapshot_date,
        left_total_minor: found.left.total_minor,
        right_total_minor: found.right.total_minor,
        pay_more,
        pay_less,
        pay_the_same,
        biggest_changes: found.biggest(BIGGEST).into_iter().map(change).collect(),
        members: found.changes.iter().map(change).collect(),
    };
    Ok(Reply::ok(view).respond())
}
