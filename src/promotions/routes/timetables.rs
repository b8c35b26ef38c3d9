//! Routes of timetables: planning back from the main day.

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::PromotionId;
use crate::kernel::time::Instant;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::templates::Template;
use crate::promotions::domain::timetable;
use crate::promotions::domain::timetable::Leads;
use crate::promotions::domain::timetable::Step;
use crate::promotions::routes::views::PhaseBody;
use crate::promotions::service::Plan;
use crate::promotions::service::timetables;
use crate::promotions::service::timetables::Planned;

/// Most phases of a plan.
const PHASES_MAX: usize = 60;
/// Longest lead time, in days.
const DAYS_MAX: u64 = 365;

/// A day and its phases, as for a promotion, and how much time the steps before it need.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"festival": "double_eleven", "year": 2027, "lead_days": {"vote": 10}}))]
pub struct ProposeTimetable {
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
    #[garde(dive)]
    lead_days: Option<LeadDays>,
}

/// Time that the steps need, in days; what is absent is as usual.
#[derive(Debug, Clone, Copy, Default, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadDays {
    /// From the proposal to the opening of the ballot; usually 3.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    notice: Option<u64>,
    /// The ballot is open; usually 7.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    vote: Option<u64>,
    /// From a levy notice to its due day; usually 14.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    payment: Option<u64>,
    /// The tender is open; usually 14.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    tender: Option<u64>,
    /// From the order to the shop; usually 14.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    delivery: Option<u64>,
    /// From the announcement to the first customer; usually 3.
    #[garde(inner(range(max = DAYS_MAX)))]
    #[schema(maximum = 365)]
    announcement: Option<u64>,
}

impl LeadDays {
    fn leads(self) -> Leads {
        let usual = Leads::USUAL;
        Leads {
            notice: self.notice.unwrap_or(usual.notice),
            vote: self.vote.unwrap_or(usual.vote),
            payment: self.payment.unwrap_or(usual.payment),
            tender: self.tender.unwrap_or(usual.tender),
            delivery: self.delivery.unwrap_or(usual.delivery),
            announcement: self.announcement.unwrap_or(usual.announcement),
        }
    }
}

/// The way to a main day and back.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimetableView {
    main_day: NaiveDate,
    /// Zone of every local time.
    #[schema(max_length = 64)]
    time_zone: String,
    /// Whether every step can still be in time.
    in_time: bool,
    /// The time of the first step.
    start_by: Option<Instant>,
    /// In the order of their times.
    #[schema(max_items = 40)]
    milestones: Vec<MilestoneView>,
    /// The phases that it was planned from.
    #[schema(max_items = 60)]
    phases: Vec<PlannedPhase>,
}

/// One step.
#[derive(Debug, Serialize, ToSchema)]
pub struct MilestoneView {
    step: Step,
    /// On the clocks of the alliance.
    #[schema(value_type = String, max_length = 40, example = "2026-11-13T12:00:00")]
    local: NaiveDateTime,
    at: Instant,
    /// It should have happened already.
    too_late: bool,
    /// By how many seconds it is too late.
    late_s: Option<i64>,
}

/// A phase in local time and as instants, half-open.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedPhase {
    #[schema(max_length = 100)]
    phase: String,
    #[schema(value_type = String, max_length = 40)]
    from: NaiveDateTime,
    #[schema(value_type = String, max_length = 40)]
    to: NaiveDateTime,
    starts_at: Instant,
    ends_at: Instant,
}

impl From<Planned> for TimetableView {
    fn from(planned: Planned) -> Self {
        let now = planned.now.to_utc();
        let milestones = planned.timetable.milestones.iter();
        let phases = planned.phases.into_iter();
        Self {
            main_day: planned.main_day,
            time_zone: planned.zone.name().to_owned(),
            in_time: milestones.clone().all(|milestone| !milestone.too_late),
            start_by: planned.timetable.start_by.map(Instant::from_utc),
            milestones: milestones
                .map(|milestone| MilestoneView {
                    step: milestone.step,
                    local: milestone.local,
                    at: Instant::from_utc(milestone.at),
                    too_late: milestone.too_late,
                    late_s: timetable::late_by(milestone, now),
                })
                .collect(),
            phases: phases
                .map(|(local, window)| PlannedPhase {
                    phase: local.name.to_string(),
                    from: local.from,
                    to: local.to,
                    starts_at: Instant::from_utc(window.start),
                    ends_at: Instant::from_utc(window.end),
                })
                .collect(),
        }
    }
}

/// Plan back from a day
///
/// Everybody in the alliance; nothing is stored. From a festival or a day and its phases, the service
/// proposes the whole way: proposal, ballot, levy, tender, enrolment, orders, mails, settlement, in the
/// alliance's local time, and says what is too late already.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path)), request_body = ProposeTimetable,
    responses((status = 200, body = TimetableView, description = "The timetable")))]
#[post("/v1/alliances/{alliance_id}/timetables")]
pub async fn propose_timetable(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<ProposeTimetable>,
) -> Answer {
    let phases: Option<Vec<LocalPhase<String>>> = body
        .phases
        .as_ref()
        .map(|phases| phases.iter().map(PhaseBody::local).collect());
    let plan = Plan {
        festival: body.festival.as_deref(),
        year: body.year,
        main_day: body.main_day,
        template: body.template,
        phases: phases.as_deref(),
    };
    let leads = body.lead_days.unwrap_or_default().leads();
    call.run(&body, async |act| {
        let planned = timetables::propose(act, *alliance, &plan, leads).await?;
        Ok(Reply::ok(TimetableView::from(planned)))
    })
    .await
}

/// Show the timetable of a promotion
///
/// Everybody who may read the promotion: what has to happen until when, and what is too late already.
#[utoipa::path(tag = "promotions", params(("promotion_id" = PromotionId, Path)),
    responses((status = 200, body = TimetableView, description = "The timetable")))]
#[get("/v1/promotions/{promotion_id}/timetable")]
pub async fn show_timetable(call: Call, id: Path<PromotionId>) -> Answer {
    let planned = timetables::of_promotion(&call.look(), *id).await?;
    Ok(HttpResponse::Ok().json(TimetableView::from(planned)))
}
