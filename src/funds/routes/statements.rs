//! Routes of members' statements.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::funds::routes::fields::invalid;
use crate::funds::routes::statement_csv;
use crate::funds::service::issue;
use crate::funds::service::statement;
use crate::funds::service::statement::FundShare;
use crate::funds::service::statement::Statement;
use crate::funds::service::statement::StatementLine;
use crate::funds::service::statement::Wanted;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_my_statement)
        .service(read_member_statement);
}

/// A bill in a statement.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BilledView {
    notice_id: LevyNoticeId,
    /// The fund's code and a running number.
    #[schema(max_length = 60)]
    number: String,
    #[schema(max_length = 20)]
    state: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
}

/// What a payment was spent on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct AllocatedView {
    notice_id: LevyNoticeId,
    /// The running number of the notice in its fund.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    notice_number: i64,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

/// A line of a statement.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StatementLineView {
    transaction_id: LedgerTransactionId,
    fund_id: FundId,
    #[schema(value_type = String, format = Date, max_length = 10)]
    effective_date: NaiveDate,
    /// `levy`, `payment`, `credit_note`, `refund` …
    #[schema(max_length = 20)]
    kind: String,
    /// The assessment, payment, note … that it is written for.
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    document_ref: Uuid,
    mandate_id: Option<MandateId>,
    reverses: Option<LedgerTransactionId>,
    #[schema(max_length = 400)]
    narration: String,
    /// Change of what the member owes.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    due_minor: i64,
    /// What the member owes after it; below zero it has credit.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    balance_minor: i64,
    /// What the member got back: in cash, against what it owed, or into another fund.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    refunded_minor: i64,
    /// What the member gave in kind.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    in_kind_minor: i64,
    notice: Option<BilledView>,
    #[schema(max_items = 1000)]
    allocations: Vec<AllocatedView>,
}

/// The sum of one kind of line in the period.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct KindSumView {
    #[schema(max_length = 20)]
    kind: String,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    due_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    refunded_minor: i64,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    in_kind_minor: i64,
}

/// A fund in a statement, and the member's share of what it bought.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FundShareView {
    fund_id: FundId,
    #[schema(max_length = 20)]
    code: String,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 3)]
    currency: String,
    /// Who keeps the money: holder, institution, account.
    #[schema(max_length = 300)]
    custodian: String,
    #[schema(max_items = 40)]
    kinds: Vec<KindSumView>,
    /// Cash that the member paid so far.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    paid_minor: i64,
    /// What the fund spent so far.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    spent_minor: i64,
    /// The member's share of it, by cash paid, by largest remainder.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    share_of_spend_minor: i64,
}

/// One page of a member's statement.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct StatementView {
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    /// As the books call the member.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    member_number: i64,
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    from: Option<NaiveDate>,
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    to: Option<NaiveDate>,
    /// What the member owed when the period began; below zero it had credit.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    opening_minor: i64,
    /// What it owes at the end of the period.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    closing_minor: i64,
    /// Its shares of what the funds bought, together.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    share_of_spend_minor: i64,
    #[schema(max_items = 1000)]
    funds: Vec<FundShareView>,
    /// The lines, oldest first.
    #[schema(max_items = 100)]
    items: Vec<StatementLineView>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(max_length = 200)]
    next_cursor: Option<String>,
    /// Whether there is another page.
    has_more: bool,
}

fn line(funds: &[FundShare], line: StatementLine) -> StatementLineView {
    let row = line.movement;
    let fund = funds.iter().find(|share| share.fund.id == row.fund_id);
    let notice = line.notice.zip(fund).map(|(notice, share)| BilledView {
        notice_id: notice.id,
        number: issue::number(&share.fund, &notice),
        state: notice.state,
        due_on: notice.due_on,
    });
    StatementLineView {
        transaction_id: row.id,
        fund_id: row.fund_id,
        effective_date: row.effective_date,
        kind: row.kind,
        document_ref: row.document_ref,
        mandate_id: row.mandate_id,
        reverses: row.reverses,
        narration: row.narration,
        due_minor: row.due_minor,
        balance_minor: line.balance_minor,
        refunded_minor: row.refunded_minor,
        in_kind_minor: row.in_kind_minor,
        notice,
        allocations: line
            .allocations
            .into_iter()
            .map(|(part, number)| AllocatedView {
                notice_id: part.notice_id,
                notice_number: number,
                amount_minor: part.amount_minor,
            })
            .collect(),
    }
}

fn share(share: FundShare) -> FundShareView {
    let fund = share.fund;
    FundShareView {
        fund_id: fund.id,
        code: fund.code,
        name: fund.name,
        currency: fund.currency,
        custodian: format!(
            "{}, {}, {}",
            fund.custodian_holder, fund.custodian_institution, fund.custodian_account_ref
        ),
        kinds: share
            .kinds
            .into_iter()
            .map(|row| KindSumView {
                kind: row.kind,
                due_minor: row.due_minor,
                refunded_minor: row.refunded_minor,
                in_kind_minor: row.in_kind_minor,
            })
            .collect(),
        paid_minor: share.paid_minor,
        spent_minor: share.spent_minor,
        share_of_spend_minor: share.share_of_spend_minor,
    }
}

fn page_view(found: Statement, list: ListOf<StatementLineView>) -> StatementView {
    StatementView {
        membership_id: found.membership,
        merchant_name: found.name,
        member_number: found.number,
        from: found.wanted.from,
        to: found.wanted.to,
        opening_minor: found.opening_minor,
        closing_minor: found.closing_minor,
        share_of_spend_minor: found.funds.iter().map(|f| f.share_of_spend_minor).sum(),
        funds: found.funds.into_iter().map(share).collect(),
        items: list.items,
        next_cursor: list.next_cursor,
        has_more: list.has_more,
    }
}

type Filters = Query<HashMap<String, String>>;

/// A parameter of the query in its type.
fn parameter<T: std::str::FromStr>(
    query: &Filters,
    name: &str,
    wanted: &str,
) -> Result<Option<T>, Problem> {
    let parsed = query.get(name).map(|text| text.parse()).transpose();
    parsed.map_err(|_| invalid(name, wanted))
}

fn wanted(query: &Filters) -> Result<Wanted, Problem> {
    Ok(Wanted {
        fund: parameter(query, "fund_id", "the id of a fund")?,
        from: parameter(query, "from", "a day")?,
        to: parameter(query, "to", "a day")?,
    })
}

/// Whether a CSV is wanted.
fn as_csv(query: &Filters) -> Result<bool, Problem> {
    match query.get("format").map_or("json", String::as_str) {
        "json" => Ok(false),
        "csv" => Ok(true),
        _ => Err(invalid("format", "'json' or 'csv'")),
    }
}

/// A page as JSON, or all pages as a CSV.
async fn answer(
    call: &Call,
    csv: bool,
    read: impl AsyncFn(Page) -> Result<Statement, Failure>,
) -> Answer {
    if csv {
        let mut page = Page {
            limit: crate::kernel::page::MAX_LIMIT,
            after: None,
        };
        let mut found = read(page).await?;
        while let Some(next) = found.lines.next {
            page.after = Some(next);
            let more = read(page).await?;
            found.lines.items.extend(more.lines.items);
            found.lines.next = more.lines.next;
        }
        return Ok(HttpResponse::Ok()
            .insert_header(("content-type", "text/csv; charset=utf-8; header=present"))
            .insert_header((
                "content-disposition",
                "attachment; filename=\"statement.csv\"",
            ))
            .body(statement_csv::of(&found)));
    }
    let mut found = read(call.page()?).await?;
    let items = std::mem::take(&mut found.lines.items);
    let slice = Slice {
        items: items
            .into_iter()
            .map(|row| line(&found.funds, row))
            .collect(),
        next: found.lines.next,
    };
    Ok(call.list_as(slice, |list| page_view(found, list)))
}

/// Read my statement
///
/// Staff of a member: what it owed, was billed, paid, gave in kind and got back in a period, in one fund or in all,
/// and its share of what the funds bought. `format=csv` is all of it.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path),
    ("fund_id" = Option<FundId>, Query, description = "One fund only"),
    ("membership_id" = Option<MembershipId>, Query, description = "Needed where you act for several members"),
    ("from" = Option<String>, Query, description = "First day of the period", format = Date, max_length = 10),
    ("to" = Option<String>, Query, description = "Last day of the period", format = Date, max_length = 10),
    ("format" = Option<String>, Query, description = "`json` (default) or `csv`", pattern = "^(json|csv)$", max_length = 4), PageParams),
    responses((status = 200, description = "One page, or the whole as CSV",
        content((StatementView = "application/json"), (String = "text/csv")))))]
#[get("/v1/alliances/{alliance_id}/statements/me")]
async fn read_my_statement(call: Call, id: Path<AllianceId>, query: Filters) -> Answer {
    let (wanted, csv) = (wanted(&query)?, as_csv(&query)?);
    let membership = parameter(&query, "membership_id", "the id of a membership")?;
    let (call, look) = (&call, call.look());
    let read = async |page: Page| statement::mine(&look, *id, membership, wanted, page).await;
    answer(call, csv, read).await
}

/// Read the statement of a member
///
/// Organizers, treasurers and observers read any member's; staff of a member its own. As the member's own statement.
#[utoipa::path(tag = "money", params(("membership_id" = MembershipId, Path),
    ("fund_id" = Option<FundId>, Query, description = "One fund only"),
    ("from" = Option<String>, Query, description = "First day of the period", format = Date, max_length = 10),
    ("to" = Option<String>, Query, description = "Last day of the period", format = Date, max_length = 10),
    ("format" = Option<String>, Query, description = "`json` (default) or `csv`", pattern = "^(json|csv)$", max_length = 4), PageParams),
    responses((status = 200, description = "One page, or the whole as CSV",
        content((StatementView = "application/json"), (String = "text/csv")))))]
#[get("/v1/memberships/{membership_id}/statement")]
async fn read_member_statement(call: Call, id: Path<MembershipId>, query: Filters) -> Answer {
    let (wanted, csv) = (wanted(&query)?, as_csv(&query)?);
    let (call, look) = (&call, call.look());
    let read = async |page: Page| statement::of_membership(&look, *id, wanted, page).await;
    answer(call, csv, read).await
}
