//! What becomes of an enrolment: decided, changed, taken back, or ended with the membership; and who sees it.

use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::enrolment;
use crate::promotions::domain::enrolment::EnrolmentEvent;
use crate::promotions::domain::enrolment::EnrolmentState;
use crate::promotions::domain::offers::Offer;
use crate::promotions::letters;
use crate::promotions::repo;
use crate::promotions::repo::enrolments;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::repo::enrolments::Which;
use crate::promotions::service::enrolling;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use crate::promotions::service::notices;

/// An enrolment as one caller may see it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub row: Enrolment,
    /// Whether stock and prior prices are shown: to the member and to those who decide.
    pub in_full: bool,
}

/// Records and publishes what happened to an enrolment.
pub(super) async fn record(act: &Act<'_>, row: &Enrolment, fact: &str) -> Result<(), Failure> {
    let data = json!({
        "enrolment_id": row.id,
        "promotion_id": row.promotion_id,
        "membership_id": row.membership_id,
    });
    let alliance = Some(row.alliance_id);
    act.record(fact, alliance, row.id.0, data.clone()).await?;
    act.publish(fact, alliance, data).await?;
    Ok(())
}

/// Takes an enrolment or turns it down, and tells the member.
///
/// # Errors
/// 404, 403, 412; 409 where it was decided or withdrawn.
pub async fn decide(
    act: &Act<'_>,
    id: EnrolmentId,
    event: EnrolmentEvent,
) -> Result<Enrolment, Failure> {
    let (loaded, _, row) = admit(act, id).await?;
    act.enter(Some(row.version)).await?;
    let row = after(act, row, event).await?;
    let text = match event {
        EnrolmentEvent::Approve => &letters::APPROVED,
        EnrolmentEvent::Reject | EnrolmentEvent::Withdraw => &letters::REJECTED,
    };
    notices::tell_member(act, &loaded, row.membership_id, text).await?;
    Ok(row)
}

/// Takes an enrolment back, until the sale begins.
///
/// # Errors
/// 404, 403, 412; 409 where it holds no place, or the sale has begun.
pub async fn withdraw(act: &Act<'_>, id: EnrolmentId) -> Result<Enrolment, Failure> {
    let (loaded, standing, row) = admit(act, id).await?;
    if !(owns(&standing, &row) || standing.is(Role::Organizer)) {
        return Err(Refused::new(
            &kinds::ROLE_REQUIRED,
            "Only the member itself or an organizer may withdraw it.",
        )
        .into());
    }
    act.enter(Some(row.version)).await?;
    before_the_sale(act, &loaded)?;
    after(act, row, EnrolmentEvent::Withdraw).await
}

fn before_the_sale(act: &Act<'_>, loaded: &Loaded) -> Result<(), Refused> {
    let begins = loaded.row.main_from;
    if act.now() < begins {
        return Ok(());
    }
    Err(Refused::new(&kinds::DEADLINE_PASSED, "The sale has begun.")
        .with("closes_at", begins.to_string()))
}

/// Puts other products in the place of those told so far. What was approved is decided again.
///
/// # Errors
/// 404, 403, 412; 422 for each product that is not taken; 409 outside the windows for products, where the
/// enrolment holds no place, or where they clash with another promotion.
pub async fn replace_items(
    act: &Act<'_>,
    id: EnrolmentId,
    items: &[Offer],
) -> Result<Enrolment, Failure> {
    let (loaded, standing, mut row) = admit(act, id).await?;
    if !owns(&standing, &row) {
        let detail = "Only the member itself says what it offers.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    act.enter(Some(row.version)).await?;
    let member = alliances::active_member(act.tx(), row.alliance_id, row.membership_id)
        .await?
        .ok_or_else(missing)?;
    let accepted = enrolling::accept(act, &loaded, &member, items).await?;
    let state = state_of(&row)?;
    if !state.holds_place() {
        return Err(Refused::illegal_transition(state.as_str(), "change", &[]).into());
    }
    enrolment::items_open(&loaded.windows(), act.now().to_utc())?;
    enrolling::still_free(act, &loaded, &member, &accepted, true).await?;
    row.items = json!(accepted);
    if loaded.terms()?.needs_approval {
        EnrolmentState::Pending.as_str().clone_into(&mut row.state);
    }
    row.version += 1;
    enrolments::save(act.tx(), &row).await?;
    record(act, &row, "enrolment.changed").await?;
    Ok(row)
}

/// Withdraws an enrolment whose sale has not begun, for a reason of its own.
///
/// # Errors
/// 409 where its sale has begun or it holds no place.
pub(super) async fn give_up(act: &Act<'_>, id: EnrolmentId, reason: &str) -> Result<(), Failure> {
    let found = enrolments::enrolment(act.tx(), id)
        .await?
        .ok_or_else(missing)?;
    let loaded = loaded::lock(act.tx(), found.promotion_id).await?;
    before_the_sale(act, &loaded)?;
    let mut row = enrolments::lock_enrolment(act.tx(), id)
        .await?
        .ok_or_else(missing)?;
    row.end_reason = Some(reason.to_owned());
    after(act, row, EnrolmentEvent::Withdraw).await?;
    Ok(())
}

/// Ends what a membership that has ended still takes part in. Sales that have begun are seen through:
/// customers count on them. Answers how many were ended.
///
/// # Errors
/// When the database fails.
pub(super) async fn end_with_membership(
    act: &Act<'_>,
    member: MembershipId,
) -> Result<u64, Failure> {
    let mut ended = 0;
    for row in enrolments::living_of(act.tx(), &[member]).await? {
        let loaded = loaded::lock(act.tx(), row.promotion_id).await?;
        if loaded.row.main_from <= act.now() {
            continue;
        }
        let Some(mut row) = enrolments::lock_enrolment(act.tx(), row.id).await? else {
            continue;
        };
        if state_of(&row)?.holds_place() {
            row.end_reason = Some("membership_ended".to_owned());
            after(act, row, EnrolmentEvent::Withdraw).await?;
            ended += 1;
        }
    }
    Ok(ended)
}

async fn after(
    act: &Act<'_>,
    mut row: Enrolment,
    event: EnrolmentEvent,
) -> Result<Enrolment, Failure> {
    let old = state_of(&row)?;
    let state = old.after(event)?;
    row.state = state.as_str().to_owned();
    row.version += 1;
    enrolments::save(act.tx(), &row).await?;
    if old.holds_place() && !state.holds_place() {
        repo::free_place(act.tx(), row.promotion_id).await?;
    }
    record(act, &row, &format!("enrolment.{state}")).await?;
    Ok(row)
}

fn state_of(row: &Enrolment) -> Result<EnrolmentState, Failure> {
    EnrolmentState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("enrolment {} has the state '{}'", row.id, row.state).into())
}

/// The enrolment with its promotion, both locked in this order.
async fn admit(act: &Act<'_>, id: EnrolmentId) -> Result<(Loaded, Standing, Enrolment), Failure> {
    let found = enrolments::enrolment(act.tx(), id)
        .await?
        .ok_or_else(missing)?;
    let loaded = loaded::lock(act.tx(), found.promotion_id).await?;
    let standing = alliances::standing(act.tx(), act.caller(), found.alliance_id)
        .await?
        .ok_or_else(missing)?;
    if !sees(&standing, &loaded, &found, act.now()) {
        return Err(missing().into());
    }
    alliances::admit(act.tx(), act.asker(), found.alliance_id).await?;
    let row = enrolments::lock_enrolment(act.tx(), id)
        .await?
        .ok_or_else(missing)?;
    Ok((loaded, standing, row))
}

fn missing() -> Refused {
    Refused::not_found("enrolment")
}

fn owns(standing: &Standing, row: &Enrolment) -> bool {
    let mut mine = standing.memberships.iter();
    mine.any(|(membership, _)| *membership == row.membership_id)
}

/// Those who decide on enrolments and those who watch over it see all from the beginning.
fn oversees(standing: &Standing) -> bool {
    standing.is_any(&[Role::Organizer, Role::Observer])
}

/// Before its first offers go public members know of their own enrolments alone, and then of those that take part.
fn sees(standing: &Standing, loaded: &Loaded, row: &Enrolment, now: Instant) -> bool {
    let takes_part = EnrolmentState::parse(&row.state).is_some_and(EnrolmentState::holds_place);
    owns(standing, row) || oversees(standing) || (loaded.public_from() <= now && takes_part)
}

fn shown(standing: &Standing, row: Enrolment) -> Shown {
    Shown {
        in_full: owns(standing, &row) || oversees(standing),
        row,
    }
}

/// One enrolment, for those who may know of it.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: EnrolmentId) -> Result<Shown, Failure> {
    let row = enrolments::enrolment(look.reader(), id)
        .await?
        .ok_or_else(missing)?;
    let standing = alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    let loaded = loaded::find(look.reader(), row.promotion_id)
        .await?
        .ok_or_else(missing)?;
    let now = look.now().await?;
    if sees(&standing, &loaded, &row, now) {
        Ok(shown(&standing, row))
    } else {
        Err(missing().into())
    }
}

/// The enrolments that the caller may know of.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, id: PromotionId, page: Page) -> Result<Slice<Shown>, Failure> {
    let loaded = loaded::find(look.reader(), id)
        .await?
        .ok_or_else(loaded::missing)?;
    let alliance = loaded.row.alliance_id;
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let mine: Vec<MembershipId> = standing.memberships.iter().map(|(id, _)| *id).collect();
    let which = if oversees(&standing) {
        Which::All
    } else if loaded.public_from() <= look.now().await? {
        Which::OfAndLiving(&mine)
    } else {
        Which::Of(&mine)
    };
    let found = enrolments::list(look.reader(), id, which, page).await?;
    Ok(found.map(|row| shown(&standing, row)))
}
