//! Feeds: calendars of alliances and merchants under secret addresses, which calendar programs read.
//!
//! An address is good while the person who made it belongs to the alliance, or acts for the merchant.

use std::collections::HashMap;

use chrono::Datelike;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CalendarFeedId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;
use crate::mail::Attachment;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;
use crate::platform::random;
use crate::promotions::domain::calendar;
use crate::promotions::domain::calendar::Calendar;
use crate::promotions::domain::calendar::Event;
use crate::promotions::domain::calendar::EventStatus;
use crate::promotions::domain::calendar::When;
use crate::promotions::domain::feasts;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::problems;
use crate::promotions::repo::calendar as repo;
use crate::promotions::repo::calendar::Entry;
use crate::promotions::repo::calendar::Feed;
use crate::promotions::repo::calendar::Owner;
use crate::promotions::service::entries;
use crate::promotions::service::feasting;
use crate::promotions::service::loaded::LOCAL;

/// Live addresses that one person may have of one calendar.
const MOST_FEEDS: u64 = 10;
/// How calendars are sent.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8; method=PUBLISH";
/// Past events that a feed keeps.
const PAST: TimeDelta = TimeDelta::days(366);

/// A new address with its secret, which is stored nowhere.
pub struct Fresh {
    pub row: Feed,
    pub url: String,
}

/// What a feed is to show.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub name: &'a str,
    pub festivals: bool,
}

/// Makes an address of an alliance's calendar, for anybody in it.
///
/// # Errors
/// 404 for strangers; 409 `too_many_feeds`.
pub async fn create_for_alliance(
    act: &Act<'_>,
    alliance: AllianceId,
    wanted: Wanted<'_>,
) -> Result<Fresh, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    create(act, Owner::Alliance(alliance), standing.user, wanted).await
}

/// Makes an address of the joint calendar of a merchant's alliances, for its staff.
///
/// # Errors
/// 404 for others; 409 `too_many_feeds`.
pub async fn create_for_merchant(
    act: &Act<'_>,
    merchant: MerchantId,
    wanted: Wanted<'_>,
) -> Result<Fresh, Failure> {
    let user = staff(
        act.tx(),
        act.caller().user().map(|user| user.user),
        merchant,
    )
    .await?;
    create(act, Owner::Merchant(merchant), user, wanted).await
}

async fn staff(
    c: &impl ConnectionTrait,
    user: Option<UserId>,
    merchant: MerchantId,
) -> Result<UserId, Failure> {
    let staff = merchants::staff_of(c, merchant).await?;
    user.filter(|user| staff.contains(user))
        .ok_or_else(|| Refused::not_found("object").into())
}

async fn create(
    act: &Act<'_>,
    owner: Owner,
    user: UserId,
    wanted: Wanted<'_>,
) -> Result<Fresh, Failure> {
    act.enter(None).await?;
    // Of several addresses made at once each counts those before it.
    match owner {
        Owner::Alliance(id) => alliances::lock_living(act, id).await?,
        Owner::Merchant(id) => {
            merchants::lock_merchant(act.tx(), id).await?;
        }
    }
    if repo::count_feeds(act.tx(), owner, user).await? >= MOST_FEEDS {
        return Err(Refused::new(
            &problems::TOO_MANY_FEEDS,
            "Revoke an address that is not used any more first.",
        )
        .with("limit", MOST_FEEDS)
        .into());
    }
    let (alliance_id, merchant_id) = match owner {
        Owner::Alliance(id) => (Some(id), None),
        Owner::Merchant(id) => (None, Some(id)),
    };
    let secret = act.ctx.random.token()?;
    let row = Feed {
        id: act.fresh(),
        alliance_id,
        merchant_id,
        name: wanted.name.to_owned(),
        festivals: wanted.festivals,
        digest: random::digest(secret.as_bytes()),
        created_by: user,
        created_at: act.now(),
        revoked_at: None,
    };
    repo::insert_feed(act.tx(), row.clone()).await?;
    let data = json!({ "merchant_id": merchant_id });
    act.record("calendar_feed.created", alliance_id, row.id.0, data)
        .await?;
    let url = format!("{}/calendar/{secret}.ics", act.ctx.public_url());
    Ok(Fresh { row, url })
}

/// The live addresses of an alliance's calendar: one's own, for organizers all.
///
/// # Errors
/// 404 for strangers.
pub async fn list_of_alliance(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Feed>, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let by = (!standing.is(Role::Organizer)).then_some(standing.user);
    Ok(repo::feeds(look.reader(), Owner::Alliance(alliance), by, page).await?)
}

/// The live addresses of a merchant's calendar.
///
/// # Errors
/// 404 for others than its staff.
pub async fn list_of_merchant(
    look: &Look<'_>,
    merchant: MerchantId,
    page: Page,
) -> Result<Slice<Feed>, Failure> {
    let user = look.asker().caller.user().map(|user| user.user);
    staff(look.reader(), user, merchant).await?;
    Ok(repo::feeds(look.reader(), Owner::Merchant(merchant), None, page).await?)
}

/// Ends an address: one's own, or the alliance's for organizers; a merchant's for its staff.
///
/// # Errors
/// 404 for others, and for one that has ended.
pub async fn revoke(act: &Act<'_>, id: CalendarFeedId) -> Result<(), Failure> {
    let missing = || Refused::not_found("object");
    let feed = repo::feed(act.tx(), id).await?.ok_or_else(missing)?;
    let user = act.caller().user().map(|user| user.user);
    match (feed.alliance_id, feed.merchant_id) {
        (Some(alliance), _) => {
            let standing = alliances::standing(act.tx(), act.caller(), alliance).await?;
            standing
                .filter(|s| s.user == feed.created_by || s.is(Role::Organizer))
                .ok_or_else(missing)?;
        }
        (None, Some(merchant)) => {
            staff(act.tx(), user, merchant).await?;
        }
        (None, None) => return Err(missing().into()),
    }
    act.enter(None).await?;
    if !repo::revoke_feed(act.tx(), id).await? {
        return Err(missing().into());
    }
    act.record("calendar_feed.revoked", feed.alliance_id, id.0, json!({}))
        .await?;
    Ok(())
}

/// A calendar as text, and when it last changed.
pub struct Shown {
    pub text: String,
    pub changed: Instant,
}

/// The calendar under a secret.
///
/// # Errors
/// 404 for a secret that is unknown or revoked, or whose maker does not belong there any more.
pub async fn show(ctx: &Ctx, secret: &str) -> Result<Shown, Failure> {
    let missing = || Refused::not_found("calendar");
    let reader = ctx.db.reader();
    let feed = repo::feed_by_digest(&reader, random::digest(secret.as_bytes()))
        .await?
        .ok_or_else(missing)?;
    let (name, locale, sources) = source(&reader, &feed).await?.ok_or_else(missing)?;
    let now = reader.now().await?;
    let ids: Vec<AllianceId> = sources.iter().map(|alliance| alliance.id).collect();
    let rows = repo::entries_for(&reader, &ids, now.plus(-PAST), now).await?;
    let by_id: HashMap<AllianceId, &str> = sources
        .iter()
        .map(|alliance| (alliance.id, alliance.name.as_str()))
        .collect();
    let base = ctx.public_url();
    let mut events = Vec::with_capacity(rows.len() + 64);
    for row in &rows {
        let alliance = by_id.get(&row.alliance_id).copied().unwrap_or_default();
        events.push(event(row, alliance, locale, &base)?);
    }
    if feed.festivals {
        let year = sources.first().map_or_else(
            || now.to_utc().year(),
            |alliance| now.to_utc().with_timezone(&alliance.time_zone).year(),
        );
        let added = feasting::sources(&reader, &sources).await?;
        events.extend(feasts::feasts(year, locale, &added));
    }
    let changed = events.iter().map(|event| Instant::from_utc(event.changed));
    let changed = changed
        .max()
        .unwrap_or(feed.created_at)
        .max(feed.created_at);
    let text = calendar::write(&Calendar {
        organizer: (name.clone(), ctx.settings.mail_from.email.to_string()),
        name,
        changed: changed.to_utc(),
        refreshes: true,
        events,
    });
    Ok(Shown { text, changed })
}

/// Name, language and alliances of a feed; `None` where its maker does not belong there any more.
async fn source(
    c: &impl ConnectionTrait,
    feed: &Feed,
) -> Result<Option<(String, Locale, Vec<Alliance>)>, Failure> {
    if let Some(id) = feed.alliance_id {
        if !alliances::belongs(c, id, feed.created_by).await? {
            return Ok(None);
        }
        let alliance = alliances::alliance(c, id).await?;
        return Ok(alliance.map(|a| (a.name.clone(), a.locale, vec![a])));
    }
    let Some(id) = feed.merchant_id else {
        return Ok(None);
    };
    if !merchants::staff_of(c, id).await?.contains(&feed.created_by) {
        return Ok(None);
    }
    let Some(merchant) = merchants::merchant(c, id).await? else {
        return Ok(None);
    };
    let alliances = alliances::alliances_of(c, id).await?;
    Ok(Some((merchant.name, merchant.locale, alliances)))
}

/// One entry as calendars show it.
pub(super) fn event(
    row: &Entry,
    alliance: &str,
    locale: Locale,
    base: &str,
) -> Result<Event, Failure> {
    let broken = || anyhow::anyhow!("calendar entry {} cannot be read", row.id);
    let local = |text: &str| NaiveDateTime::parse_from_str(text, LOCAL).map_err(|_| broken());
    let phase = PhaseName::parse(&row.phase).ok_or_else(broken)?;
    let (label, category) = calendar::label(phase, locale);
    let colon = locale.pick("：", ": ");
    let zone = entries::zone(row)?;
    Ok(Event {
        uid: format!("{}@guildhall", row.id),
        summary: format!("{}{colon}{label}", row.title),
        description: alliance.to_owned(),
        category,
        url: Some(format!("{base}/v1/promotions/{}", row.promotion_id)),
        when: When::of(local(&row.local_from)?, local(&row.local_to)?, zone),
        status: EventStatus::parse(&row.status).ok_or_else(broken)?,
        sequence: row.sequence,
        changed: row.changed_at.to_utc(),
    })
}

/// The phases of a promotion as a file for a mail, under the ids of the feeds; nothing while members
/// know nothing of it.
///
/// # Errors
/// When the database fails.
pub async fn attachment(
    c: &impl ConnectionTrait,
    ctx: &Ctx,
    promotion: PromotionId,
    alliance: &str,
    locale: Locale,
) -> Result<Option<Attachment>, Failure> {
    let rows = repo::entries_of(c, promotion).await?;
    let Some(changed) = rows.iter().map(|row| row.changed_at).max() else {
        return Ok(None);
    };
    let base = ctx.public_url();
    let events = rows
        .iter()
        .map(|row| event(row, alliance, locale, &base))
        .collect::<Result<Vec<_>, _>>()?;
    let text = calendar::write(&Calendar {
        name: alliance.to_owned(),
        organizer: (
            alliance.to_owned(),
            ctx.settings.mail_from.email.to_string(),
        ),
        changed: changed.to_utc(),
        refreshes: false,
        events,
    });
    Ok(Some(Attachment {
        file_name: "promotion.ics".to_owned(),
        media_type: MEDIA_TYPE.to_owned(),
        body: text.into_bytes(),
    }))
}
