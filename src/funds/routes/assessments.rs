//! Routes of assessments.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Assessment;
use crate::funds::routes::fields;
use crate::funds::routes::shares::ShareView;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::assessments::NewAssessment;
use crate::funds::service::assessments::Tax;
use crate::funds::service::issue;
use crate::funds::service::supplements;
use crate::funds::service::supplements::NewSupplement;
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
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_assessment)
        .service(list_assessments)
        .service(read_assessment)
        .service(propose_supplement)
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

/// A tax line: rate and amounts are data.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct TaxLine {
    /// Such as `VAT`.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    label: String,
    /// Such as `6 %`.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    rate: String,
    /// The tax of each notice that has one.
    #[garde(length(max = 100_000), dive)]
    #[schema(max_items = 100_000)]
    amounts: Vec<TaxAmount>,
}

/// The tax of one notice.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct TaxAmount {
    membership_id: MembershipId,
    #[garde(range(min = 0, max = fields::MOST))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

/// What to charge under a policy.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"budget_minor": 5_000_000, "policy_id": "01890a5d-ac96-774b-bcce-b302099a8057", "snapshot_date": "2026-09-30", "due_on": "2026-10-20", "lines": [{"line": "posters", "amount_minor": 5_000_000}]}))]
struct ProposeAssessment {
    /// What a budget policy splits; absent for a rate, whose total is an outcome.
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: Option<i64>,
    policy_id: LevyPolicyId,
    /// Sizes count as of this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// Notices, or the first of their instalments, are to be paid until this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    /// When each instalment of the policy is due, ascending from `due_on`; a month apart where absent.
    #[serde(default)]
    #[garde(length(max = 120), inner(custom(fields::day)))]
    #[schema(value_type = Vec<String>, max_items = 120)]
    instalments_due_on: Vec<NaiveDate>,
    /// A tax line on the notices; nothing is computed.
    #[garde(dive)]
    tax: Option<TaxLine>,
    /// What the budget is made of; it adds up to the budget where given.
    #[serde(default)]
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    lines: Vec<BudgetLine>,
}

/// A budget split into shares, without them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AssessmentSummary {
    id: AssessmentId,
    /// `season`, or `supplement` for those who joined later.
    #[schema(max_length = 20)]
    kind: String,
    /// The season's assessment that a supplement adds to.
    supplements: Option<AssessmentId>,
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
    /// When each instalment is due, where there are several.
    #[schema(value_type = Vec<String>, max_items = 120)]
    instalments_due_on: Vec<NaiveDate>,
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
            kind: row.kind,
            supplements: row.supplements,
            instalments_due_on: days(row.instalments),
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

fn days(stored: Option<serde_json::Value>) -> Vec<NaiveDate> {
    let days = stored.and_then(|days| serde_json::from_value(days).ok());
    days.unwrap_or_default()
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
    /// The first thousand of the shares that the caller may see: all of them, or a member's own. The others are
    /// on the pages of `/v1/assessments/{assessment_id}/shares`.
    #[schema(max_items = 1_000)]
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
            shares: found.lines.into_iter().map(ShareView::whole).collect(),
        }
    }
}

fn shown(found: Assessed) -> Reply<AssessmentView> {
    let version = found.assessment.version;
    Reply::ok(AssessmentView::from(found)).version(version)
}

/// Propose an assessment
///
/// Organizers and treasurers. Charges the active members under a policy, by a split or by a rate; nobody owes anything
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
    let tax = body.tax.as_ref().map(|tax| Tax {
        label: tax.label.clone(),
        rate: tax.rate.clone(),
        amounts: tax
            .amounts
            .iter()
            .map(|own| (own.membership_id, own.amount_minor))
            .collect(),
    });
    call.run(&body, async |act| {
        let new = NewAssessment {
            budget_minor: body.budget_minor,
            policy: body.policy_id,
            snapshot_date: body.snapshot_date,
            due_on: body.due_on,
            instalments_due_on: &body.instalments_due_on,
            lines: &lines,
            tax: tax.as_ref(),
        };
        Ok(made(assessments::propose(act, *id, &new).await?))
    })
    .await
}

fn made(found: Assessed) -> Reply<AssessmentView> {
    let location = format!("/v1/assessments/{}", found.assessment.id);
    let version = found.assessment.version;
    Reply::created(location, AssessmentView::from(found)).version(version)
}

/// Whom the season's assessment left out.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"snapshot_date": "2026-11-30", "due_on": "2026-12-15"}))]
struct ProposeSupplement {
    /// Sizes count as of this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    /// Notices, or the first of their instalments, are to be paid until this day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
}

/// Bill who joined later
///
/// Organizers and treasurers. Every active member that the fund has not billed pays the founders' price for the
/// days of the season that are left; nobody else's notice changes. The decision on the season covers it, so that
/// the treasurer may issue it.
#[utoipa::path(tag = "money", params(("assessment_id" = AssessmentId, Path)), request_body = ProposeSupplement,
    responses((status = 201, body = AssessmentView, description = "The supplement, approved")))]
#[post("/v1/assessments/{assessment_id}/supplements")]
async fn propose_supplement(
    call: Call,
    id: Path<AssessmentId>,
    body: Json<ProposeSupplement>,
) -> Answer {
    call.run(&body, async |act| {
        let new = NewSupplement {
            snapshot_date: body.snapshot_date,
            due_on: body.due_on,
        };
        Ok(made(supplements::propose(act, *id, new).await?))
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
