//! Routes of levy notices.

use actix_web::get;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::routes::assessments::ShareView;
use crate::funds::service::issue;
use crate::funds::service::notices;
use crate::funds::service::notices::Printed;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_levy_notices).service(read_levy_notice);
}

/// A bill to one member.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct LevyNoticeSummary {
    id: LevyNoticeId,
    fund_id: FundId,
    assessment_id: AssessmentId,
    membership_id: MembershipId,
    /// The fund's code and a running number.
    #[schema(max_length = 60)]
    number: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    paid_minor: i64,
    /// Amount less what was paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    due_minor: i64,
    /// `issued`, `part_paid` or `paid`.
    #[schema(max_length = 20)]
    state: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    issued_at: Instant,
}

/// The row of a notice, numbered by its fund.
pub(super) fn summary(fund: &Fund, row: Notice) -> LevyNoticeSummary {
    LevyNoticeSummary {
        number: issue::number(fund, &row),
        id: row.id,
        fund_id: row.fund_id,
        assessment_id: row.assessment_id,
        membership_id: row.membership_id,
        amount_minor: row.amount_minor,
        paid_minor: row.paid_minor,
        due_minor: row.amount_minor - row.paid_minor,
        state: row.state,
        due_on: row.due_on,
        version: row.version,
        issued_at: row.issued_at,
    }
}

/// A bill with everything that it is made of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LevyNoticeView {
    #[serde(flatten)]
    summary: LevyNoticeSummary,
    #[schema(max_length = 3)]
    currency: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: i64,
    policy_id: LevyPolicyId,
    #[schema(max_length = 80)]
    policy_name: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    policy_version: i64,
    #[schema(max_length = 60)]
    measure: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    snapshot_date: NaiveDate,
    share: ShareView,
    /// The permission to bill it.
    mandate_id: Option<MandateId>,
}

impl From<Printed> for LevyNoticeView {
    fn from(found: Printed) -> Self {
        Self {
            summary: summary(&found.fund, found.notice),
            currency: found.fund.currency,
            budget_minor: found.assessment.budget_minor,
            policy_id: found.policy.id,
            policy_name: found.policy.name,
            policy_version: found.policy.number,
            measure: found.policy.measure,
            snapshot_date: found.assessment.snapshot_date,
            share: found.line.into(),
            mandate_id: found.assessment.mandate_id,
        }
    }
}

/// List levy notices
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<LevyNoticeSummary>, description = "One page")))]
#[get("/v1/funds/{fund_id}/levy-notices")]
async fn list_levy_notices(call: Call, id: Path<FundId>) -> Answer {
    let (fund, slice) = notices::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(|row| summary(&fund, row))))
}

/// Read a levy notice
///
/// Organizers, treasurers and observers, and the member itself; for other members it does not exist.
#[utoipa::path(tag = "money", params(("notice_id" = LevyNoticeId, Path)),
    responses((status = 200, body = LevyNoticeView, description = "The notice")))]
#[get("/v1/levy-notices/{notice_id}")]
async fn read_levy_notice(call: Call, id: Path<LevyNoticeId>) -> Answer {
    let found = notices::read(&call.look(), *id).await?;
    let version = found.notice.version;
    Ok(call.show(LevyNoticeView::from(found), version))
}
