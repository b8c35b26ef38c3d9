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
use crate::kernel::ids::FundId;
use crate::kernel::ids::PromotionId;
use crate::kernel::text;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::templates::Template;
use crate::promotions::routes::views::PhaseBody;
use crate::promotions::routes::views::PhaseView;
use crate::promotions::routes::views::PromotionView;
use crate::promotions::routes::views::present;
use crate::promotions::service;
use crate::promotions::service::Changes;
use crate::promotions::service::Content;
use crate::promotions::service::Loaded;
use crate::promotions::service::Plan;

/// Most characters of a description or of criteria.
const TEXT_MAX: usize = 4_000;
/// Most phases of a promotion.
const PHASES_MAX: usize = 60;
/// Most places of a promotion.
const PLACES_MAX: i64 = 1_000_000;

/// A new promotion: its day by festival and year or by date, its phases by template or one by one.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Double Eleven 2026", "festival": "double_eleven", "year": 2026,
    "template": "double_eleven", "criteria": "Ships within 48 hours", "capacity": 40}))]
pub struct CreatePromotion {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// What it is about.
    #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
    #[schema(max_length = 4000)]
    description: Option<String>,
    /// What members need to take part.
    #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
    #[schema(max_length = 4000)]
    criteria: Option<String>,
    /// A festival of the catalogue.
    #[schema(max_length = 40)]
    festival: Option<String>,
    /// The year of the festival.
    #[schema(minimum = 2000, maximum = 2198)]
    year: Option<i32>,
    /// The main day, where no year is named.
    main_day: Option<NaiveDate>,
    /// A layout of phases; default is the festival's own.
    template: Option<Template>,
    /// The phases, instead of a template.
    #[garde(inner(length(min = 1, max = PHASES_MAX)))]
    #[schema(min_items = 1, max_items = 60)]
    phases: Option<Vec<PhaseBody>>,
    /// The fund that pays for it.
    budget_fund_id: Option<FundId>,
    /// Most members that may take part; without it any number.
    #[garde(inner(range(min = 1, max = PLACES_MAX)))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    capacity: Option<i64>,
}

/// Changes to a draft; what is absent stays.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Double Eleven of the tea houses", "capacity": 60}))]
pub struct ChangePromotion {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: Option<String>,
    #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
    #[schema(max_length = 4000)]
    description: Option<String>,
    #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
    #[schema(max_length = 4000)]
    criteria: Option<String>,
    #[schema(max_length = 40)]
    festival: Option<String>,
    #[schema(minimum = 2000, maximum = 2198)]
    year: Option<i32>,
    main_day: Option<NaiveDate>,
    template: Option<Template>,
    #[garde(inner(length(min = 1, max = PHASES_MAX)))]
    #[schema(min_items = 1, max_items = 60)]
    phases: Option<Vec<PhaseBody>>,
    /// Null: no fund.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<FundId>)]
    budget_fund_id: Option<Option<FundId>>,
    /// Null: any number.
    #[serde(default, deserialize_with = "present")]
    #[garde(inner(inner(range(min = 1, max = PLACES_MAX))))]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    capacity: Option<Option<i64>>,
}

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
    let content = Content {
        name: &body.name,
        description: body.description.as_deref().unwrap_or_default(),
        criteria: body.criteria.as_deref().unwrap_or_default(),
        budget_fund: body.budget_fund_id,
        capacity: body.capacity,
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
    let changes = Changes {
        name: body.name.as_deref(),
        description: body.description.as_deref(),
        criteria: body.criteria.as_deref(),
        budget_fund: body.budget_fund_id,
        capacity: body.capacity,
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
