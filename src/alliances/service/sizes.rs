//! Sizes as the alliance looks after them: read, verified, disputed by those who keep its books.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances::repo;
use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::merchants;
use crate::merchants::Estimate;
use crate::merchants::Size;
use crate::merchants::SizeEvent;
use crate::merchants::SizeFact;
use crate::merchants::SizeQuery;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Why the caller sees the sizes of a merchant.
struct Insight {
    user: UserId,
    is_staff: bool,
    /// Alliances of the merchant where the caller is organizer or treasurer.
    alliances: Vec<AllianceId>,
}

async fn insight(
    c: &impl ConnectionTrait,
    caller: &Caller,
    merchant: MerchantId,
) -> Result<Insight, Failure> {
    let hidden = || Refused::not_found("merchant");
    let user = caller.user().ok_or_else(hidden)?.user;
    let is_staff = merchants::staff_of(c, merchant).await?.contains(&user);
    let alliances = repo::memberships::watched_by(c, merchant, user).await?;
    if is_staff || !alliances.is_empty() {
        Ok(Insight {
            user,
            is_staff,
            alliances,
        })
    } else {
        Err(hidden().into())
    }
}

/// The history of a merchant's sizes, oldest record first.
///
/// # Errors
/// 404 for others than its staff, and organizers and treasurers of its alliances.
pub async fn history(
    look: &Look<'_>,
    merchant: MerchantId,
    measure: Option<&str>,
    page: Page,
) -> Result<Slice<SizeFact>, Failure> {
    insight(look.reader(), &look.asker().caller, merchant).await?;
    merchants::size_facts(look.reader(), merchant, measure, page).await
}

/// The size of a merchant on a day, as known at an instant; `None` where nothing that counts covers the day.
///
/// # Errors
/// 404 for others than its staff, and organizers and treasurers of its alliances.
pub async fn size_on(
    look: &Look<'_>,
    merchant: MerchantId,
    query: SizeQuery<'_>,
) -> Result<Option<Size>, Failure> {
    insight(look.reader(), &look.asker().caller, merchant).await?;
    let mut found = merchants::sizes_on(look.reader(), &[merchant], query).await?;
    Ok(found.remove(&merchant))
}

/// Guesses a size of another person's merchant.
///
/// # Errors
/// 404 for strangers; `role_required`; `separation_of_duties` for the merchant's own staff; an empty period,
/// another unit than before, `size_overlaps`.
pub async fn estimate(
    act: &Act<'_>,
    merchant: MerchantId,
    stated: Estimate<'_>,
) -> Result<SizeFact, Failure> {
    merchants::lock_merchant(act.tx(), merchant).await?;
    let seen = insight(act.tx(), act.caller(), merchant).await?;
    may_judge(&seen)?;
    act.enter(None).await?;
    let row = merchants::estimate_size(act, merchant, stated).await?;
    let data = json!({ "merchant_id": merchant, "measure": row.measure, "by": seen.user });
    for alliance in seen.alliances {
        act.record("size.estimated", Some(alliance), row.id.0, data.clone())
            .await?;
    }
    Ok(row)
}

/// Passes somebody who may judge a merchant's size.
fn may_judge(seen: &Insight) -> Result<(), Failure> {
    if seen.alliances.is_empty() {
        let detail = "This needs the role organizer or treasurer in an alliance of the merchant.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    if seen.is_staff {
        let detail = "Staff of the merchant cannot judge its own statements.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    Ok(())
}

/// Verifies or disputes a size of another person's merchant.
///
/// # Errors
/// 404 for strangers; `role_required`; `separation_of_duties` for the merchant's own staff;
/// `size_superseded`, `illegal_transition`.
pub async fn judge(
    act: &Act<'_>,
    merchant: MerchantId,
    id: SizeFactId,
    event: SizeEvent,
) -> Result<SizeFact, Failure> {
    merchants::lock_merchant(act.tx(), merchant).await?;
    let seen = insight(act.tx(), act.caller(), merchant).await?;
    let fact = merchants::size_fact(act.tx(), merchant, id)
        .await?
        .ok_or_else(|| Refused::not_found("merchant"))?;
    may_judge(&seen)?;
    act.enter(None).await?;
    let row = merchants::supersede_size(act, &fact, event).await?;
    let data = json!({
        "merchant_id": merchant,
        "measure": row.measure,
        "supersedes": fact.id,
        "by": seen.user,
    });
    let action = match event {
        SizeEvent::Verify => "size.verified",
        SizeEvent::Dispute => "size.disputed",
    };
    for alliance in seen.alliances {
        act.record(action, Some(alliance), row.id.0, data.clone())
            .await?;
    }
    Ok(row)
}
