//! The case against a member before the vote: announced with its reasons, answered, heard, or dropped.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ExpulsionId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;
use crate::mandates::domain::expulsion::ExpulsionEvent;
use crate::mandates::domain::expulsion::ExpulsionState;
use crate::mandates::letters;
use crate::mandates::problems;
use crate::mandates::repo::expulsions as repo;
use crate::mandates::repo::expulsions::Expulsion;
use crate::mandates::service::mailing;
use crate::merchants;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Who reads a case before it is heard, beside the member concerned.
const BACKSTAGE: [Role; 3] = [Role::Organizer, Role::Treasurer, Role::Observer];

/// Opens a case: the member is told the reasons and when it is heard.
///
/// # Errors
/// 404, 403; 422 `hearing_too_soon`; 409 where the member is gone or a case is open.
pub async fn open(
    act: &Act<'_>,
    member: MembershipId,
    reasons: &str,
    hearing_at: Instant,
) -> Result<Expulsion, Failure> {
    let membership = alliances::to_expel(act, member).await?;
    act.enter(None).await?;
    let by_laws = alliances::by_laws(act.tx(), membership.alliance_id).await?;
    let days = by_laws.hearing_days;
    let earliest = act.now().plus(TimeDelta::days(days.into()));
    if hearing_at < earliest {
        let detail = format!("The by-laws give a member {days} days to prepare for its hearing.");
        return Err(Refused::new(&problems::HEARING_TOO_SOON, detail)
            .with("days", days)
            .with("earliest", earliest.to_string())
            .into());
    }
    alliances::require_expellable(&membership)?;
    let row = Expulsion {
        id: act.fresh(),
        alliance_id: membership.alliance_id,
        membership_id: member,
        reasons: reasons.to_owned(),
        hearing_at,
        state: ExpulsionState::Announced.as_str().to_owned(),
        statement: None,
        stated_at: None,
        minutes: None,
        heard_at: None,
        ended_at: None,
        mandate_id: None,
        opened_by: act.user()?.user,
        version: 1,
        created_at: act.now(),
    };
    if !repo::insert(act.tx(), row.clone()).await? {
        let detail = "Drop the open case first, or put it to the vote.";
        return Err(Refused::new(&problems::EXPULSION_OPEN, detail).into());
    }
    note(act, &row, "expulsion.announced").await?;
    let zone = alliances::alliance(act.tx(), row.alliance_id)
        .await?
        .map(|alliance| alliance.time_zone)
        .unwrap_or_default();
    let here = hearing_at.to_utc().with_timezone(&zone);
    let vars = json!({
        "case": row.id,
        "reasons": row.reasons,
        "hearing_at": here.format("%Y-%m-%d %H:%M").to_string(),
        "time_zone": zone.to_string(),
    });
    mailing::tell_member(act, row.alliance_id, member, &letters::HEARING, &vars).await?;
    Ok(row)
}

/// The journal says that it happened; what was said stays in the case.
pub(super) async fn note(act: &Act<'_>, row: &Expulsion, action: &str) -> Result<(), Failure> {
    let data = json!({ "membership_id": row.membership_id, "mandate_id": row.mandate_id });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The state that a row holds.
///
/// # Errors
/// When the database holds a word that is none.
pub(super) fn state_of(row: &Expulsion) -> Result<ExpulsionState, Failure> {
    ExpulsionState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("expulsion {} is '{}'", row.id, row.state).into())
}

/// Moves a case on, without writing it.
pub(super) fn advance(row: &mut Expulsion, event: ExpulsionEvent) -> Result<(), Failure> {
    let next = state_of(row)?.after(event)?;
    next.as_str().clone_into(&mut row.state);
    Ok(())
}

/// Takes the answer of the member concerned; a later one replaces it until the hearing is over.
///
/// # Errors
/// 404 for strangers, 403 for everybody else in the alliance, 412, 409 after the hearing.
pub async fn answer(act: &Act<'_>, id: ExpulsionId, statement: &str) -> Result<Expulsion, Failure> {
    let row = repo::lock(act.tx(), id).await?;
    let (mut row, sight) = visible(act.tx(), act.caller(), row).await?;
    act.asker().within(row.alliance_id);
    if !sight.concerned {
        let detail = "Only the people of the member concerned may answer.";
        return Err(Refused::new(&kinds::ROLE_REQUIRED, detail).into());
    }
    act.enter(Some(row.version)).await?;
    advance(&mut row, ExpulsionEvent::Answer)?;
    row.statement = Some(statement.to_owned());
    row.stated_at = Some(act.now());
    repo::save(act.tx(), &mut row).await?;
    note(act, &row, "expulsion.answered").await?;
    Ok(row)
}

/// Ends the hearing; from then on the case is fixed and can be put to the vote.
///
/// # Errors
/// 404, 403, 412; 409 before its hour or where it is over.
pub async fn hear(act: &Act<'_>, id: ExpulsionId, minutes: &str) -> Result<Expulsion, Failure> {
    let mut row = to_change(act, id).await?;
    advance(&mut row, ExpulsionEvent::Hear)?;
    if act.now() < row.hearing_at {
        let detail = "The member was told a later hour.";
        return Err(Refused::new(&problems::HEARING_TO_COME, detail)
            .with("hearing_at", row.hearing_at.to_string())
            .into());
    }
    row.minutes = Some(minutes.to_owned());
    row.heard_at = Some(act.now());
    repo::save(act.tx(), &mut row).await?;
    note(act, &row, "expulsion.heard").await?;
    Ok(row)
}

/// Gives a case up; what was voted on it permits nothing any more.
///
/// # Errors
/// 404, 403, 412; 409 where it is over.
pub async fn give_up(act: &Act<'_>, id: ExpulsionId) -> Result<Expulsion, Failure> {
    let mut row = to_change(act, id).await?;
    drop_case(act, &mut row).await?;
    let (alliance, member) = (row.alliance_id, row.membership_id);
    mailing::tell_member(act, alliance, member, &letters::DROPPED, &json!({})).await?;
    Ok(row)
}

pub(super) async fn drop_case(act: &Act<'_>, row: &mut Expulsion) -> Result<(), Failure> {
    advance(row, ExpulsionEvent::Drop)?;
    row.ended_at = Some(act.now());
    repo::save(act.tx(), row).await?;
    note(act, row, "expulsion.dropped").await
}

async fn to_change(act: &Act<'_>, id: ExpulsionId) -> Result<Expulsion, Failure> {
    let row = repo::lock(act.tx(), id).await?;
    let (row, _) = visible(act.tx(), act.caller(), row).await?;
    alliances::admit(act.tx(), act.asker(), row.alliance_id).await?;
    act.enter(Some(row.version)).await?;
    Ok(row)
}

/// What the caller is to a case.
struct Sight {
    concerned: bool,
}

/// 404 unless the caller belongs to the member concerned, runs or observes the alliance, or is a member and
/// the case was heard.
async fn visible(
    c: &impl ConnectionTrait,
    caller: &Caller,
    row: Option<Expulsion>,
) -> Result<(Expulsion, Sight), Failure> {
    let hidden = || Refused::not_found("expulsion");
    let row = row.ok_or_else(hidden)?;
    let user = caller.user().ok_or_else(hidden)?.user;
    let standing = alliances::standing(c, caller, row.alliance_id).await?;
    let member = alliances::member(c, row.alliance_id, row.membership_id).await?;
    let concerned = match member {
        Some(member) => merchants::staff_of(c, member.merchant)
            .await?
            .contains(&user),
        None => false,
    };
    let may = |standing: Standing| {
        standing.is_any(&BACKSTAGE) || (standing.is(Role::Member) && row.heard_at.is_some())
    };
    if concerned || standing.is_some_and(may) {
        Ok((row, Sight { concerned }))
    } else {
        Err(hidden().into())
    }
}

/// One case.
///
/// # Errors
/// 404 for strangers, and for members before it was heard.
pub async fn read(look: &Look<'_>, id: ExpulsionId) -> Result<Expulsion, Failure> {
    let row = repo::find(look.reader(), id).await?;
    Ok(visible(look.reader(), &look.asker().caller, row).await?.0)
}

/// The cases of an alliance: all of them for those who run or observe it; members see those that were heard,
/// and their own.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Expulsion>, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let own: Vec<MembershipId> = standing.memberships.iter().map(|(id, _)| *id).collect();
    let of = (!standing.is_any(&BACKSTAGE)).then_some(own.as_slice());
    Ok(repo::page(look.reader(), alliance, of, page).await?)
}
