//! Routes of assessments.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::exact;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::routes::fields;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::assessments::NewAssessment;
use crate::funds::service::issue;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_assessment)
        .service(list_assessments)
        .service(read_assessment)
        .service(cancel_assessment)
        .service(issue_assessment);
}

/// A part of a budget.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct BudgetLine {
    /// What it is for.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    line: String,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

/// A budget to split.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"budget_minor": 5_000_000, "policy_id": "01890a5d-ac96-774b-bcce-b302099a8057", "snapshot_date": "2026-09-30", "due_on": "2026-10-20", "lines": [{"line": "posters", "amount_minor": 5_000_000}]}))]
struct ProposeAssessment {
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: i64,
    policy_id: LevyPolicyId,
    /// Sizes count as of this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// Notices are to be paid until this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    /// What the budget is made of; it adds up to the budget where given.
    #[serde(default)]
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    lines: Vec<BudgetLine>,
}

/// One member's share.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ShareView {
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    /// The size used, in the unit of the measure.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    size: i64,
    /// The statement that says so.
    size_fact_id: SizeFactId,
    /// `verified` or `declared`.
    #[schema(max_length = 20)]
    size_status: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    floor_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    /// The share before rounding, in minor units, as a whole number or a fraction.
    #[schema(max_length = 100)]
    exact_share: String,
    /// What rounding added, in minor units, as a fraction; less than the quantum.
    #[schema(max_length = 100)]
    rounding: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

impl From<AssessmentLine> for ShareView {
    fn from(line: AssessmentLine) -> Self {
        let rounding =
            exact::read(&line.exact).map(|share| exact::rounding(line.amount_minor, &share));
        Self {
            rounding: rounding.map(|r| r.to_string()).unwrap_or_default(),
            membership_id: line.membership_id,
            merchant_name: line.merchant_name,
            size: line.size,
            size_fact_id: line.size_fact_id,
            size_status: line.size_status,
            floor_minor: line.floor_minor,
            cap_minor: line.cap_minor,
            exact_share: line.exact,
            amount_minor: line.amount_minor,
        }
    }
}

/// A budget split into shares, without them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AssessmentSummary {
    id: AssessmentId,
    fund_id: FundId,
    policy_id: LevyPolicyId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: i64,
    #[schema(max_items = 100)]
    lines: Vec<BudgetLine>,
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    /// Minor units per unit of size for everybody between the bounds, as a fraction.
    #[schema(max_length = 100)]
    unit_price: Option<String>,
    /// `proposed`, `approved`, `issued` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    /// The permission that approved it.
    mandate_id: Option<MandateId>,
    issued_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Assessment> for AssessmentSummary {
    fn from(row: Assessment) -> Self {
        let lines: Vec<(String, i64)> =
            serde_json::from_value(row.budget_lines).unwrap_or_default();
        let line = |(line, amount_minor)| BudgetLine { line, amount_minor };
        Self {
            id: row.id,
            fund_id: row.fund_id,
            policy_id: row.policy_id,
            budget_minor: row.budget_minor,
            lines: lines.into_iter().map(line).collect(),
            snapshot_date: row.snapshot_date,
            due_on: row.due_on,
            unit_price: row.unit_price,
            state: row.state,
            mandate_id: row.mandate_id,
            issued_at: row.issued_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// A budget split into shares.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AssessmentView {
    #[serde(flatten)]
    summary: AssessmentSummary,
    #[schema(max_length = 80)]
    policy_name: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    policy_version: i64,
    #[schema(max_length = 60)]
    measure: String,
    /// How many members share it.
    #[schema(minimum = 0, maximum = 100_000)]
    members: usize,
    /// The shares that the caller may see: all of them, or a member's own.
    #[schema(max_items = 100_000)]
    shares: Vec<ShareView>,
}

impl From<Assessed> for AssessmentView {
    fn from(found: Assessed) -> Self {
        Self {
            summary: found.assessment.into(),
            policy_name: found.policy.name,
            policy_version: found.policy.number,
            measure: found.policy.measure,
            members: found.members,
            shares: found.lines.into_iter().map(ShareView::from).collect(),
        }
    }
}

fn shown(found: Assessed) -> Reply<AssessmentView> {
    let version = found.assessment.version;
    Reply::ok(AssessmentView::from(found)).version(version)
}

/// Propose an assessment
///
/// Organizers and treasurers. Splits a budget among the active members by their sizes; nobody owes anything
/// until a mandate for exactly this approves it and the treasurer issues it.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = ProposeAssessment,
    responses((status = 201, body = AssessmentView, description = "The proposed shares")))]
#[post("/v1/funds/{fund_id}/assessments")]
async fn propose_assessment(call: Call, id: Path<FundId>, body: Json<ProposeAssessment>) -> Answer {
    let lines: Vec<(String, i64)> = body
        .lines
        .iter()
        .map(|line| (line.line.clone(), line.amount_minor))
        .collect();
    call.run(&body, async |act| {
        let new = NewAssessment {
            budget_minor: body.budget_minor,
            policy: body.policy_id,
            snapshot_date: body.snapshot_date,
            due_on: body.due_on,
            lines: &lines,
        };
        let found = assessments::propose(act, *id, &new).await?;
        let location = format!("/v1/assessments/{}", found.assessment.id);
        let version = found.assessment.version;
        Ok(Reply::created(location, AssessmentView::from(found)).version(version))
    })
    .await
}

/// List assessments
///
/// Everybody in the alliance; without the shares.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<AssessmentSummary>, description = "One page")))]
#[get("/v1/funds/{fund_id}/assessments")]
async fn list_assessments(call: Call, id: Path<FundId>) -> Answer {
    let slice = assessments::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(AssessmentSummary::from)))
}

/// Read an assessment
///
/// Organizers, treasurers and observers see every share; a member sees its own and the totals.
#[utoipa::path(tag = "money", params(("assessment_id" = AssessmentId, Path)),
    responses((status = 200, body = AssessmentView, description = "The assessment")))]
#[get("/v1/assessments/{assessment_id}")]
async fn read_assessment(call: Call, id: Path<AssessmentId>) -> Answer {
    let found = assessments::read(&call.look(), *id).await?;
    let version = found.assessment.version;
    Ok(call.show(AssessmentView::from(found), version))
}

/// Cancel an assessment
///
/// Organizers and treasurers, before anything is billed.
#[utoipa::path(tag = "money", params(("assessment_id" = AssessmentId, Path)),
    responses((status = 200, body = AssessmentView, description = "The assessment, cancelled")))]
#[post("/v1/assessments/{assessment_id}/cancel")]
async fn cancel_assessment(call: Call, id: Path<AssessmentId>) -> Answer {
    call.run_bare(async |act| Ok(shown(assessments::cancel(act, *id).await?)))
        .await
}

/// Issue an assessment
///
/// Treasurers. Needs the mandate for exactly these shares. Every member gets a numbered levy notice by mail,
/// and owes it from now on.
#[utoipa::path(tag = "money", params(("assessment_id" = AssessmentId, Path)),
    responses((status = 200, body = AssessmentView, description = "The assessment, issued")))]
#[post("/v1/assessments/{assessment_id}/issue")]
async fn issue_assessment(call: Call, id: Path<AssessmentId>) -> Answer {
    call.run_bare(async |act| Ok(shown(issue::issue(act, *id).await?)))
        .await
}
