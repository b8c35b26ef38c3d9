//! Routes of enrolments.

use actix_web::get;
use actix_web::post;
use actix_web::put;
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
use crate::kernel::text;
use crate::promotions::domain::enrolment::EnrolmentEvent;
use crate::promotions::domain::offers::Offer;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::routes::views::EnrolmentView;
use crate::promotions::service;
use crate::promotions::service::Wish;

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
    items: Vec<Offer>,
    /// Own enrolments in other promotions that are given up for this one.
    #[serde(default)]
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    instead_of: Vec<EnrolmentId>,
    /// Why the member is let in after the deadline; organizers alone, and it is logged.
    #[garde(inner(custom(text::paragraph), length(chars, min = 1, max = 400)))]
    #[schema(min_length = 1, max_length = 400)]
    override_reason: Option<String>,
}

/// Enrol in a promotion
///
/// Staff of an active member for the member, organizers for any; while enrolment is open and places are
/// free, once per member. Prices are checked against the merchant's own price log. Where another promotion that the
/// merchant takes part in, in whichever alliance, is in the way, 409 `promotion_conflict` names it.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)), request_body = CreateEnrolment,
    responses((status = 201, body = EnrolmentView, description = "The enrolment")))]
#[post("/v1/promotions/{promotion_id}/enrolments")]
pub async fn create_enrolment(
    call: Call,
    id: Path<PromotionId>,
    body: Json<CreateEnrolment>,
) -> Answer {
    call.run(&body, async |act| {
        let wish = Wish {
            items: &body.items,
            instead_of: &body.instead_of,
            override_reason: body.override_reason.as_deref(),
            ..Wish::default()
        };
        let row = service::enrol(act, *id, body.membership_id, wish).await?;
        let location = format!("/v1/enrolments/{}", row.id);
        let version = row.version;
        Ok(Reply::created(location, EnrolmentView::from(row)).version(version))
    })
    .await
}

/// List the enrolments of a promotion
///
/// Organizers and observers see all; members see their own until the first offers go public, and then those of
/// everybody who takes part.
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
    let shown = service::read_enrolment(&call.look(), *id).await?;
    let version = shown.row.version;
    Ok(call.show(EnrolmentView::from(shown), version))
}

fn reply(row: Enrolment) -> Reply<EnrolmentView> {
    let version = row.version;
    Reply::ok(EnrolmentView::from(row)).version(version)
}

/// The products of an enrolment.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"items": [{"sku": "TEA-250", "title": "West Lake Longjing, 250 g", "category": "tea", "price_minor": 8800, "stock": 40}]}))]
pub struct ReplaceItems {
    #[garde(dive, length(max = ITEMS_MAX))]
    #[schema(max_items = 500)]
    items: Vec<Offer>,
}

/// Replace the products of an enrolment
///
/// Staff of the member, while enrolment or a window for products is open. What was approved waits for approval again.
#[utoipa::path(tag = "promotions", params(("enrolment_id" = EnrolmentId, Path)), request_body = ReplaceItems,
    responses((status = 200, body = EnrolmentView, description = "The enrolment")))]
#[put("/v1/enrolments/{enrolment_id}/items")]
pub async fn replace_enrolment_items(
    call: Call,
    id: Path<EnrolmentId>,
    body: Json<ReplaceItems>,
) -> Answer {
    call.run(&body, async |act| {
        Ok(reply(service::replace_items(act, *id, &body.items).await?))
    })
    .await
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
