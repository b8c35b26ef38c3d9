//! The people who act for a merchant or a manufacturer. At least one remains.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts;
use crate::accounts::Person;
use crate::kernel::caller::Caller;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::Recipient;
use crate::merchants::domain::firm::Firm;
use crate::merchants::domain::firm::StaffError;
use crate::merchants::letters;
use crate::merchants::repo;
use crate::merchants::repo::firms;
use crate::merchants::service::manufacturers;
use crate::merchants::service::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Somebody on the staff.
#[derive(Debug, Clone)]
pub struct Colleague {
    pub person: Person,
    pub since: Instant,
}

/// The staff, for the staff.
///
/// # Errors
/// 404 for everybody else.
pub async fn list(look: &Look<'_>, firm: Firm, page: Page) -> Result<Slice<Colleague>, Failure> {
    own(look.reader(), &look.asker().caller, firm).await?;
    let posts = firms::posts(look.reader(), firm, page).await?;
    let users: Vec<UserId> = posts.items.iter().map(|post| post.user).collect();
    let people = accounts::people(look.reader(), &users).await?;
    let items = posts
        .items
        .into_iter()
        .filter_map(|post| {
            let person = people.iter().find(|p| p.id == post.user)?.clone();
            Some(Colleague {
                person,
                since: post.since,
            })
        })
        .collect();
    Ok(Slice {
        items,
        next: posts.next,
    })
}

/// Adds a person by address, and tells them.
///
/// # Errors
/// 404 for others than the staff; an address without an account; `staff_already`.
pub async fn add(act: &Act<'_>, firm: Firm, email: &str) -> Result<Colleague, Failure> {
    let name = lock(act, firm).await?;
    own(act.tx(), act.caller(), firm).await?;
    act.enter(None).await?;
    let person = accounts::person_by_email(act.tx(), email)
        .await?
        .ok_or_else(|| {
            let detail = "Nobody has an account with this address; they have to sign up first.";
            Refused::field("#/email", "account_unknown", detail)
        })?;
    if !firms::insert_post(act.tx(), act.ctx.ids, firm, person.id).await? {
        return Err(StaffError::Already.into());
    }
    let action = format!("{}.staff_added", firm.noun());
    act.record(&action, None, firm.id(), json!({ "user_id": person.id }))
        .await?;
    tell(act, &person, &name).await?;
    Ok(Colleague {
        person,
        since: act.now(),
    })
}

/// Removes a person.
///
/// # Errors
/// 404 for others than the staff, or where the person is none of it; `last_staff`.
pub async fn remove(act: &Act<'_>, firm: Firm, user: UserId) -> Result<(), Failure> {
    lock(act, firm).await?;
    own(act.tx(), act.caller(), firm).await?;
    let staff = everybody(act.tx(), firm).await?;
    if !staff.contains(&user) {
        return Err(Refused::not_found(firm.noun()).into());
    }
    act.enter(None).await?;
    if staff.len() == 1 {
        return Err(StaffError::Last.into());
    }
    firms::delete_post(act.tx(), firm, user).await?;
    let action = format!("{}.staff_removed", firm.noun());
    act.record(&action, None, firm.id(), json!({ "user_id": user }))
        .await?;
    Ok(())
}

/// Locks the firm, so that of two who remove each other one stays; answers its name.
async fn lock(act: &Act<'_>, firm: Firm) -> Result<String, Failure> {
    let name = match firm {
        Firm::Merchant(id) => firms::lock_merchant(act.tx(), id).await?.map(|m| m.name),
        Firm::Manufacturer(id) => firms::lock_manufacturer(act.tx(), id)
            .await?
            .map(|m| m.name),
    };
    name.ok_or_else(|| Refused::not_found(firm.noun()).into())
}

async fn own(c: &impl ConnectionTrait, caller: &Caller, firm: Firm) -> Result<UserId, Failure> {
    match firm {
        Firm::Merchant(id) => merchants::own(c, caller, id).await,
        Firm::Manufacturer(id) => manufacturers::own(c, caller, id).await,
    }
}

async fn everybody(c: &impl ConnectionTrait, firm: Firm) -> Result<Vec<UserId>, Failure> {
    Ok(match firm {
        Firm::Merchant(id) => repo::staff_of(c, id).await?,
        Firm::Manufacturer(id) => repo::manufacturer_staff(c, id).await?,
    })
}

async fn tell(act: &Act<'_>, person: &Person, firm: &str) -> Result<(), Failure> {
    let vars = json!({ "name": person.name, "firm": firm });
    let content = mail::compose(&letters::STAFF_ADDED, person.locale, &vars)?;
    let to = Recipient {
        email: person.email.clone(),
        name: person.name.clone(),
        locale: person.locale,
    };
    mail::send(act, &Letter::new(to, Category::Account, content)).await?;
    Ok(())
}
