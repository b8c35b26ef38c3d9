//! Manufacturers: founded by whoever acts for them first.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::caller::Caller;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::merchants::domain::firm::Firm;
use crate::merchants::repo;
use crate::merchants::repo::firms;
use crate::merchants::repo::firms::Manufacturer;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a manufacturer says about itself; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Profile<'a> {
    pub name: Option<&'a str>,
    pub country: Option<&'a str>,
    pub locale: Option<Locale>,
}

/// Founds a manufacturer; the caller acts for it.
///
/// # Errors
/// Fields that break a rule.
pub async fn create(act: &Act<'_>, profile: Profile<'_>) -> Result<Manufacturer, Failure> {
    let user = act.user()?.user;
    act.enter(None).await?;
    let row = Manufacturer {
        id: act.fresh(),
        name: profile.name.unwrap_or_default().to_owned(),
        country: profile.country.unwrap_or_default().to_owned(),
        locale: profile.locale.unwrap_or_default().as_str().to_owned(),
        version: 1,
        created_at: act.now(),
    };
    firms::insert_manufacturer(act.tx(), &row).await?;
    firms::insert_post(act.tx(), act.ctx.ids, Firm::Manufacturer(row.id), user).await?;
    let data = json!({ "name": row.name, "founder": user });
    act.record("manufacturer.founded", None, row.id.0, data)
        .await?;
    Ok(row)
}

/// The manufacturers that the caller acts for.
///
/// # Errors
/// When the database fails.
pub async fn mine(look: &Look<'_>, page: Page) -> Result<Slice<Manufacturer>, Failure> {
    Ok(firms::manufacturers_page(look.reader(), look.user()?.user, page).await?)
}

/// A manufacturer that the caller acts for, or whose key it holds.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: ManufacturerId) -> Result<Manufacturer, Failure> {
    match &look.asker().caller {
        Caller::ApiKey { manufacturer, .. } if *manufacturer == id => {}
        caller => {
            own(look.reader(), caller, id).await?;
        }
    }
    repo::manufacturer(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("manufacturer").into())
}

/// Changes what a manufacturer says about itself.
///
/// # Errors
/// 404 for others than its staff; 412 where it was changed meanwhile; fields that break a rule.
pub async fn change(
    act: &Act<'_>,
    id: ManufacturerId,
    profile: Profile<'_>,
) -> Result<Manufacturer, Failure> {
    let mut row = firms::lock_manufacturer(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("manufacturer"))?;
    own(act.tx(), act.caller(), id).await?;
    act.enter(Some(row.version)).await?;
    let set = |field: &mut String, value: Option<&str>| {
        if let Some(value) = value {
            value.clone_into(field);
        }
    };
    set(&mut row.name, profile.name);
    set(&mut row.country, profile.country);
    set(&mut row.locale, profile.locale.map(Locale::as_str));
    row.version += 1;
    firms::update_manufacturer(act.tx(), &row).await?;
    let data = json!({ "name": row.name });
    act.record("manufacturer.changed", None, id.0, data).await?;
    Ok(row)
}

/// Passes the staff of a manufacturer.
///
/// # Errors
/// 404 for everybody else.
pub async fn own(
    c: &impl ConnectionTrait,
    caller: &Caller,
    id: ManufacturerId,
) -> Result<UserId, Failure> {
    let user = caller.user().map(|user| user.user);
    let staff = repo::manufacturer_staff(c, id).await?;
    user.filter(|user| staff.contains(user))
        .ok_or_else(|| Refused::not_found("manufacturer").into())
}
