//! Routes of expenses.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::ExpenseApproval;
use crate::funds::routes::fields;
use crate::funds::service::expenses;
use crate::funds::service::expenses::Approved;
use crate::funds::service::expenses::NewExpense;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::ExpenseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::ReservationId;
use crate::kernel::ids::UserId;
use crate::kernel::role::Role;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(request_expense)
        .service(list_expenses)
        .service(read_expense)
        .service(approve_expense)
        .service(reject_expense)
        .service(pay_expense);
}

/// Money asked for.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"payee": "Print & Co", "line": "posters", "amount_minor": 180_000, "description": "200 posters", "document_ref": "invoice 88"}))]
struct RequestExpense {
    /// Who is to be paid.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    payee: String,
    /// The line of the budget.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    line: String,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    description: String,
    /// The number of the invoice or contract.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    document_ref: Option<String>,
    /// A reservation of the same fund that it uses.
    reservation_id: Option<ReservationId>,
}

/// Somebody agreed to an expense.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ExpenseApprovalView {
    user_id: UserId,
    approved_at: Instant,
}

/// An expense.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ExpenseView {
    id: ExpenseId,
    fund_id: FundId,
    #[schema(max_length = 80)]
    payee: String,
    #[schema(max_length = 80)]
    line: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(max_length = 80)]
    description: String,
    /// `requested`, `approved`, `paid` or `rejected`.
    #[schema(max_length = 20)]
    state: String,
    requested_by: UserId,
    #[schema(max_length = 80)]
    document_ref: Option<String>,
    reservation_id: Option<ReservationId>,
    /// How many different people must approve it, by the by-laws on the day it was asked for.
    #[schema(minimum = 1, maximum = 10)]
    approvals_needed: i64,
    /// Whose approvals count.
    #[schema(value_type = Vec<Role>, max_items = 2)]
    approver_roles: Value,
    #[schema(max_items = 10)]
    approvals: Vec<ExpenseApprovalView>,
    /// Who gave the last approval, or rejected it.
    decided_by: Option<UserId>,
    transaction_id: Option<LedgerTransactionId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Approved> for ExpenseView {
    fn from(found: Approved) -> Self {
        let row = found.expense;
        let approval = |row: ExpenseApproval| ExpenseApprovalView {
            user_id: row.user_id,
            approved_at: row.approved_at,
        };
        Self {
            id: row.id,
            fund_id: row.fund_id,
            payee: row.payee,
            line: row.line,
            amount_minor: row.amount_minor,
            description: row.description,
            state: row.state,
            requested_by: row.requested_by,
            document_ref: row.document_ref,
            reservation_id: row.reservation_id,
            approvals_needed: row.approvals_needed,
            approver_roles: row.approver_roles,
            approvals: found.approvals.into_iter().map(approval).collect(),
            decided_by: row.decided_by,
            transaction_id: row.transaction_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn shown(found: Approved) -> Reply<ExpenseView> {
    let version = found.expense.version;
    Reply::ok(ExpenseView::from(found)).version(version)
}

/// Request an expense
///
/// Organizers and treasurers. Others have to approve it before it is paid, as many as the by-laws say for its
/// amount; its line must be one of the voted budget, where that has lines.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = RequestExpense,
    responses((status = 201, body = ExpenseView, description = "The request")))]
#[post("/v1/funds/{fund_id}/expenses")]
async fn request_expense(call: Call, id: Path<FundId>, body: Json<RequestExpense>) -> Answer {
    call.run(&body, async |act| {
        let new = NewExpense {
            payee: &body.payee,
            line: &body.line,
            amount_minor: body.amount_minor,
            description: &body.description,
            document_ref: body.document_ref.as_deref(),
            reservation: body.reservation_id,
        };
        let found = expenses::request(act, *id, &new).await?;
        let location = format!("/v1/expenses/{}", found.expense.id);
        let version = found.expense.version;
        Ok(Reply::created(location, ExpenseView::from(found)).version(version))
    })
    .await
}

/// List expenses
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<ExpenseView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/expenses")]
async fn list_expenses(call: Call, id: Path<FundId>) -> Answer {
    let slice = expenses::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(ExpenseView::from)))
}

/// Read an expense
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("expense_id" = ExpenseId, Path)),
    responses((status = 200, body = ExpenseView, description = "The expense")))]
#[get("/v1/expenses/{expense_id}")]
async fn read_expense(call: Call, id: Path<ExpenseId>) -> Answer {
    let found = expenses::read(&call.look(), *id).await?;
    let version = found.expense.version;
    Ok(call.show(ExpenseView::from(found), version))
}

/// Approve an expense
///
/// Organizers and treasurers, each once, and never whoever asked for it. The last approval that is needed makes
/// it payable.
#[utoipa::path(tag = "money", params(("expense_id" = ExpenseId, Path)),
    responses((status = 200, body = ExpenseView, description = "The expense, approved")))]
#[post("/v1/expenses/{expense_id}/approve")]
async fn approve_expense(call: Call, id: Path<ExpenseId>) -> Answer {
    call.run_bare(async |act| Ok(shown(expenses::approve(act, *id).await?)))
        .await
}

/// Reject an expense
///
/// Organizers and treasurers; also gives up an approved one that was not paid.
#[utoipa::path(tag = "money", params(("expense_id" = ExpenseId, Path)),
    responses((status = 200, body = ExpenseView, description = "The expense, rejected")))]
#[post("/v1/expenses/{expense_id}/reject")]
async fn reject_expense(call: Call, id: Path<ExpenseId>) -> Answer {
    call.run_bare(async |act| Ok(shown(expenses::reject(act, *id).await?)))
        .await
}

/// Pay an expense
///
/// Treasurers. Refused where the fund does not hold that much, or holds it for others.
#[utoipa::path(tag = "money", params(("expense_id" = ExpenseId, Path)),
    responses((status = 200, body = ExpenseView, description = "The expense, paid and posted")))]
#[post("/v1/expenses/{expense_id}/pay")]
async fn pay_expense(call: Call, id: Path<ExpenseId>) -> Answer {
    call.run_bare(async |act| Ok(shown(expenses::pay(act, *id).await?)))
        .await
}
