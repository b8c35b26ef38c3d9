//! Routes of the people who act for merchants and manufacturers.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::ProblemBody;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::merchants::domain::firm::Firm;
use crate::merchants::service::staff as service;
use crate::merchants::service::staff::Colleague;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(add_merchant_staff)
        .service(list_merchant_staff)
        .service(remove_merchant_staff)
        .service(add_manufacturer_staff)
        .service(list_manufacturer_staff)
        .service(remove_manufacturer_staff);
}

/// Somebody to add.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "lin@tea-house.example"}))]
struct AddStaff {
    /// The address of their account.
    #[garde(custom(text::email))]
    #[schema(max_length = 254, format = "email")]
    email: String,
}

/// Somebody on the staff.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct StaffView {
    user_id: UserId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 254)]
    email: String,
    created_at: Instant,
}

impl From<Colleague> for StaffView {
    fn from(colleague: Colleague) -> Self {
        Self {
            user_id: colleague.person.id,
            name: colleague.person.name,
            email: colleague.person.email,
            created_at: colleague.since,
        }
    }
}

async fn add(call: &Call, firm: Firm, body: &Json<AddStaff>) -> Answer {
    call.run(body, async |act| {
        let colleague = service::add(act, firm, &body.email).await?;
        let location = format!(
            "/v1/{}s/{}/staff/{}",
            firm.noun(),
            firm.id(),
            colleague.person.id
        );
        Ok(Reply::created(location, StaffView::from(colleague)))
    })
    .await
}

/// Add staff to a merchant
///
/// Its staff. The person needs an account, acts for the merchant at once and is told by mail.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path)), request_body = AddStaff,
    responses((status = 201, body = StaffView, description = "Added")))]
#[post("/v1/merchants/{merchant_id}/staff")]
async fn add_merchant_staff(call: Call, id: Path<MerchantId>, body: Json<AddStaff>) -> Answer {
    add(&call, Firm::Merchant(*id), &body).await
}

/// List the staff of a merchant
///
/// Its staff.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), PageParams),
    responses((status = 200, body = ListOf<StaffView>, description = "One page")))]
#[get("/v1/merchants/{merchant_id}/staff")]
async fn list_merchant_staff(call: Call, id: Path<MerchantId>) -> Answer {
    let staff = service::list(&call.look(), Firm::Merchant(*id), call.page()?).await?;
    Ok(call.list(staff.map(StaffView::from)))
}

/// Remove staff from a merchant
///
/// Its staff, themselves included; at least one person remains.
#[utoipa::path(tag = "merchants", params(("merchant_id" = MerchantId, Path), ("user_id" = UserId, Path)),
    responses((status = 204, description = "Removed"), (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The last one stays")))]
#[delete("/v1/merchants/{merchant_id}/staff/{user_id}")]
async fn remove_merchant_staff(call: Call, ids: Path<(MerchantId, UserId)>) -> Answer {
    let (merchant, user) = *ids;
    call.run_to_end(async |act| service::remove(act, Firm::Merchant(merchant), user).await)
        .await
}

/// Add staff to a manufacturer
///
/// Its staff. The person needs an account, acts for the manufacturer at once and is told by mail.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path)), request_body = AddStaff,
    responses((status = 201, body = StaffView, description = "Added")))]
#[post("/v1/manufacturers/{manufacturer_id}/staff")]
async fn add_manufacturer_staff(
    call: Call,
    id: Path<ManufacturerId>,
    body: Json<AddStaff>,
) -> Answer {
    add(&call, Firm::Manufacturer(*id), &body).await
}

/// List the staff of a manufacturer
///
/// Its staff.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path), PageParams),
    responses((status = 200, body = ListOf<StaffView>, description = "One page")))]
#[get("/v1/manufacturers/{manufacturer_id}/staff")]
async fn list_manufacturer_staff(call: Call, id: Path<ManufacturerId>) -> Answer {
    let staff = service::list(&call.look(), Firm::Manufacturer(*id), call.page()?).await?;
    Ok(call.list(staff.map(StaffView::from)))
}

/// Remove staff from a manufacturer
///
/// Its staff, themselves included; at least one person remains.
#[utoipa::path(tag = "manufacturers", params(("manufacturer_id" = ManufacturerId, Path), ("user_id" = UserId, Path)),
    responses((status = 204, description = "Removed"), (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "The last one stays")))]
#[delete("/v1/manufacturers/{manufacturer_id}/staff/{user_id}")]
async fn remove_manufacturer_staff(call: Call, ids: Path<(ManufacturerId, UserId)>) -> Answer {
    let (manufacturer, user) = *ids;
    call.run_to_end(async |act| service::remove(act, Firm::Manufacturer(manufacturer), user).await)
        .await
}
