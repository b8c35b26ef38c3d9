//! Routes of transfers between funds.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Transfer;
use crate::funds::routes::fields;
use crate::funds::service::transfers;
use crate::funds::service::transfers::NewTransfer;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::TransferId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_transfer)
        .service(list_transfers)
        .service(read_transfer)
        .service(execute_transfer)
        .service(cancel_transfer);
}

/// Money to move.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"to_fund_id": "01890a5d-ac96-774b-bcce-b302099a8057", "amount_minor": 10, "reason": "deposit for the lanterns"}))]
struct ProposeTransfer {
    to_fund_id: FundId,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// A transfer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct TransferView {
    id: TransferId,
    from_fund_id: FundId,
    to_fund_id: FundId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(max_length = 80)]
    reason: String,
    /// `proposed`, `done` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    mandate_id: Option<MandateId>,
    proposed_by: UserId,
    decided_by: Option<UserId>,
    out_transaction_id: Option<LedgerTransactionId>,
    in_transaction_id: Option<LedgerTransactionId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Transfer> for TransferView {
    fn from(row: Transfer) -> Self {
        Self {
            id: row.id,
            from_fund_id: row.from_fund_id,
            to_fund_id: row.to_fund_id,
            amount_minor: row.amount_minor,
            reason: row.reason,
            state: row.state,
            mandate_id: row.mandate_id,
            proposed_by: row.proposed_by,
            decided_by: row.decided_by,
            out_transaction_id: row.out_transaction_id,
            in_transaction_id: row.in_transaction_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn shown(row: Transfer) -> Reply<TransferView> {
    let version = row.version;
    Reply::ok(TransferView::from(row)).version(version)
}

/// Propose a transfer
///
/// Organizers and treasurers. Out of a restricted fund it moves by a decision of the members on the matter
/// `transfer`, out of the general fund by a second person.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = ProposeTransfer,
    responses((status = 201, body = TransferView, description = "The transfer, proposed")))]
#[post("/v1/funds/{fund_id}/transfers")]
async fn propose_transfer(call: Call, id: Path<FundId>, body: Json<ProposeTransfer>) -> Answer {
    call.run(&body, async |act| {
        let new = NewTransfer {
            to: body.to_fund_id,
            amount_minor: body.amount_minor,
            reason: &body.reason,
        };
        let row = transfers::propose(act, *id, &new).await?;
        let (location, version) = (format!("/v1/transfers/{}", row.id), row.version);
        Ok(Reply::created(location, TransferView::from(row)).version(version))
    })
    .await
}

/// List transfers
///
/// Everybody in the alliance: what left the fund for another, and what came from one.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<TransferView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/transfers")]
async fn list_transfers(call: Call, id: Path<FundId>) -> Answer {
    let slice = transfers::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(TransferView::from)))
}

/// Read a transfer
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("transfer_id" = TransferId, Path)),
    responses((status = 200, body = TransferView, description = "The transfer")))]
#[get("/v1/transfers/{transfer_id}")]
async fn read_transfer(call: Call, id: Path<TransferId>) -> Answer {
    let row = transfers::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(TransferView::from(row), version))
}

/// Execute a transfer
///
/// Treasurers. One balanced transaction in each fund; refused where the fund does not hold that much, or holds it
/// for others.
#[utoipa::path(tag = "money", params(("transfer_id" = TransferId, Path)),
    responses((status = 200, body = TransferView, description = "The transfer, done")))]
#[post("/v1/transfers/{transfer_id}/execute")]
async fn execute_transfer(call: Call, id: Path<TransferId>) -> Answer {
    call.run_bare(async |act| Ok(shown(transfers::execute(act, *id).await?)))
        .await
}

/// Cancel a transfer
///
/// Organizers and treasurers, before money moved.
#[utoipa::path(tag = "money", params(("transfer_id" = TransferId, Path)),
    responses((status = 200, body = TransferView, description = "The transfer, cancelled")))]
#[post("/v1/transfers/{transfer_id}/cancel")]
async fn cancel_transfer(call: Call, id: Path<TransferId>) -> Answer {
    call.run_bare(async |act| Ok(shown(transfers::cancel(act, *id).await?)))
        .await
}
