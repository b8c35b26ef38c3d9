//! Routes of funds, their close and their refunds.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Fund;
use crate::funds::repo::Refund;
use crate::funds::routes::fields;
use crate::funds::service::close;
use crate::funds::service::close::Closed;
use crate::funds::service::funds;
use crate::funds::service::funds::NewFund;
use crate::funds::service::refunds;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::RefundId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_fund)
        .service(list_funds)
        .service(read_fund)
        .service(close_fund)
        .service(list_refunds);
}

/// Who keeps the money in the real world.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
struct Custodian {
    /// Who holds the account.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    holder: String,
    /// The bank or payment institution.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    institution: String,
    /// The account there.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    account_ref: String,
}

/// A fund to plan.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Double Eleven 2026", "code": "D11-2026", "season_from": "2026-10-01", "season_to": "2026-11-30", "custodian": {"holder": "Tea Street Alliance", "institution": "Bank of Hangzhou", "account_ref": "6222-0001"}}))]
struct CreateFund {
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Short name in accounts and exports, unique in the alliance.
    #[garde(custom(fields::code))]
    #[schema(max_length = 20, pattern = "^[A-Z0-9][A-Za-z0-9-]{0,19}$")]
    code: String,
    /// First day.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    season_from: NaiveDate,
    /// Last day, included.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    season_to: NaiveDate,
    #[garde(dive)]
    custodian: Custodian,
    /// Not restricted to one purpose; an alliance has one such fund at most.
    #[serde(default)]
    general: bool,
}

/// A fund.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FundView {
    id: FundId,
    alliance_id: AllianceId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 20)]
    code: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    season_from: NaiveDate,
    #[schema(value_type = String, format = Date, max_length = 10)]
    season_to: NaiveDate,
    /// The alliance's.
    #[schema(max_length = 3)]
    currency: String,
    custodian: Custodian,
    /// Not restricted to one purpose.
    general: bool,
    /// `planned`, `voted`, `collecting`, `active`, `closing`, `settled` or `closed`.
    #[schema(max_length = 20)]
    state: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Fund> for FundView {
    fn from(row: Fund) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            name: row.name,
            code: row.code,
            season_from: row.season_from,
            season_to: row.season_to,
            currency: row.currency,
            custodian: Custodian {
                holder: row.custodian_holder,
                institution: row.custodian_institution,
                account_ref: row.custodian_account_ref,
            },
            general: row.general,
            state: row.state,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Plan a fund
///
/// Organizers and treasurers. Its currency is the alliance's.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path)), request_body = CreateFund,
    responses((status = 201, body = FundView, description = "The fund, planned")))]
#[post("/v1/alliances/{alliance_id}/funds")]
async fn create_fund(call: Call, id: Path<AllianceId>, body: Json<CreateFund>) -> Answer {
    call.run(&body, async |act| {
        let new = NewFund {
            name: &body.name,
            code: &body.code,
            season_from: body.season_from,
            season_to: body.season_to,
            custodian_holder: &body.custodian.holder,
            custodian_institution: &body.custodian.institution,
            custodian_account_ref: &body.custodian.account_ref,
            general: body.general,
        };
        let fund = funds::create(act, *id, &new).await?;
        let (location, version) = (format!("/v1/funds/{}", fund.id), fund.version);
        Ok(Reply::created(location, FundView::from(fund)).version(version))
    })
    .await
}

/// List funds
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<FundView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/funds")]
async fn list_funds(call: Call, id: Path<AllianceId>) -> Answer {
    let slice = funds::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(FundView::from)))
}

/// Read a fund
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)),
    responses((status = 200, body = FundView, description = "The fund")))]
#[get("/v1/funds/{fund_id}")]
async fn read_fund(call: Call, id: Path<FundId>) -> Answer {
    let fund = funds::read(&call.look(), *id).await?;
    let version = fund.version;
    Ok(call.show(FundView::from(fund), version))
}

/// What a close found and did.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ClosedFundView {
    #[serde(flatten)]
    fund: FundView,
    /// Cash that members paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    collected_minor: i64,
    /// Cash that was spent.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    spent_minor: i64,
    /// Cash that went back to the members.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    unspent_minor: i64,
}

impl From<Closed> for ClosedFundView {
    fn from(closed: Closed) -> Self {
        Self {
            collected_minor: closed.collected,
            spent_minor: closed.spent,
            unspent_minor: closed.unspent,
            fund: closed.fund.into(),
        }
    }
}

/// Close a fund
///
/// Treasurers. A settled fund, whose every account then reads zero, for good. A fund that is still collecting or
/// active is closed in a single step, without a choice: sponsors and members are paid in cash what was not spent.
/// Refused while notices are unpaid, or expenses or reservations open.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)),
    responses((status = 200, body = ClosedFundView, description = "The fund, closed")))]
#[post("/v1/funds/{fund_id}/close")]
async fn close_fund(call: Call, id: Path<FundId>) -> Answer {
    call.run_bare(async |act| {
        let closed = close::close(act, *id).await?;
        let version = closed.fund.version;
        Ok(Reply::ok(ClosedFundView::from(closed)).version(version))
    })
    .await
}

/// Unspent money that belongs to a member.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RefundView {
    id: RefundId,
    fund_id: FundId,
    membership_id: MembershipId,
    /// Cash that the member paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    paid_minor: i64,
    /// Its share of what was not spent; never more than it paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// Of the share, what was set off against arrears.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    offset_minor: i64,
    /// The member's credit, which goes the same way.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    credit_minor: i64,
    /// What is paid out or kept: share less offset, with the credit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    due_minor: i64,
    /// Too little to be sent: it stays as credit.
    carried: bool,
    /// `cash` or `rollover`.
    #[schema(max_length = 20)]
    choice: Option<String>,
    /// The fund that took it.
    rollover_fund_id: Option<FundId>,
    /// `due`, `offset`, `paid`, `rolled_over` or `unclaimed`.
    #[schema(max_length = 20)]
    state: String,
    transaction_id: Option<LedgerTransactionId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Refund> for RefundView {
    fn from(row: Refund) -> Self {
        Self {
            due_minor: refunds::due(&row),
            id: row.id,
            fund_id: row.fund_id,
            membership_id: row.membership_id,
            paid_minor: row.paid_minor,
            amount_minor: row.amount_minor,
            offset_minor: row.offset_minor,
            credit_minor: row.credit_minor,
            carried: row.carried,
            choice: row.choice,
            rollover_fund_id: row.rollover_fund_id,
            state: row.state,
            transaction_id: row.transaction_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// List refunds
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<RefundView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/refunds")]
async fn list_refunds(call: Call, id: Path<FundId>) -> Answer {
    let slice = refunds::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(RefundView::from)))
}
