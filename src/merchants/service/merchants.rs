//! Merchants: founded by whoever acts for them first.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::caller::Caller;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::merchants::domain::firm::Firm;
use crate::merchants::repo;
use crate::merchants::repo::firms;
use crate::merchants::repo::firms::Merchant;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a merchant says about itself; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Profile<'a> {
    pub name: Option<&'a str>,
    pub region: Option<&'a str>,
    pub category: Option<&'a str>,
    pub locale: Option<Locale>,
}

/// Founds a merchant; the caller acts for it.
///
/// # Errors
/// Fields that break a rule.
pub async fn create(act: &Act<'_>, profile: Profile<'_>) -> Result<Merchant, Failure> {
    let user = act.user()?.user;
    act.enter(None).await?;
    insert(act, user, profile).await
}

/// Founds a merchant for `user` within another use case; region and category are told later.
///
/// # Errors
/// When the database fails.
pub async fn found_in(
    act: &Act<'_>,
    user: UserId,
    name: &str,
    locale: Locale,
) -> Result<MerchantId, Failure> {
    let profile = Profile {
        name: Some(name),
        locale: Some(locale),
        ..Profile::default()
    };
    Ok(insert(act, user, profile).await?.id)
}

async fn insert(act: &Act<'_>, user: UserId, profile: Profile<'_>) -> Result<Merchant, Failure> {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let row = Merchant {
        id: act.fresh(),
        name: text(profile.name),
        region: text(profile.region),
        category: text(profile.category),
        locale: profile.locale.unwrap_or_default().as_str().to_owned(),
        version: 1,
        created_at: act.now(),
    };
    firms::insert_merchant(act.tx(), &row).await?;
    firms::insert_post(act.tx(), act.ctx.ids, Firm::Merchant(row.id), user).await?;
    let data = json!({ "name": row.name, "founder": user });
    act.record("merchant.founded", None, row.id.0, data).await?;
    Ok(row)
}

/// The merchants that the caller acts for.
///
/// # Errors
/// When the database fails.
pub async fn mine(look: &Look<'_>, page: Page) -> Result<Slice<Merchant>, Failure> {
    let ids = repo::merchants_of(look.reader(), look.user()?.user).await?;
    Ok(firms::merchants_page(look.reader(), &ids, page).await?)
}

/// A merchant that the caller acts for.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: MerchantId) -> Result<Merchant, Failure> {
    own(look.reader(), &look.asker().caller, id).await?;
    repo::merchant(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("merchant").into())
}

/// Changes what a merchant says about itself.
///
/// # Errors
/// 404 for others than its staff; 412 where it was changed meanwhile; fields that break a rule.
pub async fn change(
    act: &Act<'_>,
    id: MerchantId,
    profile: Profile<'_>,
) -> Result<Merchant, Failure> {
    let mut row = firms::lock_merchant(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("merchant"))?;
    own(act.tx(), act.caller(), id).await?;
    act.enter(Some(row.version)).await?;
    let set = |field: &mut String, value: Option<&str>| {
        if let Some(value) = value {
            value.clone_into(field);
        }
    };
    set(&mut row.name, profile.name);
    set(&mut row.region, profile.region);
    set(&mut row.category, profile.category);
    set(&mut row.locale, profile.locale.map(Locale::as_str));
    row.version += 1;
    firms::update_merchant(act.tx(), &row).await?;
    let data = json!({ "name": row.name });
    act.record("merchant.changed", None, id.0, data).await?;
    Ok(row)
}

/// Passes the staff of a merchant.
///
/// # Errors
/// 404 for everybody else.
pub async fn own(
    c: &impl ConnectionTrait,
    caller: &Caller,
    id: MerchantId,
) -> Result<UserId, Failure> {
    let user = caller.user().map(|user| user.user);
    let staff = repo::staff_of(c, id).await?;
    user.filter(|user| staff.contains(user))
        .ok_or_else(|| Refused::not_found("merchant").into())
}
