//! Alliances themselves: founded, found, read and changed.

use serde_json::json;

use crate::alliances::face;
use crate::alliances::repo;
use crate::alliances::repo::tenants;
use crate::alliances::repo::tenants::Alliance;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is fixed at the founding, and the first values of what can change.
#[derive(Debug, Clone, Copy)]
pub struct Charter<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub time_zone: &'a str,
    pub currency: Currency,
    pub locale: Locale,
    pub listed: bool,
}

/// What can change later; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Amendment<'a> {
    pub name: Option<&'a str>,
    pub time_zone: Option<&'a str>,
    pub locale: Option<Locale>,
    pub listed: Option<bool>,
}

/// What a reader gets to see.
#[derive(Debug, Clone)]
pub enum Sight {
    /// Those who belong to it; with their roles there.
    Inside(Alliance, Vec<Role>),
    /// Everybody else, where it is listed; with the number of its members.
    Card(Alliance, u64),
}

/// Founds an alliance; the founder is its organizer.
///
/// # Errors
/// Fields that break a rule.
pub async fn create(act: &Act<'_>, charter: Charter<'_>) -> Result<Alliance, Failure> {
    let user = act.user()?.user;
    act.enter(None).await?;
    let row = Alliance {
        id: act.fresh(),
        name: charter.name.to_owned(),
        kind: charter.kind.to_owned(),
        time_zone: charter.time_zone.to_owned(),
        currency: charter.currency.code().to_owned(),
        locale: charter.locale.as_str().to_owned(),
        listed: charter.listed,
        state: "active".to_owned(),
        version: 1,
        created_at: act.now(),
    };
    tenants::insert(act.tx(), &row).await?;
    repo::grants::insert(act.tx(), &grant_of_founder(act, &row, user)).await?;
    let data = json!({ "name": row.name, "organizer": user });
    act.record("alliance.founded", Some(row.id), row.id.0, data)
        .await?;
    Ok(row)
}

fn grant_of_founder(act: &Act<'_>, alliance: &Alliance, user: UserId) -> repo::grants::Grant {
    repo::grants::Grant {
        id: act.fresh(),
        alliance_id: alliance.id,
        user_id: user,
        role: Role::Organizer.as_str().to_owned(),
        granted_by: user.0,
        created_at: act.now(),
    }
}

/// The caller's alliances, with its roles in each.
///
/// # Errors
/// When the database fails.
pub async fn mine(look: &Look<'_>, page: Page) -> Result<Slice<Sight>, Failure> {
    let slice = tenants::of_person(look.reader(), look.user()?.user, page).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        let standing = face::standing(look.reader(), &look.asker().caller, row.id).await?;
        items.push(Sight::Inside(
            row,
            standing.map(|s| s.roles).unwrap_or_default(),
        ));
    }
    Ok(Slice {
        items,
        next: slice.next,
    })
}

/// The public cards of listed alliances.
///
/// # Errors
/// When the database fails.
pub async fn listed(look: &Look<'_>, page: Page) -> Result<Slice<Sight>, Failure> {
    look.user()?;
    let slice = tenants::listed(look.reader(), page).await?;
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        let count = tenants::member_count(look.reader(), row.id).await?;
        items.push(Sight::Card(row, count));
    }
    Ok(Slice {
        items,
        next: slice.next,
    })
}

/// An alliance as far as the caller may see it. Platform admins see it, without any role.
///
/// # Errors
/// 404 for strangers where it is not listed.
pub async fn read(look: &Look<'_>, id: AllianceId) -> Result<Sight, Failure> {
    let hidden = || Refused::not_found("object");
    let row = repo::alliance(look.reader(), id)
        .await?
        .ok_or_else(hidden)?;
    let caller = &look.asker().caller;
    if let Some((roles, _)) = face::part_of(look.reader(), caller, id).await? {
        return Ok(Sight::Inside(row, roles));
    }
    let user = caller.user().ok_or_else(hidden)?;
    if user.platform_admin {
        return Ok(Sight::Inside(row, Vec::new()));
    }
    if row.listed && row.state == "active" {
        let count = tenants::member_count(look.reader(), id).await?;
        return Ok(Sight::Card(row, count));
    }
    Err(hidden().into())
}

/// Changes an alliance.
///
/// # Errors
/// 404, 403, 412, or fields that break a rule.
pub async fn change(
    act: &Act<'_>,
    id: AllianceId,
    amendment: Amendment<'_>,
) -> Result<(Alliance, Vec<Role>), Failure> {
    let row = tenants::lock(act.tx(), id).await?;
    let standing = face::admit(act.tx(), act.asker(), id).await?;
    let mut row = row.ok_or_else(|| Refused::not_found("object"))?;
    act.enter(Some(row.version)).await?;
    if let Some(name) = amendment.name {
        name.clone_into(&mut row.name);
    }
    if let Some(time_zone) = amendment.time_zone {
        time_zone.clone_into(&mut row.time_zone);
    }
    if let Some(locale) = amendment.locale {
        locale.as_str().clone_into(&mut row.locale);
    }
    row.listed = amendment.listed.unwrap_or(row.listed);
    row.version += 1;
    tenants::update(act.tx(), &row).await?;
    let data = json!({ "name": row.name, "time_zone": row.time_zone, "locale": row.locale, "listed": row.listed });
    act.record("alliance.changed", Some(id), id.0, data).await?;
    Ok((row, standing.roles))
}
