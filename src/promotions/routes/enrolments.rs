//! Routes of enrolments.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::promotions::domain::enrolment::EnrolmentEvent;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::routes::views::EnrolmentView;
use crate::promotions::service;
use crate::promotions::service::Item;

/// Most products of an enrolment.
const ITEMS_MAX: usize = 500;

/// A member joins, with the products that it brings.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"items": [{"sku": "TEA-250", "title": "West Lake Longjing, 250 g"}]}))]
pub struct CreateEnrolment {
    /// Whom the caller acts for, where several could be meant; organizers name any active member.
    membership_id: Option<MembershipId>,
    /// The products; may be told later.
    #[serde(default)]
    #[garde(dive, length(max = ITEMS_MAX))]
    #[schema(max_items = 500)]
    items: Vec<Item>,
}

/// Enrol in a promotion
///
/// Staff of an active member for the member, organizers for any; while enrolment is open and places are
/// free, once per member.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)), request_body = CreateEnrolment,
    responses((status = 201, body = EnrolmentView, description = "The enrolment")))]
#[post("/v1/promotions/{promotion_id}/enrolments")]
pub async fn create_enrolment(
    call: Call,
    id: Path<PromotionId>,
    body: Json<CreateEnrolment>,
) -> Answer {
    call.run(&body, async |act| {
        let row = service::enrol(act, *id, body.membership_id, &body.items).await?;
        let location = format!("/v1/enrolments/{}", row.id);
        let version = row.version;
        Ok(Reply::created(location, EnrolmentView::from(row)).version(version))
    })
    .await
}

/// List the enrolments of a promotion
///
/// Organizers and observers see all; members see their own until the sale begins, and then all.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path), PageParams),
    responses((status = 200, body = ListOf<EnrolmentView>, description = "One page")))]
#[get("/v1/promotions/{promotion_id}/enrolments")]
pub async fn list_enrolments(call: Call, id: Path<PromotionId>) -> Answer {
    let found = service::list_enrolments(&call.look(), *id, call.page()?).await?;
    Ok(call.list(found.map(EnrolmentView::from)))
}

/// Read an enrolment
///
/// Whoever sees it in the list.
#[utoipa::path(tag = "promotions", params(("enrolment_id" = EnrolmentId, Path)),
    responses((status = 200, body = EnrolmentView, description = "The enrolment")))]
#[get("/v1/enrolments/{enrolment_id}")]
pub async fn read_enrolment(call: Call, id: Path<EnrolmentId>) -> Answer {
    let row = service::read_enrolment(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(EnrolmentView::from(row), version))
}

fn reply(row: Enrolment) -> Reply<EnrolmentView> {
    let version = row.version;
    Reply::ok(EnrolmentView::from(row)).version(version)
}

/// Approve an enrolment
///
/// Organizers. The member is told.
#[utoipa::path(tag = "promotions", params(("enrolment_id" = EnrolmentId, Path)),
    responses((status = 200, body = EnrolmentView, description = "The enrolment")))]
#[post("/v1/enrolments/{enrolment_id}/approve")]
pub async fn approve_enrolment(call: Call, id: Path<EnrolmentId>) -> Answer {
    call.run_bare(async |act| {
        Ok(reply(
            service::decide(act, *id, EnrolmentEvent::Approve).await?,
        ))
    })
    .await
}

/// Reject an enrolment
///
/// Organizers. Its place becomes free, and the member is told.
#[utoipa::path(tag = "promotions", params(("enrolment_id" = EnrolmentId, Path)),
    responses((status = 200, body = EnrolmentView, description = "The enrolment")))]
#[post("/v1/enrolments/{enrolment_id}/reject")]
pub async fn reject_enrolment(call: Call, id: Path<EnrolmentId>) -> Answer {
    call.run_bare(async |act| {
        Ok(reply(
            service::decide(act, *id, EnrolmentEvent::Reject).await?,
        ))
    })
    .await
}

/// Withdraw an enrolment
///
/// Staff of the member, or organizers, until the sale begins. Its place becomes free.
#[utoipa::path(tag = "promotions", params(("enrolment_id" = EnrolmentId, Path)),
    responses((status = 200, body = EnrolmentView, description = "The enrolment")))]
#[post("/v1/enrolments/{enrolment_id}/withdraw")]
pub async fn withdraw_enrolment(call: Call, id: Path<EnrolmentId>) -> Answer {
    call.run_bare(async |act| Ok(reply(service::withdraw(act, *id).await?)))
        .await
}
