//! Routes of closed periods.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Period;
use crate::funds::routes::fields;
use crate::funds::service::periods;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::FundPeriodId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(close_fund_period).service(list_fund_periods);
}

/// What to close: a day with everything before it, or a whole month with everything before it.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"through": "2026-10-31"}))]
struct CloseFundPeriod {
    /// The last day that is closed; it must be over.
    #[garde(inner(custom(fields::day)))]
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    through: Option<NaiveDate>,
    /// Instead of a day: a month that is over.
    #[garde(length(max = 7))]
    #[schema(
        max_length = 7,
        pattern = "^20[0-9]{2}-[0-9]{2}$|^21[0-9]{2}-[0-9]{2}$"
    )]
    month: Option<String>,
}

/// A close of a part of a fund's ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FundPeriodView {
    id: FundPeriodId,
    fund_id: FundId,
    /// Nothing is posted on this day or before it.
    #[schema(value_type = String, format = Date, max_length = 10)]
    closed_through: NaiveDate,
    closed_at: Instant,
}

impl From<Period> for FundPeriodView {
    fn from(row: Period) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            closed_through: row.closed_through,
            closed_at: row.closed_at,
        }
    }
}

/// Close a part of a fund's ledger
///
/// Treasurers. Nothing is posted on the closed days any more: 409 `period_closed`. It cannot be undone; later
/// corrections are reversals in the open period.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = CloseFundPeriod,
    responses((status = 200, body = FundPeriodView, description = "The close")))]
#[post("/v1/funds/{fund_id}/periods/close")]
async fn close_fund_period(call: Call, id: Path<FundId>, body: Json<CloseFundPeriod>) -> Answer {
    call.run(&body, async |act| {
        let row = periods::close(act, *id, body.through, body.month.as_deref()).await?;
        Ok(Reply::ok(FundPeriodView::from(row)))
    })
    .await
}

/// List closed periods
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<FundPeriodView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/periods")]
async fn list_fund_periods(call: Call, id: Path<FundId>) -> Answer {
    let slice = periods::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(FundPeriodView::from)))
}
