//! Routes of orders.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::Reply;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::TenderId;
use crate::tenders::service::orders;
use crate::tenders::service::statements;
use crate::tenders::views::GroupOrderView;
use crate::tenders::views::GroupOrdersView;
use crate::tenders::views::StatementView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_group_orders)
        .service(read_group_order)
        .service(place_group_order)
        .service(confirm_group_order)
        .service(read_my_order_statement);
}

/// List group orders
///
/// Everybody who sees the tender, each as far as they may see.
#[utoipa::path(tag = "tenders", params(("tender_id" = TenderId, Path)), responses((status = 200, body = GroupOrdersView, description = "The result")))]
#[get("/v1/tenders/{tender_id}/group-orders")]
async fn list_group_orders(call: Call, id: Path<TenderId>) -> Answer {
    let items = orders::list(&call.look(), *id).await?;
    Ok(Reply::ok(GroupOrdersView { items }).respond())
}

/// Read a group order
///
/// Evaluators see every line, a member its own, the manufacturer totals per item.
#[utoipa::path(tag = "tenders", params(("group_order_id" = GroupOrderId, Path)), responses((status = 200, body = GroupOrderView, description = "The result")))]
#[get("/v1/group-orders/{group_order_id}")]
async fn read_group_order(call: Call, id: Path<GroupOrderId>) -> Answer {
    let view = orders::read(&call.look(), *id).await?;
    let version = view.version;
    Ok(call.show(view, version))
}

/// Place a group order
///
/// Organizers. The manufacturer is mailed the order, each member its own part.
#[utoipa::path(tag = "tenders", params(("group_order_id" = GroupOrderId, Path)), responses((status = 200, body = GroupOrderView, description = "The result")))]
#[post("/v1/group-orders/{group_order_id}/place")]
async fn place_group_order(call: Call, id: Path<GroupOrderId>) -> Answer {
    call.run_bare(async |act| {
        let view = orders::place(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Confirm a group order
///
/// Its manufacturer.
#[utoipa::path(tag = "tenders", params(("group_order_id" = GroupOrderId, Path)), responses((status = 200, body = GroupOrderView, description = "The result")))]
#[post("/v1/group-orders/{group_order_id}/confirm")]
async fn confirm_group_order(call: Call, id: Path<GroupOrderId>) -> Answer {
    call.run_bare(async |act| {
        let view = orders::confirm(act, *id).await?;
        let version = view.version;
        Ok(Reply::ok(view).version(version))
    })
    .await
}

/// Read my part of an order
///
/// Staff of an active member.
#[utoipa::path(tag = "tenders", params(("group_order_id" = GroupOrderId, Path)), responses((status = 200, body = StatementView, description = "The result")))]
#[get("/v1/group-orders/{group_order_id}/statements/me")]
async fn read_my_order_statement(call: Call, id: Path<GroupOrderId>) -> Answer {
    let view = statements::statement(&call.look(), *id).await?;
    Ok(Reply::ok(view).respond())
}
