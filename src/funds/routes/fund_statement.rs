//! Route of a fund's statement.

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::web::Path;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::routes::fields::hex;
use crate::funds::service::fund_statement;
use crate::funds::service::fund_statement::FundStatement;
use crate::funds::service::fund_statement::NamedSum;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;

/// Mounts the route.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_fund_statement);
}

/// What was paid for or given, and how much.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct NamedSumView {
    #[schema(max_length = 200)]
    name: String,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

fn sums(rows: Vec<NamedSum>) -> Vec<NamedSumView> {
    rows.into_iter()
        .map(|row| NamedSumView {
            name: row.name,
            amount_minor: row.amount_minor,
        })
        .collect()
}

/// The statement of a fund; amounts in minor units.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FundStatementView {
    fund_id: FundId,
    #[schema(max_length = 20)]
    code: String,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 3)]
    currency: String,
    #[schema(max_length = 20)]
    state: String,
    /// Who keeps the money: holder, institution, account.
    #[schema(max_length = 300)]
    custodian: String,
    /// What members were billed, notes included.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    levies_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    matches_minor: i64,
    #[schema(max_items = 1000)]
    matches_by_sponsor: Vec<NamedSumView>,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    in_kind_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    transfers_in_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    income_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    spent_minor: i64,
    #[schema(max_items = 1000)]
    spent_by_line: Vec<NamedSumView>,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    in_kind_spent_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    written_off_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    transfers_out_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    expenses_minor: i64,
    /// What members and sponsors got back.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    refunded_minor: i64,
    /// Income less expenses less refunds.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    net_assets_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cash_minor: i64,
    /// Set aside and not paid yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    reserved_minor: i64,
    /// What members have above what was due.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    credits_minor: i64,
    /// What members owe.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    receivable_minor: i64,
    /// What suppliers are owed.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    payable_minor: i64,
    /// Number and hash of the newest transaction: keep it, and the ledger can never be rewritten before it unseen.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    transactions: i64,
    #[schema(max_length = 64)]
    hash: String,
}

fn fund_statement_view(found: FundStatement) -> Result<FundStatementView, Failure> {
    let (fund, worth) = (found.fund, found.worth);
    Ok(FundStatementView {
        fund_id: fund.id,
        code: fund.code,
        name: fund.name,
        currency: fund.currency,
        state: fund.state,
        custodian: format!(
            "{}, {}, {}",
            fund.custodian_holder, fund.custodian_institution, fund.custodian_account_ref
        ),
        levies_minor: worth.levies,
        matches_minor: worth.matches,
        matches_by_sponsor: sums(found.sponsors),
        in_kind_minor: worth.in_kind,
        transfers_in_minor: worth.transfers_in,
        income_minor: worth.income()?,
        spent_minor: worth.spent,
        spent_by_line: sums(found.spending),
        in_kind_spent_minor: worth.in_kind_spent,
        written_off_minor: worth.written_off,
        transfers_out_minor: worth.transfers_out,
        expenses_minor: worth.expenses()?,
        refunded_minor: worth.refunded,
        net_assets_minor: worth.net_assets()?,
        cash_minor: worth.cash,
        reserved_minor: found.reserved_minor,
        credits_minor: worth.credits,
        receivable_minor: worth.receivable,
        payable_minor: worth.payable,
        transactions: found.chain.0,
        hash: hex(&found.chain.1),
    })
}

/// Read the statement of a fund
///
/// Income, spending by line, what is set aside, members' credits, and what the fund is worth; for everybody in the
/// alliance. Of a closed fund: before the entries of its close.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)),
    responses((status = 200, body = FundStatementView, description = "The statement")))]
#[get("/v1/funds/{fund_id}/statement")]
async fn read_fund_statement(call: Call, id: Path<FundId>) -> Answer {
    let found = fund_statement::read(&call.look(), *id).await?;
    Ok(HttpResponse::Ok().json(fund_statement_view(found)?))
}
