//! Routes of promotions.

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::PromotionId;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::routes::bodies::ChangePromotion;
use crate::promotions::routes::bodies::CreatePromotion;
use crate::promotions::routes::views::PhaseBody;
use crate::promotions::routes::views::PhaseView;
use crate::promotions::routes::views::PromotionView;
use crate::promotions::service;
use crate::promotions::service::Changes;
use crate::promotions::service::Content;
use crate::promotions::service::Loaded;
use crate::promotions::service::Plan;

fn locals(phases: Option<&[PhaseBody]>) -> Option<Vec<LocalPhase<String>>> {
    phases.map(|phases| phases.iter().map(PhaseBody::local).collect())
}

/// Draft a promotion
///
/// Organizers. The main day is found from the festival's rule, the phases from the template around it,
/// in the alliance's time zone. Every rule that the phases break is named at once.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path)), request_body = CreatePromotion,
    responses((status = 201, body = PromotionView, description = "The draft")))]
#[post("/v1/alliances/{alliance_id}/promotions")]
pub async fn create_promotion(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreatePromotion>,
) -> Answer {
    let phases = locals(body.phases.as_deref());
    let terms = body.terms();
    let content = Content {
        name: &body.name,
        description: body.description.as_deref().unwrap_or_default(),
        criteria: body.criteria.as_deref().unwrap_or_default(),
        budget_fund: body.budget_fund_id,
        capacity: body.capacity,
        terms: &terms,
        plan: Plan {
            festival: body.festival.as_deref(),
            year: body.year,
            main_day: body.main_day,
            template: body.template,
            phases: phases.as_deref(),
        },
    };
    call.run(&body, async |act| {
        let loaded = service::create(act, *alliance, &content).await?;
        let location = format!("/v1/promotions/{}", loaded.row.id);
        let version = loaded.row.version;
        Ok(Reply::created(location, PromotionView::from(loaded)).version(version))
    })
    .await
}

/// List the promotions of an alliance
///
/// Everybody in the alliance.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<PromotionView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/promotions")]
pub async fn list_promotions(call: Call, alliance: Path<AllianceId>) -> Answer {
    let found = service::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(found.map(PromotionView::from)))
}

/// Read a promotion
///
/// Once it is scheduled everybody; before that the people of the alliance.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = PromotionView, description = "The promotion")))]
#[get("/v1/promotions/{promotion_id}")]
pub async fn read_promotion(call: Call, id: Path<PromotionId>) -> Answer {
    let loaded = service::read(&call.look(), *id).await?;
    let version = loaded.row.version;
    Ok(call.show(PromotionView::from(loaded), version))
}

/// List the phases of a promotion
///
/// Whoever may read the promotion. Local wall time is the truth, the instants follow from it. Not paged.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = ListOf<PhaseView>, description = "All of them")))]
#[get("/v1/promotions/{promotion_id}/phases")]
pub async fn list_promotion_phases(call: Call, id: Path<PromotionId>) -> Answer {
    let loaded = service::read(&call.look(), *id).await?;
    Ok(HttpResponse::Ok().json(ListOf {
        items: loaded.phases.into_iter().map(PhaseView::from).collect(),
        next_cursor: None,
        has_more: false,
    }))
}

/// Change a draft
///
/// Organizers, until it is proposed. A new day moves the phases; a new template or new phases replace them.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    request_body(content((ChangePromotion = "application/merge-patch+json"), (ChangePromotion = "application/json"))),
    responses((status = 200, body = PromotionView, description = "The draft")))]
#[patch("/v1/promotions/{promotion_id}")]
pub async fn change_promotion(
    call: Call,
    id: Path<PromotionId>,
    body: Json<ChangePromotion>,
) -> Answer {
    let phases = locals(body.phases.as_deref());
    let terms = body.terms();
    let changes = Changes {
        name: body.name.as_deref(),
        description: body.description.as_deref(),
        criteria: body.criteria.as_deref(),
        budget_fund: body.budget_fund_id,
        capacity: body.capacity,
        terms: &terms,
        plan: Plan {
            festival: body.festival.as_deref(),
            year: body.year,
            main_day: body.main_day,
            template: body.template,
            phases: phases.as_deref(),
        },
    };
    call.run(&body, async |act| {
        Ok(reply(service::change(act, *id, &changes).await?))
    })
    .await
}

fn reply(loaded: Loaded) -> Reply<PromotionView> {
    let version = loaded.row.version;
    Reply::ok(PromotionView::from(loaded)).version(version)
}

/// Propose a promotion
///
/// Organizers. The draft stands before the members and can no longer be changed.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = PromotionView, description = "The promotion")))]
#[post("/v1/promotions/{promotion_id}/propose")]
pub async fn propose_promotion(call: Call, id: Path<PromotionId>) -> Answer {
    call.run_bare(async |act| Ok(reply(service::propose(act, *id).await?)))
        .await
}

/// Schedule a promotion
///
/// Organizers. Publishes it; where the by-laws ask for a ballot, a carried one must permit exactly this content.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = PromotionView, description = "The promotion")))]
#[post("/v1/promotions/{promotion_id}/schedule")]
pub async fn schedule_promotion(call: Call, id: Path<PromotionId>) -> Answer {
    call.run_bare(async |act| Ok(reply(service::schedule(act, *id).await?)))
        .await
}

/// A new main day.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"main_day": "2026-11-18"}))]
pub struct ReDatePromotion {
    main_day: NaiveDate,
}

/// Move a promotion to another day
///
/// Organizers, until customers take part. Every phase moves by as many days, keeps its local times and
/// its id; enrolled members are told. What was decided by ballot goes back to the members.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)), request_body = ReDatePromotion,
    responses((status = 200, body = PromotionView, description = "The promotion")))]
#[post("/v1/promotions/{promotion_id}/re-date")]
pub async fn re_date_promotion(
    call: Call,
    id: Path<PromotionId>,
    body: Json<ReDatePromotion>,
) -> Answer {
    call.run(&body, async |act| {
        Ok(reply(service::re_date(act, *id, body.main_day).await?))
    })
    .await
}

/// The day of the next edition.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"main_day": "2027-11-11"}))]
pub struct RepeatPromotion {
    /// Default: where the festival's rule puts it, or the same day a year later.
    main_day: Option<NaiveDate>,
}

/// Put the next edition of a promotion before the members
///
/// Organizers, once it was scheduled; once. Dates come from the rule, phases from the template, the budget is
/// last year's. It is a proposal: it has to be decided like any other. `yearly` promotions do so at their end.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)), request_body = RepeatPromotion,
    responses((status = 201, body = PromotionView, description = "The proposal")))]
#[post("/v1/promotions/{promotion_id}/repeat")]
pub async fn repeat_promotion(
    call: Call,
    id: Path<PromotionId>,
    body: Json<RepeatPromotion>,
) -> Answer {
    call.run(&body, async |act| {
        let loaded = service::repeat(act, *id, body.main_day).await?;
        let location = format!("/v1/promotions/{}", loaded.row.id);
        let version = loaded.row.version;
        Ok(Reply::created(location, PromotionView::from(loaded)).version(version))
    })
    .await
}

/// Cancel a promotion
///
/// Organizers, until the sale is over; enrolled members are told.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = PromotionView, description = "The promotion")))]
#[post("/v1/promotions/{promotion_id}/cancel")]
pub async fn cancel_promotion(call: Call, id: Path<PromotionId>) -> Answer {
    call.run_bare(async |act| Ok(reply(service::cancel(act, *id).await?)))
        .await
}
