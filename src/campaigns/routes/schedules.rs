//! Routes of schedules: cron lines that send campaigns, reminders and digests.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::domain::action::Action;
use crate::campaigns::domain::action::ScheduleEvent;
use crate::campaigns::repo::schedules::Fire;
use crate::campaigns::repo::schedules::Schedule;
use crate::campaigns::service::schedules as service;
use crate::campaigns::service::schedules::MOST_LATE_S;
use crate::campaigns::service::schedules::Wanted;
use crate::http::calculate;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::ScheduleId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::platform::cron_line::CronLine;
use crate::platform::schedule::Misfire;
use crate::promotions::domain::local_time;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_schedule)
        .service(list_schedules)
        .service(read_schedule)
        .service(pause_schedule)
        .service(resume_schedule)
        .service(delete_schedule)
        .service(list_schedule_fires)
        .service(calculate_fires);
}

/// A cron line and what it does.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Monday digest", "line": "0 9 * * 1", "action": {"kind": "digest", "days": 7}}))]
struct CreateSchedule {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// Five fields as in a crontab: minute, hour, day of month, month, day of week (0 and 7 are Sunday).
    #[schema(max_length = 1000, example = "0 9 * * 1")]
    line: String,
    /// IANA zone in which the line is read; default is the alliance's.
    #[schema(max_length = 64)]
    time_zone: Option<String>,
    action: Action,
    /// What becomes of the newest fire that was missed; default `once`.
    misfire: Option<Misfire>,
    /// A missed fire is not made up for after this; default six hours.
    #[garde(inner(range(min = 0, max = MOST_LATE_S)))]
    #[schema(minimum = 0, maximum = 604_800)]
    max_late_s: Option<i64>,
}

/// One fire in advance.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FireTime {
    at: Instant,
    /// What the clocks on the wall show, by the line: a time that they skip fires after the gap.
    #[schema(value_type = String, max_length = 40, example = "2026-11-30T09:00:00")]
    local: NaiveDateTime,
}

impl From<(Instant, NaiveDateTime)> for FireTime {
    fn from((at, local): (Instant, NaiveDateTime)) -> Self {
        Self { at, local }
    }
}

/// A schedule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ScheduleView {
    id: ScheduleId,
    alliance_id: Option<AllianceId>,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 100)]
    line: String,
    #[schema(max_length = 64)]
    time_zone: String,
    action: serde_json::Value,
    /// `skip` or `once`.
    #[schema(max_length = 10)]
    misfire: String,
    max_late_s: i64,
    /// `active` or `paused`.
    #[schema(max_length = 10)]
    state: &'static str,
    /// Up to five.
    #[schema(max_items = 5)]
    next_fires: Vec<FireTime>,
    /// The instant of the last fire.
    last_at: Option<Instant>,
    created_by: Option<UserId>,
    created_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

impl From<Schedule> for ScheduleView {
    fn from(row: Schedule) -> Self {
        let next_fires = service::next_fires(&row);
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            name: row.name,
            line: row.expr,
            time_zone: row.time_zone,
            action: row.payload,
            misfire: row.misfire,
            max_late_s: row.max_late_s,
            state: if row.enabled { "active" } else { "paused" },
            next_fires: next_fires.into_iter().map(FireTime::from).collect(),
            last_at: row.last_at,
            created_by: row.created_by,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Make a schedule
///
/// Organizers. Sends a campaign of a template or a prepared one, reminders of levy notices, or a digest of
/// what comes up, by a cron line in the alliance's zone. A time that the clocks skip fires at the first
/// instant after the gap, one that comes twice fires once. Not more often than every five minutes.
#[utoipa::path(tag = "schedules", params(("alliance_id" = AllianceId, Path)), request_body = CreateSchedule,
    responses((status = 201, body = ScheduleView, description = "The schedule, active")))]
#[post("/v1/alliances/{alliance_id}/schedules")]
async fn create_schedule(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreateSchedule>,
) -> Answer {
    let wanted = Wanted {
        name: &body.name,
        line: &body.line,
        time_zone: body.time_zone.as_deref(),
        action: &body.action,
        misfire: body.misfire,
        max_late_s: body.max_late_s,
    };
    call.run(&body, async |act| {
        let row = service::create(act, *alliance, &wanted).await?;
        let place = format!("/v1/schedules/{}", row.id);
        let version = row.version;
        Ok(Reply::created(place, ScheduleView::from(row)).version(version))
    })
    .await
}

/// List the schedules of an alliance
///
/// Organizers, treasurers and observers.
#[utoipa::path(tag = "schedules", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<ScheduleView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/schedules")]
async fn list_schedules(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = service::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(ScheduleView::from)))
}

/// Read a schedule
///
/// Organizers, treasurers and observers. Tells when it fires next.
#[utoipa::path(tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView, description = "The schedule")))]
#[get("/v1/schedules/{schedule_id}")]
async fn read_schedule(call: Call, id: Path<ScheduleId>) -> Answer {
    let row = service::show(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(ScheduleView::from(row), version))
}

async fn change(call: &Call, id: ScheduleId, event: ScheduleEvent) -> Answer {
    call.run_bare(async |act| {
        let row = service::change(act, id, event).await?;
        let version = row.version;
        Ok(Reply::ok(ScheduleView::from(row)).version(version))
    })
    .await
}

/// Pause a schedule
///
/// Organizers. It fires no more; what would have fired meanwhile is not made up for.
#[utoipa::path(tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView, description = "Paused")))]
#[post("/v1/schedules/{schedule_id}/pause")]
async fn pause_schedule(call: Call, id: Path<ScheduleId>) -> Answer {
    change(&call, *id, ScheduleEvent::Pause).await
}

/// Resume a schedule
///
/// Organizers. It fires from the next time of its line on.
#[utoipa::path(tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = 200, body = ScheduleView, description = "Active again")))]
#[post("/v1/schedules/{schedule_id}/resume")]
async fn resume_schedule(call: Call, id: Path<ScheduleId>) -> Answer {
    change(&call, *id, ScheduleEvent::Resume).await
}

/// Delete a schedule
///
/// Organizers. The journal and its campaigns stay.
#[utoipa::path(tag = "schedules", params(("schedule_id" = ScheduleId, Path)),
    responses((status = 204, description = "Deleted")))]
#[delete("/v1/schedules/{schedule_id}")]
async fn delete_schedule(call: Call, id: Path<ScheduleId>) -> Answer {
    call.run_to_end(async |act| {
        service::change(act, *id, ScheduleEvent::Delete).await?;
        Ok(())
    })
    .await
}

/// One fire of a schedule.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FireView {
    /// When it was due.
    fire_at: Instant,
    /// What the clocks on the wall showed, by the line.
    #[schema(max_length = 20, example = "2026-11-30T09:00")]
    local_minute: Option<String>,
    /// `ran`, or `skipped` where it was missed and too late.
    #[schema(max_length = 10)]
    outcome: String,
    /// `sent`, `nothing_due`, `nothing_coming`, or the code of the problem that it met; null until it is done.
    #[schema(max_length = 100)]
    result: Option<String>,
    /// The campaign that it sent.
    campaign_id: Option<CampaignId>,
    /// When a process found it due.
    fired_at: Instant,
}

impl From<Fire> for FireView {
    fn from(row: Fire) -> Self {
        Self {
            fire_at: row.fire_at,
            local_minute: row.local_minute,
            outcome: row.outcome,
            result: row.result,
            campaign_id: row.campaign_id,
            fired_at: row.created_at,
        }
    }
}

/// List the fires of a schedule
///
/// Organizers, treasurers and observers; newest first. Of the fires that were missed while no worker ran,
/// the newest has a row.
#[utoipa::path(tag = "schedules", params(("schedule_id" = ScheduleId, Path), PageParams),
    responses((status = 200, body = ListOf<FireView>, description = "One page")))]
#[get("/v1/schedules/{schedule_id}/fires")]
async fn list_schedule_fires(call: Call, id: Path<ScheduleId>) -> Answer {
    let rows = service::fires(&call.look(), *id, call.page()?).await?;
    Ok(call.list(rows.map(FireView::from)))
}

/// A line to be tried out.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"line": "30 2 * * *", "time_zone": "Europe/Berlin", "after": "2026-03-28T12:00:00Z", "count": 3}))]
struct TryLine {
    /// Five fields as in a crontab.
    #[schema(max_length = 1000)]
    line: String,
    /// IANA zone in which the line is read.
    #[schema(max_length = 64)]
    time_zone: String,
    /// Fires after this are told.
    after: Instant,
    /// How many; default 5.
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 1, maximum = 100)]
    count: Option<usize>,
}

/// When a line fires.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FiresView {
    #[schema(max_items = 100)]
    fires: Vec<FireTime>,
}

/// Try out a cron line
///
/// Anybody; nothing is stored. Tells when the line fires, and refuses what no schedule takes.
#[utoipa::path(tag = "calculators", request_body = TryLine,
    responses((status = 200, body = FiresView, description = "The next fires")))]
#[post("/v1/calculators/schedule")]
async fn calculate_fires(call: Call, body: Json<TryLine>) -> Answer {
    let any_pace = call.ctx.sandbox;
    calculate::run(&call, body, move |request| -> Result<FiresView, Failure> {
        let zone = local_time::zone(&request.time_zone)?;
        let line = CronLine::parse(&request.line)?;
        line.check_pace(zone, request.after, any_pace)?;
        let count = request.count.unwrap_or(5);
        let fires = service::following(&line, zone, request.after, count);
        Ok(FiresView {
            fires: fires.into_iter().map(FireTime::from).collect(),
        })
    })
    .await
}
