//! Routes of levy notices.

use actix_web::get;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::owed::Instalment;
use crate::funds::repo::Dispute;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::routes::shares::ShareView;
use crate::funds::service::dues;
use crate::funds::service::issue;
use crate::funds::service::notices;
use crate::funds::service::notices::Decided;
use crate::funds::service::notices::Printed;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyDisputeId;
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
    /// `levy` for a share of an assessment, `debit_note` for what a true-up adds, or `pledge`.
    #[schema(max_length = 20)]
    kind: String,
    /// The assessment of a share.
    assessment_id: Option<AssessmentId>,
    membership_id: MembershipId,
    /// The fund's code and a running number.
    #[schema(max_length = 60)]
    number: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    paid_minor: i64,
    /// What credit notes took off.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    credited_minor: i64,
    /// What was given up.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    written_off_minor: i64,
    /// Amount less payments, credit notes and write-offs; never below zero.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    due_minor: i64,
    /// `issued`, `part_paid`, `paid`, `overdue`, `collected`, `written_off`, `disputed`, `credited` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    /// When the first part that is not covered is due; a write-off covers nothing.
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    next_due_on: Option<NaiveDate>,
    /// First day on which a part was overdue; it stays on record.
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    overdue_since: Option<NaiveDate>,
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
        credited_minor: row.credited_minor,
        written_off_minor: row.written_off_minor,
        due_minor: dues::owed(&row).due(),
        kind: row.kind,
        next_due_on: row.next_due_on,
        overdue_since: row.overdue_since,
        state: row.state,
        due_on: row.due_on,
        version: row.version,
        issued_at: row.issued_at,
    }
}

/// A part of a bill.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InstalmentView {
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

/// An objection of the member.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct DisputeView {
    id: LevyDisputeId,
    #[schema(max_length = 80)]
    reason: String,
    raised_at: Instant,
    /// `upheld` or `credited`; none while it is open.
    #[schema(max_length = 20)]
    outcome: Option<String>,
    #[schema(max_length = 400)]
    answer: Option<String>,
    decided_at: Option<Instant>,
}

/// A bill with everything that it is made of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LevyNoticeView {
    #[serde(flatten)]
    summary: LevyNoticeSummary,
    #[schema(max_length = 3)]
    currency: String,
    /// Why a debit note or a pledge is billed; empty for a share.
    #[schema(max_length = 400)]
    reason: String,
    /// The parts in the order of their days; one where it is due at once.
    #[schema(max_items = 120)]
    instalments: Vec<InstalmentView>,
    /// From here on to the mandate: what a share was computed from; none for debit notes and pledges.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: Option<i64>,
    policy_id: Option<LevyPolicyId>,
    #[schema(max_length = 80)]
    policy_name: Option<String>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    policy_version: Option<i64>,
    #[schema(max_length = 60)]
    measure: Option<String>,
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    snapshot_date: Option<NaiveDate>,
    share: Option<ShareView>,
    /// The permission to bill it.
    mandate_id: Option<MandateId>,
    /// The decision behind that permission, such as `ballot:<id>`.
    #[schema(max_length = 200)]
    decision: Option<String>,
    /// Tax, as data.
    tax: Option<NoticeTax>,
    /// How to dispute it.
    #[schema(max_length = 200)]
    dispute: String,
    /// Oldest first.
    #[schema(max_items = 100)]
    disputes: Vec<DisputeView>,
    /// The decision to write it off.
    write_off_mandate_id: Option<MandateId>,
}

/// The tax of a notice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct NoticeTax {
    #[schema(max_length = 80)]
    label: String,
    #[schema(max_length = 80)]
    rate: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

impl From<Dispute> for DisputeView {
    fn from(row: Dispute) -> Self {
        Self {
            id: row.id,
            reason: row.reason,
            raised_at: row.raised_at,
            outcome: row.outcome,
            answer: row.answer,
            decided_at: row.decided_at,
        }
    }
}

impl From<Printed> for LevyNoticeView {
    fn from(found: Printed) -> Self {
        let part = |part: Instalment| InstalmentView {
            due_on: part.due_on,
            amount_minor: part.amount,
        };
        let decided = found.decided.as_ref();
        let of = |number: fn(&Decided) -> i64| decided.map(number);
        let tax = decided.and_then(|d| d.tax.clone());
        Self {
            dispute: format!(
                "POST /v1/levy-notices/{}/dispute with your reason, or write to the treasurer, before the due day.",
                found.notice.id
            ),
            tax: tax.map(|(label, rate, amount_minor)| NoticeTax {
                label,
                rate,
                amount_minor,
            }),
            decision: decided.and_then(|d| d.decision.clone()),
            reason: found.notice.reason.clone(),
            write_off_mandate_id: found.notice.write_off_mandate_id,
            summary: summary(&found.fund, found.notice),
            currency: found.fund.currency,
            instalments: found.instalments.into_iter().map(part).collect(),
            budget_minor: of(|d| d.assessment.budget_minor),
            policy_id: decided.map(|d| d.policy.id),
            policy_name: decided.map(|d| d.policy.name.clone()),
            policy_version: of(|d| d.policy.number),
            measure: decided.map(|d| d.policy.measure.clone()),
            snapshot_date: decided.map(|d| d.assessment.snapshot_date),
            mandate_id: decided.and_then(|d| d.assessment.mandate_id),
            share: decided.map(|d| ShareView::whole(d.line.clone())),
            disputes: found.disputes.into_iter().map(DisputeView::from).collect(),
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
