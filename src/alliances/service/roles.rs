//! Roles: granted and revoked by organizers; at least one organizer remains.

use serde_json::json;

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::domain::roles::GrantedRole;
use crate::alliances::domain::roles::RoleError;
use crate::alliances::face;
use crate::alliances::letters;
use crate::alliances::repo::grants;
use crate::alliances::repo::grants::Grant;
use crate::alliances::repo::tenants;
use crate::alliances::service::notes;
use crate::alliances::service::notes::About;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::RoleGrantId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A grant with the name of its holder.
#[derive(Debug, Clone)]
pub struct Held {
    pub grant: Grant,
    pub name: String,
}

/// How a person is named in a request.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    pub user_id: Option<UserId>,
    pub email: Option<&'a str>,
}

/// Grants a role, and tells its holder.
///
/// # Errors
/// 404, 403; a person without an account; `role_already_granted`.
pub async fn grant(
    act: &Act<'_>,
    alliance: AllianceId,
    holder: Holder<'_>,
    role: GrantedRole,
) -> Result<Held, Failure> {
    let row = tenants::lock(act.tx(), alliance).await?;
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    let row = row.ok_or_else(|| Refused::not_found("object"))?;
    act.enter(None).await?;
    let person = find(act, holder).await?;
    let grant = Grant {
        id: act.fresh(),
        alliance_id: alliance,
        user_id: person.id,
        role: role.as_str().to_owned(),
        granted_by: standing.user.0,
        created_at: act.now(),
    };
    if !add(act, &grant).await? {
        return Err(RoleError::AlreadyGranted.into());
    }
    let about = About {
        role: Role::parse(role.as_str()),
        ..About::alliance(&row)
    };
    let people = [person.clone()];
    notes::tell(act, about, &people, &letters::ROLE_GRANTED).await?;
    Ok(Held {
        grant,
        name: person.name,
    })
}

/// Writes a grant and its record; `false` where the person holds the role already.
///
/// # Errors
/// When the database fails.
pub async fn add(act: &Act<'_>, grant: &Grant) -> Result<bool, Failure> {
    if !grants::insert(act.tx(), grant).await? {
        return Ok(false);
    }
    let data = json!({ "user_id": grant.user_id, "role": grant.role });
    act.record("role.granted", Some(grant.alliance_id), grant.id.0, data)
        .await?;
    Ok(true)
}

async fn find(act: &Act<'_>, holder: Holder<'_>) -> Result<Person, Failure> {
    let unknown = |pointer| {
        let detail = "Nobody has such an account; invite them by mail.";
        Refused::field(pointer, "account_unknown", detail)
    };
    match (holder.user_id, holder.email) {
        (Some(id), None) => accounts::person(act.tx(), id)
            .await?
            .ok_or_else(|| unknown("#/user_id").into()),
        (None, Some(email)) => accounts::person_by_email(act.tx(), email)
            .await?
            .ok_or_else(|| unknown("#/email").into()),
        (None, None) | (Some(_), Some(_)) => {
            let detail = "Name the person by exactly one of 'user_id' and 'email'.";
            Err(Refused::field("#/user_id", "exactly_one", detail).into())
        }
    }
}

/// The granted roles with the names of their holders.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Held>, Failure> {
    face::admit(look.reader(), look.asker(), alliance).await?;
    let slice = grants::page(look.reader(), alliance, page).await?;
    let users: Vec<UserId> = slice.items.iter().map(|grant| grant.user_id).collect();
    let people = accounts::people(look.reader(), &users).await?;
    Ok(slice.map(|grant| Held {
        name: name_in(&people, grant.user_id),
        grant,
    }))
}

/// One granted role.
///
/// # Errors
/// 404 for strangers, and for a grant of another alliance.
pub async fn read(look: &Look<'_>, alliance: AllianceId, id: RoleGrantId) -> Result<Held, Failure> {
    face::admit(look.reader(), look.asker(), alliance).await?;
    let grant = grants::one(look.reader(), alliance, id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    let people = accounts::people(look.reader(), &[grant.user_id]).await?;
    Ok(Held {
        name: name_in(&people, grant.user_id),
        grant,
    })
}

fn name_in(people: &[Person], user: UserId) -> String {
    let person = people.iter().find(|person| person.id == user);
    person.map(|person| person.name.clone()).unwrap_or_default()
}

/// Takes a role back, or lays one's own down. Of two organizers who remove each other one stays.
///
/// # Errors
/// 404 for strangers; 403 for others than organizers and the holder; `last_organizer`.
pub async fn revoke(act: &Act<'_>, alliance: AllianceId, id: RoleGrantId) -> Result<(), Failure> {
    // The lock comes first, so that the role of the caller is read behind a rival's act.
    let row = tenants::lock(act.tx(), alliance).await?;
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    let hidden = || Refused::not_found("object");
    let row = row.ok_or_else(hidden)?;
    let grant = grants::one(act.tx(), alliance, id)
        .await?
        .ok_or_else(hidden)?;
    if !standing.is(Role::Organizer) && grant.user_id != standing.user {
        let detail = "Only an organizer may take a role from somebody else.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    act.enter(None).await?;
    let organizer = grant.role == Role::Organizer.as_str();
    if organizer && grants::count(act.tx(), alliance, Role::Organizer).await? <= 1 {
        return Err(RoleError::LastOrganizer.into());
    }
    grants::delete(act.tx(), id).await?;
    let data = json!({ "user_id": grant.user_id, "role": grant.role });
    act.record("role.revoked", Some(alliance), id.0, data)
        .await?;
    let people = accounts::people(act.tx(), &[grant.user_id]).await?;
    let about = About {
        role: Role::parse(&grant.role),
        ..About::alliance(&row)
    };
    notes::tell(act, about, &people, &letters::ROLE_REVOKED).await
}
