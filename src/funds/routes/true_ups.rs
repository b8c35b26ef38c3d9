//! Routes of true-ups.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::season::Basis;
use crate::funds::repo::TrueUp;
use crate::funds::repo::TrueUpLine;
use crate::funds::routes::fields;
use crate::funds::service::true_ups;
use crate::funds::service::true_ups::TruedUp;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TrueUpId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_true_up)
        .service(list_true_ups)
        .service(read_true_up)
        .service(cancel_true_up)
        .service(apply_true_up);
}

/// How to true up a fund.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"basis": "budget", "due_on": "2027-01-31"}))]
struct ProposeTrueUp {
    /// Split the budget again, or what was really spent.
    basis: Basis,
    /// When debit notes are due.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
}

/// A true-up, without its lines.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TrueUpSummary {
    id: TrueUpId,
    fund_id: FundId,
    /// `budget` or `spend`.
    #[schema(max_length = 20)]
    basis: String,
    /// What the season costs everybody together.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    total_minor: i64,
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
    /// `proposed`, `applied` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    applied_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<TrueUp> for TrueUpSummary {
    fn from(row: TrueUp) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            basis: row.basis,
            total_minor: row.total_minor,
            due_on: row.due_on,
            state: row.state,
            applied_at: row.applied_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// One member's season.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TrueUpLineView {
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    /// Days of liability.
    #[schema(minimum = 0, maximum = 3_660)]
    active_days: i64,
    /// The weight of each of these days, added up.
    #[schema(max_length = 1000)]
    weight_days: String,
    /// What the member owes before rounding.
    #[schema(max_length = 1000)]
    exact: String,
    /// What its notices add up to.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    billed_minor: i64,
    /// What it owes in the end.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    final_minor: i64,
    /// Above zero a debit note, below zero a credit note.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    adjustment_minor: i64,
}

impl From<TrueUpLine> for TrueUpLineView {
    fn from(line: TrueUpLine) -> Self {
        Self {
            membership_id: line.membership_id,
            merchant_name: line.merchant_name,
            active_days: line.active_days,
            weight_days: line.weight_days,
            exact: line.exact,
            billed_minor: line.billed_minor,
            final_minor: line.final_minor,
            adjustment_minor: line.adjustment_minor,
        }
    }
}

/// A true-up.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TrueUpView {
    #[serde(flatten)]
    summary: TrueUpSummary,
    /// How many members it is about.
    #[schema(minimum = 0, maximum = 100_000)]
    members: usize,
    /// The lines that the caller may see: all of them, or a member's own.
    #[schema(max_items = 100_000)]
    lines: Vec<TrueUpLineView>,
}

impl From<TruedUp> for TrueUpView {
    fn from(found: TruedUp) -> Self {
        Self {
            summary: found.row.into(),
            members: found.members,
            lines: found.lines.into_iter().map(TrueUpLineView::from).collect(),
        }
    }
}

fn shown(found: TruedUp) -> Reply<TrueUpView> {
    let version = found.row.version;
    Reply::ok(TrueUpView::from(found)).version(version)
}

/// Propose a true-up
///
/// Organizers and treasurers, once per fund: everybody's season by member-days against what was billed. Nobody is
/// billed until it is applied.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = ProposeTrueUp,
    responses((status = 201, body = TrueUpView, description = "The true-up, proposed")))]
#[post("/v1/funds/{fund_id}/true-ups")]
async fn propose_true_up(call: Call, id: Path<FundId>, body: Json<ProposeTrueUp>) -> Answer {
    call.run(&body, async |act| {
        let found = true_ups::propose(act, *id, body.basis, body.due_on).await?;
        let (location, version) = (format!("/v1/true-ups/{}", found.row.id), found.row.version);
        Ok(Reply::created(location, TrueUpView::from(found)).version(version))
    })
    .await
}

/// List true-ups
///
/// Everybody in the alliance; without the lines.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<TrueUpSummary>, description = "One page")))]
#[get("/v1/funds/{fund_id}/true-ups")]
async fn list_true_ups(call: Call, id: Path<FundId>) -> Answer {
    let slice = true_ups::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(TrueUpSummary::from)))
}

/// Read a true-up
///
/// Organizers, treasurers and observers see every line; a member sees its own and the totals.
#[utoipa::path(tag = "money", params(("true_up_id" = TrueUpId, Path)),
    responses((status = 200, body = TrueUpView, description = "The true-up")))]
#[get("/v1/true-ups/{true_up_id}")]
async fn read_true_up(call: Call, id: Path<TrueUpId>) -> Answer {
    let found = true_ups::read(&call.look(), *id).await?;
    let version = found.row.version;
    Ok(call.show(TrueUpView::from(found), version))
}

/// Cancel a true-up
///
/// Organizers and treasurers, before it is applied.
#[utoipa::path(tag = "money", params(("true_up_id" = TrueUpId, Path)),
    responses((status = 200, body = TrueUpView, description = "The true-up, cancelled")))]
#[post("/v1/true-ups/{true_up_id}/cancel")]
async fn cancel_true_up(call: Call, id: Path<TrueUpId>) -> Answer {
    call.run_bare(async |act| Ok(shown(true_ups::cancel(act, *id).await?)))
        .await
}

/// Apply a true-up
///
/// Treasurers. Debit notes for who owes more, credit notes for who owes less; issued notices stay as they are.
/// Refused where bills, members or sizes changed since it was proposed.
#[utoipa::path(tag = "money", params(("true_up_id" = TrueUpId, Path)),
    responses((status = 200, body = TrueUpView, description = "The true-up, applied")))]
#[post("/v1/true-ups/{true_up_id}/apply")]
async fn apply_true_up(call: Call, id: Path<TrueUpId>) -> Answer {
    call.run_bare(async |act| Ok(shown(true_ups::apply(act, *id).await?)))
        .await
}
