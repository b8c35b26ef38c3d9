//! Routes of blackouts and of the search for free days.

use actix_web::HttpResponse;
use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BlackoutId;
use crate::kernel::ids::MembershipId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::promotions::domain::conflicts::EVERYTHING;
use crate::promotions::domain::free_slots::Slot;
use crate::promotions::routes::festivals::date;
use crate::promotions::routes::festivals::unreadable;
use crate::promotions::service::blackouts;
use crate::promotions::service::blackouts::NewBlackout;
use crate::promotions::service::blackouts::Timed;
use crate::promotions::service::slots;
use crate::promotions::service::slots::Busy;
use crate::promotions::service::slots::Search;

/// A time in which nothing is sold, in the alliance's local time, half-open.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "Inventory", "from": "2027-01-04T00:00:00", "to": "2027-01-08T00:00:00"}))]
pub struct DeclareBlackout {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// First moment.
    #[schema(value_type = String, max_length = 40)]
    from: NaiveDateTime,
    /// First moment after it.
    #[schema(value_type = String, max_length = 40)]
    to: NaiveDateTime,
    /// One's own member that it binds; without it the whole alliance.
    membership_id: Option<MembershipId>,
}

/// A time in which nothing is sold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Blackout)]
pub struct BlackoutView {
    id: BlackoutId,
    alliance_id: AllianceId,
    membership_id: Option<MembershipId>,
    #[schema(max_length = 80)]
    name: String,
    /// Local wall time: the truth.
    #[schema(max_length = 40)]
    from: String,
    #[schema(max_length = 40)]
    to: String,
    #[schema(max_length = 64, example = "Asia/Shanghai")]
    time_zone: String,
    starts_at: Instant,
    ends_at: Instant,
    created_at: Instant,
}

impl From<Timed> for BlackoutView {
    fn from(timed: Timed) -> Self {
        let row = timed.row;
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            membership_id: row.membership_id,
            name: row.name,
            from: row.local_from,
            to: row.local_to,
            time_zone: row.time_zone,
            starts_at: Instant::from_utc(timed.window.0),
            ends_at: Instant::from_utc(timed.window.1),
            created_at: row.created_at,
        }
    }
}

/// Declare a blackout
///
/// Organizers for the alliance; staff for their own member. It blocks sales and deposits, not enrolment: of the
/// alliance when a promotion is proposed or scheduled, of a member when it enrols, in whichever alliance.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path)), request_body = DeclareBlackout,
    responses((status = 201, body = BlackoutView, description = "The blackout")))]
#[post("/v1/alliances/{alliance_id}/blackouts")]
pub async fn declare_blackout(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<DeclareBlackout>,
) -> Answer {
    call.run(&body, async |act| {
        let new = NewBlackout {
            name: &body.name,
            from: body.from,
            to: body.to,
            member: body.membership_id,
        };
        let timed = blackouts::declare(act, *alliance, new).await?;
        let location = format!("/v1/alliances/{}/blackouts", *alliance);
        Ok(Reply::created(location, BlackoutView::from(timed)))
    })
    .await
}

/// List blackouts
///
/// Everybody in the alliance: those of the alliance and those of one's own members.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<BlackoutView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/blackouts")]
pub async fn list_blackouts(call: Call, alliance: Path<AllianceId>) -> Answer {
    let found = blackouts::list(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(found.map(BlackoutView::from)))
}

/// Remove a blackout
///
/// Organizers the alliance's, staff their own member's.
#[utoipa::path(tag = "promotions", params(("blackout_id" = BlackoutId, Path)),
    responses((status = 204, description = "Removed")))]
#[delete("/v1/blackouts/{blackout_id}")]
pub async fn remove_blackout(call: Call, id: Path<BlackoutId>) -> Answer {
    call.run_to_end(async |act| blackouts::remove(act, *id).await)
        .await
}

/// What has to fit, and when.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotParams {
    /// First day.
    #[param(required = true, value_type = NaiveDate, example = "2026-11-01")]
    from: Option<String>,
    /// First day after it, at most 800 days later.
    #[param(required = true, value_type = NaiveDate, example = "2026-12-01")]
    to: Option<String>,
    /// Least length in days; default 1.
    #[param(required = false, value_type = i64, minimum = 1, maximum = 366)]
    days: Option<String>,
    /// Whether it is exclusive; default true.
    #[param(required = false, value_type = bool)]
    exclusive: Option<String>,
    /// SKUs and categories, separated by commas; default `*`.
    #[param(required = false, max_length = 1000)]
    scope: Option<String>,
    /// One's own member, whose promotions in other alliances and blackouts count as well.
    #[param(required = false, value_type = MembershipId)]
    membership_id: Option<String>,
}

/// Where a promotion fits.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreeSlotsView {
    /// IANA name; days are days of this zone.
    #[schema(max_length = 64)]
    time_zone: &'static str,
    /// The longest runs of free days.
    #[schema(max_items = 800)]
    items: Vec<SlotView>,
    /// What is in the way on the other days.
    #[schema(max_items = 100_000)]
    busy: Vec<BusyView>,
}

/// A run of free local days, half-open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FreeSlot)]
pub struct SlotView {
    from: NaiveDate,
    /// First day that is not free.
    to: NaiveDate,
    #[schema(minimum = 1, maximum = 800)]
    days: i64,
    starts_at: Instant,
    ends_at: Instant,
}

/// Something in the way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BusySpan)]
pub struct BusyView {
    /// `promotion` or `blackout`.
    #[schema(max_length = 20)]
    kind: &'static str,
    id: Uuid,
    #[schema(max_length = 80)]
    name: String,
    starts_at: Instant,
    ends_at: Instant,
}

impl From<Slot> for SlotView {
    fn from(slot: Slot) -> Self {
        Self {
            from: slot.from,
            to: slot.to,
            days: slot.days(),
            starts_at: Instant::from_utc(slot.starts_at),
            ends_at: Instant::from_utc(slot.ends_at),
        }
    }
}

impl From<Busy> for BusyView {
    fn from(busy: Busy) -> Self {
        Self {
            kind: busy.kind,
            id: busy.id,
            name: busy.name,
            starts_at: busy.starts_at,
            ends_at: busy.ends_at,
        }
    }
}

fn search(params: &SlotParams) -> Result<Search, Problem> {
    let days = params.days.as_deref().unwrap_or("1").parse().ok();
    let exclusive = params.exclusive.as_deref().unwrap_or("true").parse().ok();
    let member = params.membership_id.as_deref().map(str::parse).transpose();
    let scope = params.scope.as_deref().unwrap_or(EVERYTHING).split(',');
    let scope: Vec<String> = scope.map(|entry| entry.trim().to_owned()).collect();
    if scope.iter().any(String::is_empty) {
        return Err(unreadable(
            "scope",
            "SKUs and categories, separated by commas",
        ));
    }
    Ok(Search {
        from: date("from", params.from.as_deref())?,
        to: date("to", params.to.as_deref())?,
        days: days
            .filter(|days| (1..=366).contains(days))
            .ok_or_else(|| unreadable("days", "a number from 1 to 366"))?,
        exclusive: exclusive.ok_or_else(|| unreadable("exclusive", "true or false"))?,
        scope,
        member: member.map_err(|_| unreadable("membership_id", "an id"))?,
    })
}

/// Find free days
///
/// Everybody in the alliance: runs of local days in which no promotion of the alliance excludes the one that is
/// thought of, and nothing is blacked out. Not paged.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path), SlotParams),
    responses((status = 200, body = FreeSlotsView, description = "Free days, and what is in the way")))]
#[get("/v1/alliances/{alliance_id}/free-slots")]
pub async fn find_free_slots(
    call: Call,
    alliance: Path<AllianceId>,
    params: Query<SlotParams>,
) -> Answer {
    let search = search(&params)?;
    let found = slots::find(&call.look(), *alliance, &search).await?;
    Ok(HttpResponse::Ok().json(FreeSlotsView {
        time_zone: found.zone.name(),
        items: found.slots.into_iter().map(SlotView::from).collect(),
        busy: found.busy.into_iter().map(BusyView::from).collect(),
    }))
}
