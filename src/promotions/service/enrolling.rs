//! Members join a promotion, take it back, and are taken or turned down.

use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::enrolment;
use crate::promotions::domain::enrolment::EnrolmentEvent;
use crate::promotions::domain::enrolment::EnrolmentState;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::letters;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::repo::enrolments;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use crate::promotions::service::notices;

/// A product that a member brings. It never carries a price: members set theirs alone.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The member's own number of the product.
    #[garde(custom(text::line))]
    #[schema(max_length = 80, example = "TEA-250")]
    pub sku: String,
    /// Its name.
    #[garde(custom(text::line))]
    #[schema(max_length = 80, example = "West Lake Longjing, 250 g")]
    pub title: String,
}

/// Enrols a member: one's own, or any for an organizer.
///
/// # Errors
/// 404 and 403; 409 outside the window, without a free place, or twice.
pub async fn enrol(
    act: &Act<'_>,
    id: PromotionId,
    member: Option<MembershipId>,
    items: &[Item],
) -> Result<Enrolment, Failure> {
    let (loaded, standing) = loaded::admit(act, id).await?;
    let member = acting_for(act, &standing, member).await?;
    act.enter(None).await?;
    join(act, &loaded, member, items, Some(standing.user)).await
}

async fn acting_for(
    act: &Act<'_>,
    standing: &Standing,
    wanted: Option<MembershipId>,
) -> Result<MembershipId, Failure> {
    let Some(id) = wanted.filter(|_| standing.is(Role::Organizer)) else {
        return standing.acting_for(wanted);
    };
    alliances::active_member(act.tx(), standing.alliance.id, id)
        .await?
        .map(|member| member.membership)
        .ok_or_else(|| Refused::not_found("membership").into())
}

/// Enrols a member in a locked promotion.
///
/// # Errors
/// 409 outside the window, without a free place, or twice.
pub(super) async fn join(
    act: &Act<'_>,
    loaded: &Loaded,
    member: MembershipId,
    items: &[Item],
    by: Option<UserId>,
) -> Result<Enrolment, Failure> {
    let state = loaded.state(act.now())?;
    if matches!(
        state,
        PromotionState::Draft | PromotionState::Proposed | PromotionState::Cancelled
    ) {
        return Err(Refused::illegal_transition(state.as_str(), "enrol", &[]).into());
    }
    enrolment::open_until(&loaded.windows(), act.now().to_utc())?;
    let row = Enrolment {
        id: act.fresh(),
        alliance_id: loaded.row.alliance_id,
        promotion_id: loaded.row.id,
        membership_id: member,
        state: EnrolmentState::Pending.as_str().to_owned(),
        items: json!(items),
        enrolled_by: by,
        version: 1,
        created_at: act.now(),
    };
    if !enrolments::insert(act.tx(), row.clone()).await? {
        return Err(Refused::new(
            &problems::ALREADY_ENROLLED,
            "This member has enrolled in this promotion.",
        )
        .into());
    }
    if !repo::take_place(act.tx(), loaded.row.id).await? {
        return Err(Refused::new(
            &problems::CAPACITY_REACHED,
            "Every place of this promotion is taken.",
        )
        .with("capacity", loaded.row.capacity)
        .into());
    }
    record(act, &row, "enrolment.created").await?;
    Ok(row)
}

async fn record(act: &Act<'_>, row: &Enrolment, fact: &str) -> Result<(), Failure> {
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
    let begins = loaded.row.main_from;
    if begins <= act.now() {
        return Err(Refused::new(&kinds::DEADLINE_PASSED, "The sale has begun.")
            .with("closes_at", begins.to_string())
            .into());
    }
    after(act, row, EnrolmentEvent::Withdraw).await
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
    enrolments::set_state(act.tx(), &row).await?;
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

/// Until the sale begins, members know of their own enrolments alone.
fn sees_all(standing: &Standing, loaded: &Loaded, now: Instant) -> bool {
    standing.is_any(&[Role::Organizer, Role::Observer]) || loaded.row.main_from <= now
}

fn sees(standing: &Standing, loaded: &Loaded, row: &Enrolment, now: Instant) -> bool {
    owns(standing, row) || sees_all(standing, loaded, now)
}

/// One enrolment, for those who may know of it.
///
/// # Errors
/// 404 for everybody else.
pub async fn read(look: &Look<'_>, id: EnrolmentId) -> Result<Enrolment, Failure> {
    let row = enrolments::enrolment(look.reader(), id)
        .await?
        .ok_or_else(missing)?;
    let standing = alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    let loaded = loaded::find(look.reader(), row.promotion_id)
        .await?
        .ok_or_else(missing)?;
    let now = look.now().await?;
    if sees(&standing, &loaded, &row, now) {
        Ok(row)
    } else {
        Err(missing().into())
    }
}

/// The enrolments that the caller may know of.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    id: PromotionId,
    page: Page,
) -> Result<Slice<Enrolment>, Failure> {
    let loaded = loaded::find(look.reader(), id)
        .await?
        .ok_or_else(loaded::missing)?;
    let alliance = loaded.row.alliance_id;
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let mine: Vec<MembershipId> = standing.memberships.iter().map(|(id, _)| *id).collect();
    let all = sees_all(&standing, &loaded, look.now().await?);
    let only = (!all).then_some(mine.as_slice());
    Ok(enrolments::list(look.reader(), id, only, page).await?)
}
