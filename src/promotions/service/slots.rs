//! Where a promotion still fits into the year of an alliance, and of one of its members.

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use chrono_tz::Tz;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Look;
use crate::promotions::domain::claims::Part;
use crate::promotions::domain::free_slots;
use crate::promotions::domain::free_slots::Slot;
use crate::promotions::domain::local_time;
use crate::promotions::repo;
use crate::promotions::service::blackouts;
use crate::promotions::service::rivals;

/// Most days of a search.
const MOST_DAYS: i64 = 800;
/// Most promotions of a search.
const MOST_PROMOTIONS: u64 = 10_000;

/// What has to fit, and when.
#[derive(Debug, Clone)]
pub struct Search {
    pub from: NaiveDate,
    /// First day after it.
    pub to: NaiveDate,
    /// Least length in days.
    pub days: u32,
    pub exclusive: bool,
    pub scope: Vec<String>,
    /// The caller's own member, whose promotions elsewhere and blackouts count as well.
    pub member: Option<MembershipId>,
}

/// Something that is in the way.
#[derive(Debug, Clone)]
pub struct Busy {
    /// `promotion` or `blackout`.
    pub kind: &'static str,
    pub id: uuid::Uuid,
    pub name: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// Where it fits, and what is in the way elsewhere.
#[derive(Debug, Clone)]
pub struct Found {
    pub zone: Tz,
    pub slots: Vec<Slot>,
    pub busy: Vec<Busy>,
}

/// Finds free days.
///
/// # Errors
/// 404 for strangers and for members that are not the caller's; 422 for a range that is none.
pub async fn find(
    look: &Look<'_>,
    alliance: AllianceId,
    search: &Search,
) -> Result<Found, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let days = (search.to - search.from).num_days();
    if !(1..=MOST_DAYS).contains(&days) {
        let detail = format!("Ask for 1 to {MOST_DAYS} days: 'to' is the first day after them.");
        return Err(
            Refused::new(&crate::promotions::problems::RANGE_INVALID, detail)
                .with("days", days)
                .into(),
        );
    }
    let zone = standing.alliance.time_zone;
    let length = u32::try_from(days).unwrap_or(u32::MAX);
    let range = local_time::all_day(search.from, length, zone)?;
    let mut busy = of_alliance(look, alliance, search, range).await?;
    if let Some(member) = search.member {
        let member = standing.acting_for(Some(member))?;
        let mine = standing.memberships.iter().find(|(id, _)| *id == member);
        if let Some((_, merchant)) = mine {
            busy.extend(of_merchant(look, *merchant, search).await?);
        }
    }
    busy.retain(|one| one.starts_at.to_utc() < range.1 && range.0 < one.ends_at.to_utc());
    busy.sort_by_key(|one| (one.starts_at, one.id));
    busy.dedup_by_key(|one| (one.starts_at, one.id));
    let windows: Vec<(DateTime<Utc>, DateTime<Utc>)> = busy
        .iter()
        .map(|one| (one.starts_at.to_utc(), one.ends_at.to_utc()))
        .collect();
    let slots = free_slots::free_slots(search.from, search.to, zone, &windows, search.days)?;
    Ok(Found { zone, slots, busy })
}

/// What the sought promotion would claim, had it these windows.
fn wanted(search: &Search, windows: Vec<(DateTime<Utc>, DateTime<Utc>)>) -> Part {
    Part {
        windows,
        exclusive: search.exclusive,
        scope: search.scope.clone(),
    }
}

/// The windows of a part that the sought promotion must avoid.
fn in_the_way(search: &Search, part: &Part) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let avoids = |window: &&(DateTime<Utc>, DateTime<Utc>)| {
        part.clash(&wanted(search, vec![**window])).is_some()
    };
    part.windows.iter().filter(avoids).copied().collect()
}

async fn of_alliance(
    look: &Look<'_>,
    alliance: AllianceId,
    search: &Search,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Busy>, Failure> {
    let range = (Instant::from_utc(from), Instant::from_utc(to));
    let reader = look.reader();
    let rows = repo::planned_between(reader, alliance, range, MOST_PROMOTIONS).await?;
    let mut busy = Vec::new();
    for loaded in rivals::with_phases(reader, rows).await?.into_values() {
        let part = rivals::part_of(&loaded, &[])?;
        for window in in_the_way(search, &part) {
            busy.push(promotion(&loaded.row, window));
        }
    }
    let closed = blackouts::of_alliance(reader, alliance).await?;
    busy.extend(closed.into_iter().map(blackout));
    Ok(busy)
}

async fn of_merchant(
    look: &Look<'_>,
    merchant: crate::kernel::ids::MerchantId,
    search: &Search,
) -> Result<Vec<Busy>, Failure> {
    let members = rivals::memberships(look.reader(), merchant).await?;
    let mut busy = Vec::new();
    for rival in rivals::of(look.reader(), &members, None).await? {
        for window in in_the_way(search, &rival.part) {
            busy.push(promotion(&rival.loaded.row, window));
        }
    }
    let closed = blackouts::of_members(look.reader(), &members).await?;
    busy.extend(closed.into_iter().map(blackout));
    Ok(busy)
}

fn promotion(row: &repo::Promotion, window: (DateTime<Utc>, DateTime<Utc>)) -> Busy {
    Busy {
        kind: "promotion",
        id: row.id.0,
        name: row.name.clone(),
        starts_at: Instant::from_utc(window.0),
        ends_at: Instant::from_utc(window.1),
    }
}

fn blackout(timed: blackouts::Timed) -> Busy {
    Busy {
        kind: "blackout",
        id: timed.row.id.0,
        name: timed.row.name,
        starts_at: Instant::from_utc(timed.window.0),
        ends_at: Instant::from_utc(timed.window.1),
    }
}
