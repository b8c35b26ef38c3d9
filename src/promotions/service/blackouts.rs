//! Times in which nothing is sold: of the alliance (mourning days), or of one member (inventory).

use chrono::DateTime;
use chrono::NaiveDateTime;
use chrono::Utc;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BlackoutId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::claims;
use crate::promotions::domain::local_time;
use crate::promotions::problems;
use crate::promotions::repo::blackouts;
use crate::promotions::repo::blackouts::Blackout;
use crate::promotions::service::loaded::LOCAL;

/// Most blackouts of an alliance, and of each member.
const MOST: u64 = 500;

/// A new blackout in the alliance's local time, half-open.
#[derive(Debug, Clone, Copy)]
pub struct NewBlackout<'a> {
    pub name: &'a str,
    pub from: NaiveDateTime,
    pub to: NaiveDateTime,
    /// Whose; `None`: the alliance's.
    pub member: Option<MembershipId>,
}

/// A blackout with its instants, computed from its local times whenever it is looked at.
#[derive(Debug, Clone)]
pub struct Timed {
    pub row: Blackout,
    pub window: (DateTime<Utc>, DateTime<Utc>),
}

fn timed(row: Blackout) -> Result<Timed, Failure> {
    let zone = local_time::zone(&row.time_zone)?;
    let at = |text: &str| -> Result<DateTime<Utc>, Failure> {
        let local = NaiveDateTime::parse_from_str(text, LOCAL)
            .map_err(|error| anyhow::anyhow!("blackout {} has no time: {error}", row.id))?;
        Ok(local_time::instant(local, zone)?.0)
    };
    let window = (at(&row.local_from)?, at(&row.local_to)?);
    Ok(Timed { row, window })
}

/// Declares a blackout: organizers for the alliance, staff for their own member.
///
/// # Errors
/// 404, 403; 422 for a time that is empty; 409 `blackouts_full`.
pub async fn declare(
    act: &Act<'_>,
    alliance: AllianceId,
    new: NewBlackout<'_>,
) -> Result<Timed, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    match new.member {
        Some(member) => {
            standing.acting_for(Some(member))?;
        }
        None => require_organizer(&standing)?,
    }
    act.enter(None).await?;
    let row = Blackout {
        id: act.fresh(),
        alliance_id: alliance,
        membership_id: new.member,
        name: new.name.to_owned(),
        local_from: new.from.format(LOCAL).to_string(),
        local_to: new.to.format(LOCAL).to_string(),
        time_zone: standing.alliance.time_zone.name().to_owned(),
        created_by: standing.user,
        created_at: act.now(),
    };
    let found = timed(row)?;
    if found.window.0 >= found.window.1 {
        let detail = "It ends before it begins: 'to' is the first moment after it.";
        return Err(Refused::field("#/to", "period_empty", detail).into());
    }
    alliances::lock_living(act, alliance).await?;
    if blackouts::count(act.tx(), alliance, new.member).await? >= MOST {
        let detail = "Remove blackouts that are over.";
        return Err(Refused::new(&problems::BLACKOUTS_FULL, detail)
            .with("limit", MOST)
            .into());
    }
    blackouts::insert(act.tx(), found.row.clone()).await?;
    let data = json!({ "membership_id": new.member, "from": new.from, "to": new.to });
    act.record("blackout.declared", Some(alliance), found.row.id.0, data)
        .await?;
    Ok(found)
}

fn require_organizer(standing: &Standing) -> Result<(), Refused> {
    if standing.is(Role::Organizer) {
        return Ok(());
    }
    let detail =
        "Only an organizer may do this for the alliance; name your membership for your own.";
    Err(Refused::new(&kinds::ROLE_REQUIRED, detail))
}

/// Those of the alliance and those of the caller's own members: what a member plans is its own affair.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Timed>, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let mine = own(&standing);
    let slice = blackouts::page(look.reader(), alliance, &mine, page).await?;
    let next = slice.next;
    let items: Result<Vec<Timed>, Failure> = slice.items.into_iter().map(timed).collect();
    Ok(Slice {
        items: items?,
        next,
    })
}

fn own(standing: &Standing) -> Vec<MembershipId> {
    standing.memberships.iter().map(|(id, _)| *id).collect()
}

/// Takes a blackout away.
///
/// # Errors
/// 404 where the caller may not know of it; 403 for the alliance's where the caller is no organizer.
pub async fn remove(act: &Act<'_>, id: BlackoutId) -> Result<(), Failure> {
    let missing = || Refused::not_found("blackout");
    let row = blackouts::find(act.tx(), id).await?.ok_or_else(missing)?;
    let alliance = row.alliance_id;
    let standing = alliances::standing(act.tx(), act.caller(), alliance)
        .await?
        .ok_or_else(missing)?;
    match row.membership_id {
        Some(member) if own(&standing).contains(&member) => {}
        Some(_) => return Err(missing().into()),
        None => require_organizer(&standing)?,
    }
    act.enter(None).await?;
    if !blackouts::delete(act.tx(), id).await? {
        return Err(missing().into());
    }
    let data = json!({ "membership_id": row.membership_id });
    act.record("blackout.removed", Some(alliance), id.0, data)
        .await?;
    Ok(())
}

/// The blackouts of an alliance.
///
/// # Errors
/// When the database fails.
pub async fn of_alliance(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<Timed>, Failure> {
    let rows = blackouts::all(c, alliance, &[]).await?;
    rows.into_iter().map(timed).collect()
}

/// The blackouts of a merchant, in whichever alliance they were declared.
///
/// # Errors
/// When the database fails.
pub async fn of_members(
    c: &impl ConnectionTrait,
    members: &[MembershipId],
) -> Result<Vec<Timed>, Failure> {
    let rows = blackouts::of_members(c, members).await?;
    rows.into_iter().map(timed).collect()
}

/// Passes selling windows that no blackout touches.
///
/// # Errors
/// 409 `blackout` with each that does and the time they share.
pub fn refuse_within(
    found: &[Timed],
    selling: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Result<(), Refused> {
    let touched = found.iter().filter_map(|blackout| {
        let (from, to) = claims::overlap(&[blackout.window], selling)?;
        Some(json!({
            "blackout_id": blackout.row.id,
            "name": blackout.row.name,
            "from": Instant::from_utc(from),
            "to": Instant::from_utc(to),
        }))
    });
    let touched: Vec<serde_json::Value> = touched.collect();
    if touched.is_empty() {
        return Ok(());
    }
    let detail = "The sale or its deposits would fall into a time in which nothing is sold.";
    Err(Refused::new(&problems::BLACKOUT, detail).with("blackouts", touched))
}
