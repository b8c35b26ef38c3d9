//! Routes of the open ledger, of balances and of statements.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::routes::funds::RefundView;
use crate::funds::routes::notices::LevyNoticeSummary;
use crate::funds::routes::notices::summary;
use crate::funds::routes::payments::PaymentView;
use crate::funds::service::ledger;
use crate::funds::service::ledger::Line;
use crate::funds::service::statement;
use crate::funds::service::statement::Statement;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PostingId;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_ledger)
        .service(list_balances)
        .service(read_my_statement);
}

/// One leg of a transaction.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PostingView {
    id: PostingId,
    /// Place in the fund's ledger, from 1, without gaps.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: i64,
    transaction_id: LedgerTransactionId,
    #[schema(value_type = String, format = Date, max_length = 10)]
    effective_date: NaiveDate,
    recorded_at: Instant,
    /// `levy`, `payment`, `expense`, `refund`, `close_income` or `close_spending`.
    #[schema(max_length = 20)]
    kind: String,
    /// The assessment, payment, expense or fund that it is written for.
    #[schema(max_length = 36, format = "uuid")]
    document_ref: String,
    mandate_id: Option<MandateId>,
    account_id: AccountId,
    #[schema(max_length = 200)]
    account: String,
    /// Debit positive, credit negative.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// The account's balance after it.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    balance_minor: i64,
    #[schema(max_length = 200)]
    narration: String,
}

fn posting(fund: &Fund, line: Line) -> PostingView {
    PostingView {
        account: ledger::account_name(fund, &line.account),
        id: line.posting.id,
        sequence: line.posting.sequence,
        transaction_id: line.transaction.id,
        effective_date: line.transaction.effective_date,
        recorded_at: line.transaction.recorded_at,
        kind: line.transaction.kind,
        document_ref: line.transaction.document_ref.to_string(),
        mandate_id: line.transaction.mandate_id,
        account_id: line.account.id,
        amount_minor: line.posting.amount_minor,
        balance_minor: line.posting.balance_minor,
        narration: line.transaction.narration,
    }
}

/// Read the ledger of a fund
///
/// Organizers, treasurers and observers read every posting; a member reads the fund's own accounts and those in
/// its own name. `format=json` is paged; `format=csv` is everything, amounts in minor units.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path),
    ("format" = Option<String>, Query, description = "`json` (default) or `csv`", pattern = "^(json|csv)$", max_length = 4), PageParams),
    responses((status = 200, description = "One page, or the whole as CSV",
        content((ListOf<PostingView> = "application/json"), (String = "text/csv")))))]
#[get("/v1/funds/{fund_id}/ledger")]
async fn read_ledger(
    call: Call,
    id: Path<FundId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    match query.get("format").map_or("json", String::as_str) {
        "json" => {
            let (fund, slice) = ledger::page(&call.look(), *id, call.page()?).await?;
            Ok(call.list(slice.map(|line| posting(&fund, line))))
        }
        "csv" => {
            let (fund, bytes) = ledger::csv(&call.look(), *id).await?;
            let file = format!("attachment; filename=\"{}-ledger.csv\"", fund.code);
            Ok(HttpResponse::Ok()
                .insert_header(("content-type", "text/csv; charset=utf-8; header=present"))
                .insert_header(("content-disposition", file))
                .body(bytes))
        }
        _ => Err(invalid("format", "'json' or 'csv'")),
    }
}

fn invalid(name: &str, wanted: &str) -> Problem {
    let detail = format!("'{name}' takes {wanted}.");
    Problem::new(&kinds::INVALID_PARAMETER, detail).errors(vec![FieldError::new(
        name,
        "invalid_parameter",
        wanted,
    )])
}

/// An account and what it holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BalanceView {
    account_id: AccountId,
    #[schema(max_length = 200)]
    account: String,
    /// `bank`, `receivable`, `levy`, `levy_refunded`, `spend` or `result`.
    #[schema(max_length = 20)]
    kind: String,
    /// Debit positive, credit negative.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    balance_minor: i64,
}

fn balance(fund: &Fund, account: Account) -> BalanceView {
    BalanceView {
        account: ledger::account_name(fund, &account),
        account_id: account.id,
        kind: account.kind,
        balance_minor: account.balance_minor,
    }
}

/// List the balances of a fund
///
/// The accounts that the caller may read; together all accounts of a fund read zero.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<BalanceView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/balances")]
async fn list_balances(call: Call, id: Path<FundId>) -> Answer {
    let (fund, slice) = ledger::balances(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(|account| balance(&fund, account))))
}

/// A member's statement of a fund.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StatementView {
    fund_id: FundId,
    membership_id: MembershipId,
    #[schema(max_length = 3)]
    currency: String,
    /// What the member owed when the fund began: nothing.
    #[schema(minimum = 0, maximum = 0)]
    opening_minor: i64,
    #[schema(max_items = 1000)]
    notices: Vec<LevyNoticeSummary>,
    #[schema(max_items = 10_000)]
    payments: Vec<PaymentView>,
    refund: Option<RefundView>,
    /// What the member owes still.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    closing_minor: i64,
    /// What the fund spent.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    spent_minor: i64,
    /// The member's share of it, by cash paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    share_of_spend_minor: i64,
}

impl From<Statement> for StatementView {
    fn from(found: Statement) -> Self {
        let fund = found.fund;
        let notice = |row| summary(&fund, row);
        Self {
            notices: found.notices.into_iter().map(notice).collect(),
            fund_id: fund.id,
            membership_id: found.membership,
            currency: fund.currency,
            opening_minor: 0,
            payments: found.payments.into_iter().map(PaymentView::from).collect(),
            refund: found.refund.map(RefundView::from),
            closing_minor: found.closing_minor,
            spent_minor: found.spent_minor,
            share_of_spend_minor: found.share_of_spend_minor,
        }
    }
}

/// Read my statement of a fund
///
/// Staff of a member: its notices, payments, refund, and its share of what the fund bought.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path),
    ("fund_id" = FundId, Query),
    ("membership_id" = Option<MembershipId>, Query, description = "Needed where you act for several members")),
    responses((status = 200, body = StatementView, description = "The statement")))]
#[get("/v1/alliances/{alliance_id}/statements/me")]
async fn read_my_statement(
    call: Call,
    id: Path<AllianceId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    let fund = query.get("fund_id").and_then(|text| text.parse().ok());
    let fund = fund.ok_or_else(|| invalid("fund_id", "the id of a fund"))?;
    let membership = query
        .get("membership_id")
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| invalid("membership_id", "the id of a membership"))?;
    let found = statement::mine(&call.look(), *id, fund, membership).await?;
    Ok(HttpResponse::Ok().json(StatementView::from(found)))
}
