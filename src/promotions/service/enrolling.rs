//! Members join a promotion with their products.

use serde_json::json;

use crate::alliances;
use crate::alliances::Member;
use crate::alliances::Standing;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::merchants;
use crate::platform::act::Act;
use crate::promotions::domain::claims;
use crate::promotions::domain::enrolment;
use crate::promotions::domain::enrolment::EnrolmentState;
use crate::promotions::domain::enrolment::WindowRefused;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::offers;
use crate::promotions::domain::offers::Accepted;
use crate::promotions::domain::offers::Bar;
use crate::promotions::domain::offers::Offer;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::repo::enrolments;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::service::blackouts;
use crate::promotions::service::enrolled;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use crate::promotions::service::price_log;
use crate::promotions::service::rivals;

/// A wish to take part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    pub items: &'a [Offer],
    /// Enrolments elsewhere that are given up for this one.
    pub instead_of: &'a [EnrolmentId],
    /// Why an organizer lets the member in after the deadline.
    pub override_reason: Option<&'a str>,
    /// Who enrols; nobody where a mailed link did.
    pub by: Option<UserId>,
    /// Whether whoever enrols acts for the member, and may read what it does elsewhere.
    pub for_own: bool,
}

/// Enrols a member: one's own, or any for an organizer.
///
/// # Errors
/// 404 and 403; 422 for each product that is not taken; 409 outside the window, without a free place, twice,
/// in a blackout of the member, or beside another promotion that excludes it.
pub async fn enrol(
    act: &Act<'_>,
    id: PromotionId,
    member: Option<MembershipId>,
    wish: Wish<'_>,
) -> Result<Enrolment, Failure> {
    let glance = loaded::find(act.tx(), id)
        .await?
        .ok_or_else(loaded::missing)?;
    let alliance = glance.row.alliance_id;
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    let member = acting_for(act, &standing, member).await?;
    if wish.override_reason.is_some() && !standing.is(Role::Organizer) {
        let detail = "Only an organizer lets a member in after the deadline.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    act.enter(None).await?;
    // Whoever comes to a full promotion need not wait for its lock.
    let full = glance
        .row
        .capacity
        .is_some_and(|most| glance.row.enrolled >= most);
    if full && !enrolments::is_enrolled(act.tx(), id, member.membership).await? {
        return Err(no_place(&glance).into());
    }
    let loaded = loaded::lock(act.tx(), id).await?;
    let for_own = standing
        .memberships
        .iter()
        .any(|(mine, _)| *mine == member.membership);
    let wish = Wish {
        by: Some(standing.user),
        for_own,
        ..wish
    };
    join(act, &loaded, &member, wish).await
}

async fn acting_for(
    act: &Act<'_>,
    standing: &Standing,
    wanted: Option<MembershipId>,
) -> Result<Member, Failure> {
    let id = match wanted.filter(|_| standing.is(Role::Organizer)) {
        Some(id) => id,
        None => standing.acting_for(wanted)?,
    };
    alliances::active_member(act.tx(), standing.alliance.id, id)
        .await?
        .ok_or_else(|| Refused::not_found("membership").into())
}

/// Enrols a member in a locked promotion.
///
/// # Errors
/// As [`enrol`].
pub(super) async fn join(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    wish: Wish<'_>,
) -> Result<Enrolment, Failure> {
    let items = accept(act, loaded, member, wish.items).await?;
    let state = loaded.state(act.now())?;
    if matches!(
        state,
        PromotionState::Draft | PromotionState::Proposed | PromotionState::Cancelled
    ) {
        return Err(Refused::illegal_transition(state.as_str(), "enrol", &[]).into());
    }
    let late = in_time(act, loaded, wish.override_reason)?;
    // Of two enrolments of one merchant the second sees the first.
    merchants::lock_merchant(act.tx(), member.merchant).await?;
    make_room(act, loaded, member, &items, wish).await?;
    let terms = loaded.terms()?;
    let state = if terms.needs_approval {
        EnrolmentState::Pending
    } else {
        EnrolmentState::Approved
    };
    let row = Enrolment {
        id: act.fresh(),
        alliance_id: loaded.row.alliance_id,
        promotion_id: loaded.row.id,
        membership_id: member.membership,
        state: state.as_str().to_owned(),
        items: json!(items),
        enrolled_by: wish.by,
        late_reason: late.map(str::to_owned),
        end_reason: None,
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
        return Err(no_place(loaded).into());
    }
    if let Some(reason) = late {
        let data = json!({ "membership_id": member.membership, "reason": reason });
        let alliance = Some(loaded.row.alliance_id);
        act.record("enrolment.let_in_late", alliance, row.id.0, data)
            .await?;
    }
    enrolled::record(act, &row, "enrolment.created").await?;
    Ok(row)
}

fn no_place(loaded: &Loaded) -> Refused {
    Refused::new(
        &problems::CAPACITY_REACHED,
        "Every place of this promotion is taken.",
    )
    .with("capacity", loaded.row.capacity)
}

/// Passes in time, or late with a reason while there is still something to sell; answers the reason.
fn in_time<'a>(
    act: &Act<'_>,
    loaded: &Loaded,
    reason: Option<&'a str>,
) -> Result<Option<&'a str>, Failure> {
    match enrolment::open_until(&loaded.windows(), act.now().to_utc()) {
        Ok(_) => Ok(None),
        Err(WindowRefused::Closed { .. }) if reason.is_some() && act.now() < loaded.row.main_to => {
            Ok(reason)
        }
        Err(refused) => Err(refused.into()),
    }
}

/// Accepts the products of a member by the terms of the promotion and the country's rules.
///
/// # Errors
/// Every rule that a product breaks.
pub(super) async fn accept(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    items: &[Offer],
) -> Result<Vec<Accepted>, Failure> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let alliance = alliances::alliance(act.tx(), loaded.row.alliance_id)
        .await?
        .ok_or_else(loaded::missing)?;
    let pack = alliances::by_laws(act.tx(), alliance.id)
        .await?
        .country_pack;
    let whose = (member.merchant, alliance.currency);
    let priced = items.iter().filter(|offer| offer.price_minor.is_some());
    let skus = priced.map(|offer| offer.sku.as_str());
    let log = price_log::known(act.tx(), whose, skus, pack, act.now()).await?;
    let phases: Vec<_> = loaded.windows().into_iter().map(|w| w.name).collect();
    let bar = Bar {
        terms: &loaded.terms()?,
        phases: &phases,
        pack,
        log: &log,
        now: act.now().to_utc(),
    };
    Ok(offers::accept(items, bar)?)
}

/// Passes a member that is free at the time, or gives up for this what it named.
async fn make_room(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    items: &[Accepted],
    wish: Wish<'_>,
) -> Result<(), Failure> {
    let members = rivals::memberships(act.tx(), member.merchant).await?;
    let part = rivals::part_of(loaded, items)?;
    let closed = blackouts::of_members(act.tx(), &members).await?;
    blackouts::refuse_within(&closed, &claims::selling(&loaded.windows()))?;
    let others = rivals::of(act.tx(), &members, Some(loaded.row.id)).await?;
    let mut clashes = rivals::clashes(&part, &others);
    clashes.retain(|clash| !wish.instead_of.contains(&clash.enrolment));
    if !clashes.is_empty() {
        return Err(rivals::refuse(&clashes, wish.for_own).into());
    }
    for given_up in wish.instead_of {
        let ours = others.iter().any(|rival| rival.enrolment.id == *given_up);
        if !(ours && wish.for_own) {
            return Err(Refused::not_found("enrolment").into());
        }
        enrolled::give_up(act, *given_up, "instead").await?;
    }
    Ok(())
}

/// Passes products changed later: they may reach where the old ones did not.
///
/// # Errors
/// 409 `promotion_conflict`.
pub(super) async fn still_free(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    items: &[Accepted],
    reveal: bool,
) -> Result<(), Failure> {
    merchants::lock_merchant(act.tx(), member.merchant).await?;
    let members = rivals::memberships(act.tx(), member.merchant).await?;
    let others = rivals::of(act.tx(), &members, Some(loaded.row.id)).await?;
    let clashes = rivals::clashes(&rivals::part_of(loaded, items)?, &others);
    if clashes.is_empty() {
        Ok(())
    } else {
        Err(rivals::refuse(&clashes, reveal).into())
    }
}
