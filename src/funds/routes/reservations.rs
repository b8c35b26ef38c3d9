//! Routes of reservations.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Reservation;
use crate::funds::routes::fields;
use crate::funds::service::reservations;
use crate::funds::service::reservations::NewReservation;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::ExpenseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::ReservationId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(reserve_money)
        .service(list_reservations)
        .service(read_reservation)
        .service(release_reservation);
}

/// Money to set aside.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"payee": "Print & Co", "line": "posters", "amount_minor": 10, "description": "200 posters, offer 12"}))]
struct ReserveMoney {
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
}

/// A reservation.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ReservationView {
    id: ReservationId,
    fund_id: FundId,
    #[schema(max_length = 80)]
    payee: String,
    #[schema(max_length = 80)]
    line: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(max_length = 80)]
    description: String,
    /// `reserved`, `invoiced`, `paid` or `released`.
    #[schema(max_length = 20)]
    state: String,
    /// The expense that uses it.
    expense_id: Option<ExpenseId>,
    reserved_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Reservation> for ReservationView {
    fn from(row: Reservation) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            payee: row.payee,
            line: row.line,
            amount_minor: row.amount_minor,
            description: row.description,
            state: row.state,
            expense_id: row.expense_id,
            reserved_by: row.reserved_by,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Reserve money
///
/// Organizers and treasurers. Refused where the fund's cash, less open reservations and members' credits, does
/// not cover it. Nothing is posted.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = ReserveMoney,
    responses((status = 201, body = ReservationView, description = "The reservation")))]
#[post("/v1/funds/{fund_id}/reservations")]
async fn reserve_money(call: Call, id: Path<FundId>, body: Json<ReserveMoney>) -> Answer {
    call.run(&body, async |act| {
        let new = NewReservation {
            payee: &body.payee,
            line: &body.line,
            amount_minor: body.amount_minor,
            description: &body.description,
        };
        let row = reservations::reserve(act, *id, &new).await?;
        let (location, version) = (format!("/v1/reservations/{}", row.id), row.version);
        Ok(Reply::created(location, ReservationView::from(row)).version(version))
    })
    .await
}

/// List reservations
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<ReservationView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/reservations")]
async fn list_reservations(call: Call, id: Path<FundId>) -> Answer {
    let slice = reservations::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(ReservationView::from)))
}

/// Read a reservation
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("reservation_id" = ReservationId, Path)),
    responses((status = 200, body = ReservationView, description = "The reservation")))]
#[get("/v1/reservations/{reservation_id}")]
async fn read_reservation(call: Call, id: Path<ReservationId>) -> Answer {
    let row = reservations::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(ReservationView::from(row), version))
}

/// Release a reservation
///
/// Organizers and treasurers. Its money is free again; refused while an expense uses it.
#[utoipa::path(tag = "money", params(("reservation_id" = ReservationId, Path)),
    responses((status = 200, body = ReservationView, description = "The reservation, released")))]
#[post("/v1/reservations/{reservation_id}/release")]
async fn release_reservation(call: Call, id: Path<ReservationId>) -> Answer {
    call.run_bare(async |act| {
        let row = reservations::release(act, *id).await?;
        let version = row.version;
        Ok(Reply::ok(ReservationView::from(row)).version(version))
    })
    .await
}
