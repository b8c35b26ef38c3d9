//! Memberships: asked for or offered, taken, and what becomes of them.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts;
use crate::alliances::domain::membership::MembershipError;
use crate::alliances::domain::membership::MembershipEvent;
use crate::alliances::domain::membership::MembershipState;
use crate::alliances::domain::membership::Side;
use crate::alliances::face;
use crate::alliances::letters;
use crate::alliances::problems;
use crate::alliances::repo;
use crate::alliances::repo::memberships;
use crate::alliances::repo::memberships::Membership;
use crate::alliances::service::admissions;
use crate::alliances::service::agreeing;
use crate::alliances::service::notes;
use crate::alliances::service::notes::About;
use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::mail::ConsentCategory;
use crate::mail::LetterText;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A membership with the name of its merchant.
#[derive(Debug, Clone)]
pub struct Named {
    pub membership: Membership,
    pub merchant_name: String,
}

/// Asks to join for one's own merchant, or offers it to a merchant as organizer.
///
/// # Errors
/// 404 for an alliance or a merchant that the caller may not know; `alliance_not_listed`; `already_member`.
pub async fn apply(
    act: &Act<'_>,
    alliance: AllianceId,
    merchant: MerchantId,
    consents: &[ConsentCategory],
) -> Result<Named, Failure> {
    let row = repo::alliance(act.tx(), alliance).await?;
    let standing = face::standing(act.tx(), act.caller(), alliance).await?;
    let row = row
        .filter(|row| row.listed || standing.is_some())
        .ok_or_else(|| Refused::not_found("object"))?;
    let user = act.user()?.user;
    let organizer = standing.is_some_and(|s| s.is(Role::Organizer));
    let staff = merchants::staff_of(act.tx(), merchant).await?;
    let is_staff = staff.contains(&user);
    let found = merchants::merchant(act.tx(), merchant).await?;
    let found = found
        .filter(|_| is_staff || organizer)
        .ok_or_else(|| Refused::not_found("merchant"))?;
    act.asker().within(alliance);
    if row.state == face::DISSOLVED {
        act.asker().bar(&problems::ALLIANCE_DISSOLVED, face::ENDED);
    }
    act.enter(None).await?;
    if !row.listed && !organizer {
        return Err(MembershipError::NotListed.into());
    }
    if !is_staff && !consents.is_empty() {
        let detail = "Nobody agrees for somebody else.";
        return Err(Refused::field("#/consents", "not_yours", detail).into());
    }
    let state = if is_staff {
        MembershipState::Applied
    } else {
        MembershipState::Invited
    };
    let membership = insert(act, alliance, merchant, state).await?;
    if let Some(person) = accounts::person(act.tx(), user).await? {
        agreeing::on_joining(act, alliance, &person, consents).await?;
    }
    let about = About {
        merchant_name: &found.name,
        ..About::alliance(&row)
    };
    if is_staff {
        notes::tell_organizers(act, about, &letters::APPLIED).await?;
    } else {
        notes::tell_merchant(act, about, merchant, &letters::MEMBERSHIP_INVITED).await?;
    }
    Ok(Named {
        membership,
        merchant_name: found.name,
    })
}

/// Adds a membership in its first state.
///
/// # Errors
/// `already_member`.
pub async fn insert(
    act: &Act<'_>,
    alliance: AllianceId,
    merchant: MerchantId,
    state: MembershipState,
) -> Result<Membership, Failure> {
    let membership = Membership {
        id: act.fresh(),
        alliance_id: alliance,
        merchant_id: merchant,
        state: state.as_str().to_owned(),
        joined_at: None,
        ended_at: None,
        version: 1,
        created_at: act.now(),
    };
    if !memberships::insert(act.tx(), &membership).await? {
        return Err(MembershipError::AlreadyMember.into());
    }
    let action = format!("membership.{state}");
    let data = json!({ "merchant_id": merchant });
    act.record(&action, Some(alliance), membership.id.0, data)
        .await?;
    Ok(membership)
}

/// The memberships of an alliance, with the names of the merchants.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    state: Option<&str>,
    page: Page,
) -> Result<Slice<Named>, Failure> {
    let admin = look.user().is_ok_and(|user| user.platform_admin)
        && repo::alliance(look.reader(), alliance).await?.is_some();
    if !admin {
        face::admit(look.reader(), look.asker(), alliance).await?;
    }
    let slice = memberships::page(look.reader(), alliance, state, page).await?;
    Ok(slice.map(|(membership, merchant)| Named {
        membership,
        merchant_name: merchant.name,
    }))
}

/// The memberships of a merchant in all alliances, for its staff: so it finds what it was invited to.
///
/// # Errors
/// 404 for everybody else.
pub async fn of_merchant(
    look: &Look<'_>,
    merchant: MerchantId,
    page: Page,
) -> Result<Slice<Named>, Failure> {
    let hidden = || Refused::not_found("merchant");
    let user = look.asker().caller.user().ok_or_else(hidden)?.user;
    if !merchants::staff_of(look.reader(), merchant)
        .await?
        .contains(&user)
    {
        return Err(hidden().into());
    }
    let slice = memberships::page_of_merchant(look.reader(), merchant, page).await?;
    Ok(slice.map(|(membership, merchant)| Named {
        membership,
        merchant_name: merchant.name,
    }))
}

/// A membership, for those who belong to the alliance and for the merchant's staff.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: MembershipId) -> Result<Named, Failure> {
    let row = memberships::one(look.reader(), id).await?;
    let (membership, _) = visible(look.reader(), &look.asker().caller, row).await?;
    named(look.reader(), membership).await
}

/// Which sides the caller stands on.
struct Sides {
    organizer: bool,
    staff: bool,
}

async fn visible(
    c: &impl ConnectionTrait,
    caller: &Caller,
    row: Option<Membership>,
) -> Result<(Membership, Sides), Failure> {
    let hidden = || Refused::not_found("membership");
    let row = row.ok_or_else(hidden)?;
    let user = caller.user().ok_or_else(hidden)?.user;
    let standing = face::standing(c, caller, row.alliance_id).await?;
    let sides = Sides {
        staff: merchants::staff_of(c, row.merchant_id)
            .await?
            .contains(&user),
        organizer: standing.as_ref().is_some_and(|s| s.is(Role::Organizer)),
    };
    if sides.staff || standing.is_some() {
        Ok((row, sides))
    } else {
        Err(hidden().into())
    }
}

async fn named(c: &impl ConnectionTrait, membership: Membership) -> Result<Named, Failure> {
    let merchant = merchants::merchant(c, membership.merchant_id).await?;
    Ok(Named {
        membership,
        merchant_name: merchant.map(|m| m.name).unwrap_or_default(),
    })
}

/// Lets an event happen to a membership.
///
/// # Errors
/// 404 for strangers; 403 for the wrong side; 412; `illegal_transition`.
pub async fn transition(
    act: &Act<'_>,
    id: MembershipId,
    event: MembershipEvent,
) -> Result<Named, Failure> {
    let row = admitted(act, id, event).await?;
    act.enter(Some(row.version)).await?;
    carry_out(act, row, event).await
}

/// A locked membership, for a caller on a side that may bring the event about.
async fn admitted(
    act: &Act<'_>,
    id: MembershipId,
    event: MembershipEvent,
) -> Result<Membership, Failure> {
    let row = memberships::lock(act.tx(), id).await?;
    let (row, sides) = visible(act.tx(), act.caller(), row).await?;
    act.asker().within(row.alliance_id);
    let state = state_of(&row)?;
    let allowed = event.sides(state).iter().any(|side| match side {
        Side::Alliance => sides.organizer,
        Side::Merchant => sides.staff,
    });
    if !allowed {
        let detail = "The other side of this membership, or another role, has to do this.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    Ok(row)
}

/// Writes the event and tells the other side.
async fn carry_out(
    act: &Act<'_>,
    row: Membership,
    event: MembershipEvent,
) -> Result<Named, Failure> {
    let row = match event {
        MembershipEvent::Approve => {
            let agreed_by = act.caller().user().map(|user| user.user);
            admissions::let_in(act, row, agreed_by).await?
        }
        MembershipEvent::Decline => {
            admissions::end_with(act, row.id).await?;
            move_on(act, row, event).await?
        }
        _ => move_on(act, row, event).await?,
    };
    let waits = event == MembershipEvent::Approve && state_of(&row)? != MembershipState::Active;
    let named = named(act.tx(), row).await?;
    if !waits {
        tell(act, &named, event).await?;
    }
    Ok(named)
}

/// A locked membership, for a caller who runs its alliance: expelling it is decided elsewhere.
///
/// # Errors
/// 404 for strangers; 403 for everybody but organizers.
pub async fn to_expel(act: &Act<'_>, id: MembershipId) -> Result<Membership, Failure> {
    admitted(act, id, MembershipEvent::Expel).await
}

/// A locked membership, for the service itself.
///
/// # Errors
/// When the database fails.
pub async fn lock_membership(
    act: &Act<'_>,
    id: MembershipId,
) -> Result<Option<Membership>, Failure> {
    Ok(memberships::lock(act.tx(), id).await?)
}

/// Passes a membership that can end by expulsion.
///
/// # Errors
/// `illegal_transition`.
pub fn require_expellable(row: &Membership) -> Result<(), Failure> {
    state_of(row)?.after(MembershipEvent::Expel)?;
    Ok(())
}

/// Expels a member that the caller holds locked; whoever calls this has the decision for it.
///
/// # Errors
/// `illegal_transition`.
pub async fn expel(act: &Act<'_>, row: Membership) -> Result<Named, Failure> {
    carry_out(act, row, MembershipEvent::Expel).await
}

/// The state that a row holds.
pub fn state_of(row: &Membership) -> Result<MembershipState, Failure> {
    MembershipState::parse(&row.state).ok_or_else(|| {
        anyhow::anyhow!("membership {} has the state '{}'", row.id, row.state).into()
    })
}

/// Writes the state after `event`, with its time, and publishes it.
///
/// # Errors
/// `illegal_transition`.
pub async fn move_on(
    act: &Act<'_>,
    mut row: Membership,
    event: MembershipEvent,
) -> Result<Membership, Failure> {
    let next = state_of(&row)?.after(event)?;
    if event == MembershipEvent::Approve {
        row.joined_at = Some(act.now());
    }
    if next.has_ended() {
        row.ended_at = Some(act.now());
    }
    next.as_str().clone_into(&mut row.state);
    row.version += 1;
    memberships::update(act.tx(), &row).await?;
    let fact = event.fact();
    let data = json!({ "membership_id": row.id, "merchant_id": row.merchant_id, "state": next });
    act.record(fact, Some(row.alliance_id), row.id.0, data.clone())
        .await?;
    act.publish(fact, Some(row.alliance_id), data).await?;
    Ok(row)
}

async fn tell(act: &Act<'_>, named: &Named, event: MembershipEvent) -> Result<(), Failure> {
    let alliance = named.membership.alliance_id;
    let Some(row) = repo::alliance(act.tx(), alliance).await? else {
        return Ok(());
    };
    let about = About {
        merchant_name: &named.merchant_name,
        ..About::alliance(&row)
    };
    let text: &LetterText<'_> = match event {
        MembershipEvent::Approve => &letters::MEMBERSHIP_APPROVED,
        MembershipEvent::Decline => &letters::MEMBERSHIP_DECLINED,
        MembershipEvent::Suspend => &letters::MEMBERSHIP_SUSPENDED,
        MembershipEvent::Reinstate => &letters::MEMBERSHIP_REINSTATED,
        MembershipEvent::Leave => &letters::MEMBERSHIP_LEFT,
        MembershipEvent::Expel => &letters::MEMBERSHIP_EXPELLED,
        MembershipEvent::Expire => return Ok(()),
    };
    let doer = act.caller().user().map(|user| user.user);
    let merchant = named.membership.merchant_id;
    let staff = merchants::staff_of(act.tx(), merchant).await?;
    if doer.is_some_and(|doer| staff.contains(&doer)) {
        notes::tell_organizers(act, about, text).await
    } else {
        notes::tell_merchant(act, about, merchant, text).await
    }
}
