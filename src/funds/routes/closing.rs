//! Routes of the steps by which a fund closes, and of refunds.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::documents::RefundChoice;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::repo::FundClosing;
use crate::funds::repo::Refund;
use crate::funds::routes::fields;
use crate::funds::routes::funds::RefundView;
use crate::funds::service::closing;
use crate::funds::service::closing::Terms;
use crate::funds::service::refunds;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::RefundId;
use crate::kernel::ids::UserId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(start_closing_fund)
        .service(read_fund_closing)
        .service(read_refund)
        .service(choose_refund)
        .service(pay_refund)
        .service(unclaim_refund);
}

/// On which terms a fund is closed.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"choose_by": "2199-01-01T00:00:00Z", "de_minimis_minor": 500}))]
struct StartClosingFund {
    /// Until when members choose between cash and credit.
    choose_by: Instant,
    /// Refunds below it are not paid out.
    #[garde(range(min = 0, max = fields::MOST))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    de_minimis_minor: i64,
    /// What happens to refunds below the limit.
    #[serde(default)]
    de_minimis_mode: DeMinimisMode,
    /// The fund that takes what members leave behind, and what is too little to be sent.
    rollover_fund_id: Option<FundId>,
}

/// The terms and the arithmetic of a close.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FundClosingView {
    fund_id: FundId,
    /// Cash less members' credits.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    unspent_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    to_members_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    to_sponsors_minor: i64,
    /// Of the members' part, what was too little to be sent and went to the fund that follows.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    rolled_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    de_minimis_minor: i64,
    /// `per_member` or `all_or_nothing`.
    #[schema(max_length = 20)]
    de_minimis_mode: String,
    rollover_fund_id: Option<FundId>,
    choose_by: Instant,
    started_by: UserId,
    started_at: Instant,
}

impl From<FundClosing> for FundClosingView {
    fn from(row: FundClosing) -> Self {
        Self {
            fund_id: row.fund_id,
            unspent_minor: row.unspent_minor,
            to_members_minor: row.to_members_minor,
            to_sponsors_minor: row.to_sponsors_minor,
            rolled_minor: row.rolled_minor,
            de_minimis_minor: row.de_minimis_minor,
            de_minimis_mode: row.de_minimis_mode,
            rollover_fund_id: row.rollover_fund_id,
            choose_by: row.choose_by,
            started_by: row.started_by,
            started_at: row.started_at,
        }
    }
}

/// A member's choice.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"choice": "cash"}))]
struct ChooseRefund {
    choice: RefundChoice,
}

fn shown(row: Refund) -> Reply<RefundView> {
    let version = row.version;
    Reply::ok(RefundView::from(row)).version(version)
}

/// Start closing a fund
///
/// Treasurers. What was not spent is divided: sponsors by their return rules, members by cash paid, arrears set off
/// first. From here on nothing comes in and nothing is spent. Refused while expenses or reservations are open, or
/// somebody owes more than its refund covers.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = StartClosingFund,
    responses((status = 200, body = FundClosingView, description = "The terms, and what is due to whom")))]
#[post("/v1/funds/{fund_id}/start-closing")]
async fn start_closing_fund(call: Call, id: Path<FundId>, body: Json<StartClosingFund>) -> Answer {
    call.run(&body, async |act| {
        let terms = Terms {
            de_minimis_minor: body.de_minimis_minor,
            mode: body.de_minimis_mode,
            rollover: body.rollover_fund_id,
            choose_by: body.choose_by,
        };
        let begun = closing::start(act, *id, &terms).await?;
        let version = begun.fund.version;
        Ok(Reply::ok(FundClosingView::from(begun.closing)).version(version))
    })
    .await
}

/// Read the closing of a fund
///
/// Everybody in the alliance; it exists once the close has begun.
#[utoipa::path(tag = "money", params(("closing_fund_id" = FundId, Path)),
    responses((status = 200, body = FundClosingView, description = "The terms, and what is due to whom")))]
#[get("/v1/funds/{closing_fund_id}/closing")]
async fn read_fund_closing(call: Call, id: Path<FundId>) -> Answer {
    let row = closing::read(&call.look(), *id).await?;
    Ok(call.show(FundClosingView::from(row), 1))
}

/// Read a refund
///
/// Organizers, treasurers and observers, and the member itself; for other members it does not exist.
#[utoipa::path(tag = "money", params(("refund_id" = RefundId, Path)),
    responses((status = 200, body = RefundView, description = "The refund")))]
#[get("/v1/refunds/{refund_id}")]
async fn read_refund(call: Call, id: Path<RefundId>) -> Answer {
    let row = refunds::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(RefundView::from(row), version))
}

/// Choose what happens to a refund
///
/// Staff of the member, until the deadline: cash, or credit in the fund that follows. It may be changed until then.
#[utoipa::path(tag = "money", params(("refund_id" = RefundId, Path)), request_body = ChooseRefund,
    responses((status = 200, body = RefundView, description = "The refund with the choice")))]
#[post("/v1/refunds/{refund_id}/choose")]
async fn choose_refund(call: Call, id: Path<RefundId>, body: Json<ChooseRefund>) -> Answer {
    call.run(&body, async |act| {
        Ok(shown(refunds::choose(act, *id, body.choice).await?))
    })
    .await
}

/// Pay a refund
///
/// Treasurers. The way the member chose; without a choice in cash, once the deadline has passed. The member's credit
/// goes with it.
#[utoipa::path(tag = "money", params(("refund_id" = RefundId, Path)),
    responses((status = 200, body = RefundView, description = "The refund, paid or rolled over")))]
#[post("/v1/refunds/{refund_id}/pay")]
async fn pay_refund(call: Call, id: Path<RefundId>) -> Answer {
    call.run_bare(async |act| Ok(shown(refunds::pay(act, *id).await?)))
        .await
}

/// Give up paying out a refund
///
/// Treasurers, after the deadline: nobody takes the money, and it is kept as the member's credit in the fund that
/// follows.
#[utoipa::path(tag = "money", params(("refund_id" = RefundId, Path)),
    responses((status = 200, body = RefundView, description = "The refund, unclaimed")))]
#[post("/v1/refunds/{refund_id}/unclaim")]
async fn unclaim_refund(call: Call, id: Path<RefundId>) -> Answer {
    call.run_bare(async |act| Ok(shown(refunds::unclaim(act, *id).await?)))
        .await
}
