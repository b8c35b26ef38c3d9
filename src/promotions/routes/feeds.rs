//! Routes of calendars: secret addresses, and what calendar programs read there.

use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CalendarFeedId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::promotions::repo::calendar::Feed;
use crate::promotions::service::feeds;
use crate::promotions::service::feeds::Fresh;
use crate::promotions::service::feeds::Wanted;

/// A new address of a calendar.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "phone", "festivals": true}))]
pub struct CreateFeed {
    /// By which people tell their addresses apart.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    /// Whether the feasts by moon and sun of this and the next two years are shown too; default yes.
    festivals: Option<bool>,
}

impl CreateFeed {
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            name: &self.name,
            festivals: self.festivals.unwrap_or(true),
        }
    }
}

/// An address without its secret.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FeedView {
    id: CalendarFeedId,
    /// Whose calendar it is, where it is an alliance's.
    alliance_id: Option<AllianceId>,
    /// Whose calendar it is, where it is a merchant's.
    merchant_id: Option<MerchantId>,
    #[schema(max_length = 80)]
    name: String,
    festivals: bool,
    /// The address dies when this person leaves.
    created_by: UserId,
    created_at: Instant,
}

impl From<Feed> for FeedView {
    fn from(row: Feed) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            merchant_id: row.merchant_id,
            name: row.name,
            festivals: row.festivals,
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}

/// A new address, the only time that it is shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct NewFeedView {
    #[serde(flatten)]
    feed: FeedView,
    /// What a calendar program subscribes to; null where the answer is sent again.
    #[schema(
        max_length = 2000,
        example = "https://guildhall.example/calendar/Zm9v.ics"
    )]
    url: Option<String>,
    /// Whether the address was shown before.
    secret_shown: bool,
}

fn shown_once(fresh: Fresh) -> Reply<NewFeedView> {
    let place = format!("/v1/calendar-feeds/{}", fresh.row.id);
    let shown = NewFeedView {
        feed: FeedView::from(fresh.row),
        url: Some(fresh.url),
        secret_shown: false,
    };
    let stored = NewFeedView {
        url: None,
        secret_shown: true,
        ..shown.clone()
    };
    Reply::created(place, shown).store_instead(stored)
}

/// Make an address of an alliance's calendar
///
/// Anybody in the alliance. A calendar program that subscribes to it shows every phase of proposed and
/// published promotions. Whoever has the address reads the calendar: revoke it when it got lost. At most
/// ten per person.
#[utoipa::path(tag = "calendars", params(("alliance_id" = AllianceId, Path)), request_body = CreateFeed,
    responses((status = 201, body = NewFeedView, description = "The address, shown once")))]
#[post("/v1/alliances/{alliance_id}/calendar-feeds")]
pub async fn create_alliance_feed(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<CreateFeed>,
) -> Answer {
    call.run(&body, async |act| {
        let fresh = feeds::create_for_alliance(act, *alliance, body.wanted()).await?;
        Ok(shown_once(fresh))
    })
    .await
}

/// List the addresses of an alliance's calendar
///
/// One's own; organizers see all. Secrets are never shown again.
#[utoipa::path(tag = "calendars", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<FeedView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/calendar-feeds")]
pub async fn list_alliance_feeds(call: Call, alliance: Path<AllianceId>) -> Answer {
    let rows = feeds::list_of_alliance(&call.look(), *alliance, call.page()?).await?;
    Ok(call.list(rows.map(FeedView::from)))
}

/// Make an address of a merchant's calendar
///
/// Its staff. It joins the calendars of all alliances in which the merchant is an active member.
#[utoipa::path(tag = "calendars", params(("merchant_id" = MerchantId, Path)), request_body = CreateFeed,
    responses((status = 201, body = NewFeedView, description = "The address, shown once")))]
#[post("/v1/merchants/{merchant_id}/calendar-feeds")]
pub async fn create_merchant_feed(
    call: Call,
    merchant: Path<MerchantId>,
    body: Json<CreateFeed>,
) -> Answer {
    call.run(&body, async |act| {
        let fresh = feeds::create_for_merchant(act, *merchant, body.wanted()).await?;
        Ok(shown_once(fresh))
    })
    .await
}

/// List the addresses of a merchant's calendar
///
/// Its staff. Secrets are never shown again.
#[utoipa::path(tag = "calendars", params(("merchant_id" = MerchantId, Path), PageParams),
    responses((status = 200, body = ListOf<FeedView>, description = "One page")))]
#[get("/v1/merchants/{merchant_id}/calendar-feeds")]
pub async fn list_merchant_feeds(call: Call, merchant: Path<MerchantId>) -> Answer {
    let rows = feeds::list_of_merchant(&call.look(), *merchant, call.page()?).await?;
    Ok(call.list(rows.map(FeedView::from)))
}

/// Revoke an address of a calendar
///
/// Who made it, organizers of its alliance, staff of its merchant. From now on it answers 404.
#[utoipa::path(tag = "calendars", params(("feed_id" = CalendarFeedId, Path)),
    responses((status = 204, description = "Revoked")))]
#[delete("/v1/calendar-feeds/{feed_id}")]
pub async fn revoke_calendar_feed(call: Call, id: Path<CalendarFeedId>) -> Answer {
    call.run_to_end(async |act| feeds::revoke(act, *id).await)
        .await
}

/// Read a calendar
///
/// iCalendar (RFC 5545). The secret in the path is the only credential. The bytes change only when the
/// calendar does: `If-None-Match` with the last `ETag` answers 304. Unknown and revoked addresses are 404.
#[utoipa::path(tag = "calendars", params(("token" = String, Path, max_length = 100)),
    responses((status = 200, description = "The calendar", content_type = "text/calendar", body = String),
        (status = 304, description = "Nothing changed since this ETag")))]
#[get("/calendar/{token}.ics")]
pub async fn show_calendar(call: Call, token: Path<String>) -> Answer {
    let shown = feeds::show(&call.ctx, &token).await?;
    Ok(call.show_text(feeds::MEDIA_TYPE, shown.text, shown.changed))
}
