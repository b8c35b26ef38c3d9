//! Routes of reversals.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Reversal;
use crate::funds::service::reversals;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::ReversalId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(reverse_transaction).service(list_reversals);
}

/// Why a transaction is taken back.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reason": "Paid from the wrong fund"}))]
struct ReverseTransaction {
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// A transaction that is taken back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ReversalView {
    id: ReversalId,
    fund_id: FundId,
    /// What is taken back.
    original_id: LedgerTransactionId,
    /// Its kind.
    #[schema(max_length = 20)]
    kind: String,
    #[schema(max_length = 80)]
    reason: String,
    /// `requested`: another person has to ask for it too; or `done`.
    #[schema(max_length = 20)]
    state: String,
    /// The transaction that takes it back.
    transaction_id: Option<LedgerTransactionId>,
    requested_by: UserId,
    requested_at: Instant,
    done_by: Option<UserId>,
    done_at: Option<Instant>,
}

impl From<Reversal> for ReversalView {
    fn from(row: Reversal) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            original_id: row.original_id,
            kind: row.kind,
            reason: row.reason,
            state: row.state,
            transaction_id: row.transaction_id,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            done_by: row.done_by,
            done_at: row.done_at,
        }
    }
}

/// Take back a transaction that was wrongly recorded
///
/// Organizers and treasurers; payments of expenses, payouts of credit, money from sponsors and gifts in kind. Unless the
/// by-laws let credit notes go without consent it takes two people: the first asks for it, the second does it by the
/// same call. Everything else is 409 `not_reversible`, and says what to do instead.
#[utoipa::path(tag = "money", params(("transaction_id" = LedgerTransactionId, Path)), request_body = ReverseTransaction,
    responses((status = 200, body = ReversalView, description = "Asked for, or done")))]
#[post("/v1/transactions/{transaction_id}/reverse")]
async fn reverse_transaction(
    call: Call,
    id: Path<LedgerTransactionId>,
    body: Json<ReverseTransaction>,
) -> Answer {
    call.run(&body, async |act| {
        let row = reversals::reverse(act, *id, &body.reason).await?;
        Ok(Reply::ok(ReversalView::from(row)))
    })
    .await
}

/// List reversals
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<ReversalView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/reversals")]
async fn list_reversals(call: Call, id: Path<FundId>) -> Answer {
    let slice = reversals::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(ReversalView::from)))
}
