//! Admissions: where the by-laws give members time to object, a merchant that both sides agreed on waits for it. The
//! membership stays applied or invited until then.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances::domain::admission;
use crate::alliances::domain::admission::AdmissionState;
use crate::alliances::domain::admission::Step;
use crate::alliances::domain::membership::MembershipEvent;
use crate::alliances::face;
use crate::alliances::letters;
use crate::alliances::problems;
use crate::alliances::repo;
use crate::alliances::repo::admissions;
use crate::alliances::repo::admissions::Admission;
use crate::alliances::repo::admissions::Objection;
use crate::alliances::repo::memberships::Membership;
use crate::alliances::repo::tenants;
use crate::alliances::service::admission_letters;
use crate::alliances::service::memberships;
use crate::kernel::ids::AdmissionId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ObjectionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;

/// An admission with what was said against it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub admission: Admission,
    pub objections: Vec<Objection>,
}

/// Lets a merchant in that both sides agreed on: at once, or after the time that members have to object. Where there
/// are no members yet nobody could.
///
/// # Errors
/// `illegal_transition`; 409 `admission_open`.
pub async fn let_in(
    act: &Act<'_>,
    row: Membership,
    agreed_by: Option<UserId>,
) -> Result<Membership, Failure> {
    let alliance = row.alliance_id;
    memberships::state_of(&row)?.after(MembershipEvent::Approve)?;
    if let Some(open) = admissions::lock_open(act.tx(), row.id).await? {
        let until = open.objections_until;
        let detail = "Both sides agreed already; the members may object until then.";
        return Err(Refused::new(&problems::ADMISSION_OPEN, detail)
            .with("admission_id", open.id.to_string())
            .with("objections_until", until.to_string())
            .into());
    }
    let days = repo::by_laws(act.tx(), alliance)
        .await?
        .admission_objection_days;
    if days == 0 || tenants::member_count(act.tx(), alliance).await? == 0 {
        return memberships::move_on(act, row, MembershipEvent::Approve).await;
    }
    let announced = Admission {
        id: act.fresh(),
        alliance_id: alliance,
        membership_id: row.id,
        state: AdmissionState::Open.as_str().to_owned(),
        agreed_by,
        announced_at: act.now(),
        objections_until: act.now().plus(TimeDelta::days(days.into())),
        reasons: None,
        decided_by: None,
        decided_at: None,
        version: 1,
    };
    admissions::insert(act.tx(), announced.clone()).await?;
    note(act, &announced, "admission.announced").await?;
    admission_letters::announce(act, &announced, &row).await?;
    Ok(row)
}

async fn note(act: &Act<'_>, row: &Admission, action: &str) -> Result<(), Failure> {
    let data =
        json!({ "membership_id": row.membership_id, "objections_until": row.objections_until });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

fn state_of(row: &Admission) -> Result<AdmissionState, Failure> {
    AdmissionState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("admission {} is '{}'", row.id, row.state).into())
}

fn missing() -> Refused {
    Refused::not_found("admission")
}

/// Membership and admission, both held in this order, for a caller whom the operation's rule admits.
async fn to_decide(
    act: &Act<'_>,
    id: AdmissionId,
) -> Result<(Admission, Membership, UserId), Failure> {
    let seen = admissions::find(act.tx(), id).await?.ok_or_else(missing)?;
    let standing = face::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let membership = repo::memberships::lock(act.tx(), seen.membership_id)
        .await?
        .ok_or_else(missing)?;
    let row = admissions::lock(act.tx(), id).await?.ok_or_else(missing)?;
    act.enter(Some(row.version)).await?;
    Ok((row, membership, standing.user))
}

/// Lets a merchant in over the objections of members, or where the clock has not come to it yet.
///
/// # Errors
/// 404, 403, 412; 409 `objections_open` before the time to object is over, `illegal_transition`; 403
/// `separation_of_duties` for who agreed in the first place.
pub async fn admit(act: &Act<'_>, id: AdmissionId, reasons: &str) -> Result<Shown, Failure> {
    let (mut row, membership, user) = to_decide(act, id).await?;
    state_of(&row)?.require_open("admit")?;
    if row.agreed_by == Some(user) {
        let detail = "Somebody else weighs the objections to what you agreed to.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    if act.now() < row.objections_until {
        let detail = "The members may object until then.";
        return Err(Refused::new(&problems::OBJECTIONS_OPEN, detail)
            .with("until", row.objections_until.to_string())
            .into());
    }
    row.reasons = Some(reasons.to_owned());
    row.decided_by = Some(user);
    let member = memberships::move_on(act, membership, MembershipEvent::Approve).await?;
    close(act, &mut row, AdmissionState::Admitted).await?;
    admission_letters::tell(act, &row, &member, &letters::MEMBERSHIP_APPROVED).await?;
    shown(act.tx(), row).await
}

/// Turns a merchant down.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition`.
pub async fn refuse(act: &Act<'_>, id: AdmissionId, reasons: &str) -> Result<Shown, Failure> {
    let (mut row, membership, user) = to_decide(act, id).await?;
    state_of(&row)?.require_open("refuse")?;
    row.reasons = Some(reasons.to_owned());
    row.decided_by = Some(user);
    let member = memberships::move_on(act, membership, MembershipEvent::Decline).await?;
    close(act, &mut row, AdmissionState::Refused).await?;
    admission_letters::tell(act, &row, &member, &letters::MEMBERSHIP_DECLINED).await?;
    shown(act.tx(), row).await
}

async fn close(act: &Act<'_>, row: &mut Admission, state: AdmissionState) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.decided_at = Some(act.now());
    admissions::save(act.tx(), row).await?;
    note(act, row, &format!("admission.{state}")).await
}

/// Ends the open admission of a membership that was turned down otherwise.
///
/// # Errors
/// When the database fails.
pub async fn end_with(act: &Act<'_>, member: MembershipId) -> Result<(), Failure> {
    match admissions::lock_open(act.tx(), member).await? {
        Some(mut row) => close(act, &mut row, AdmissionState::Refused).await,
        None => Ok(()),
    }
}

/// Objects for the caller's member; the admission then waits for a decision.
///
/// # Errors
/// 404, 403; 409 `deadline_passed`, `already_objected`, `illegal_transition`.
pub async fn object(
    act: &Act<'_>,
    id: AdmissionId,
    membership: Option<MembershipId>,
    reasons: &str,
) -> Result<Objection, Failure> {
    let row = admissions::lock(act.tx(), id).await?.ok_or_else(missing)?;
    let standing = face::admit(act.tx(), act.asker(), row.alliance_id).await?;
    let by = standing.acting_for(membership)?;
    act.enter(None).await?;
    state_of(&row)?.require_open("object")?;
    if act.now() >= row.objections_until {
        let detail = "The members could object until then.";
        return Err(Refused::new(&kinds::DEADLINE_PASSED, detail)
            .with("closes_at", row.objections_until.to_string())
            .into());
    }
    let objection = Objection {
        id: act.fresh(),
        alliance_id: row.alliance_id,
        admission_id: id,
        membership_id: by,
        reasons: reasons.to_owned(),
        objected_by: standing.user,
        objected_at: act.now(),
        withdrawn_at: None,
    };
    if !admissions::insert_objection(act.tx(), objection.clone()).await? {
        let detail = "Withdraw the objection that there is first.";
        return Err(Refused::new(&problems::ALREADY_OBJECTED, detail).into());
    }
    let data = json!({ "membership_id": row.membership_id, "by": by });
    act.record("admission.objected", Some(row.alliance_id), id.0, data)
        .await?;
    admission_letters::tell_organizers(act, &row).await?;
    Ok(objection)
}

/// Withdraws an objection of the caller's member, as long as nothing was decided.
///
/// # Errors
/// 404 for others' objections; 403; 409 `illegal_transition`.
pub async fn withdraw(
    act: &Act<'_>,
    id: AdmissionId,
    objection: ObjectionId,
) -> Result<(), Failure> {
    let row = admissions::lock(act.tx(), id).await?.ok_or_else(missing)?;
    let standing = face::admit(act.tx(), act.asker(), row.alliance_id).await?;
    let found = admissions::objection(act.tx(), id, objection).await?;
    let mut own = standing.memberships.iter().map(|(member, _)| *member);
    let mine = found.filter(|found| own.any(|member| member == found.membership_id));
    let found = mine.ok_or_else(|| Refused::not_found("objection"))?;
    act.enter(None).await?;
    state_of(&row)?.require_open("withdraw")?;
    if !admissions::withdraw(act.tx(), objection).await? {
        return Err(Refused::illegal_transition("withdrawn", "withdraw", &[]).into());
    }
    let data = json!({ "membership_id": row.membership_id, "by": found.membership_id });
    let action = "admission.objection_withdrawn";
    act.record(action, Some(row.alliance_id), id.0, data)
        .await?;
    Ok(())
}

/// Lets in to whom nobody objects once the time to object is over.
///
/// # Errors
/// When the database does not answer.
pub async fn admit_due(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let mut done = 0;
    for id in admissions::due(&reader, reader.now().await?).await? {
        let admitted = act::perform_as_system(ctx, "admit_unopposed", async |act| {
            admit_unopposed(act, id).await
        });
        done += u64::from(admitted.await?);
    }
    Ok(done)
}

/// `false`: there is something to decide, or it was decided meanwhile.
async fn admit_unopposed(act: &Act<'_>, id: AdmissionId) -> Result<bool, Failure> {
    let seen = admissions::find(act.tx(), id).await?.ok_or_else(missing)?;
    let membership = repo::memberships::lock(act.tx(), seen.membership_id)
        .await?
        .ok_or_else(missing)?;
    let mut row = admissions::lock(act.tx(), id).await?.ok_or_else(missing)?;
    if state_of(&row)? != AdmissionState::Open {
        return Ok(false);
    }
    let approve = memberships::state_of(&membership)?.after(MembershipEvent::Approve);
    if approve.is_err() {
        // It ended with its alliance.
        close(act, &mut row, AdmissionState::Refused).await?;
        return Ok(true);
    }
    let objections = admissions::standing_objections(act.tx(), id).await?;
    let (now, until) = (act.now().millis(), row.objections_until.millis());
    if admission::step(now, until, objections) != Step::Consent {
        return Ok(false);
    }
    let member = memberships::move_on(act, membership, MembershipEvent::Approve).await?;
    close(act, &mut row, AdmissionState::Admitted).await?;
    admission_letters::tell(act, &row, &member, &letters::MEMBERSHIP_APPROVED).await?;
    Ok(true)
}

async fn shown(c: &impl ConnectionTrait, row: Admission) -> Result<Shown, Failure> {
    Ok(Shown {
        objections: admissions::objections(c, &[row.id]).await?,
        admission: row,
    })
}

/// One admission.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: AdmissionId) -> Result<Shown, Failure> {
    let row = admissions::find(look.reader(), id)
        .await?
        .ok_or_else(missing)?;
    face::admit(look.reader(), look.asker(), row.alliance_id).await?;
    shown(look.reader(), row).await
}

/// The admissions to an alliance.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Shown>, Failure> {
    face::admit(look.reader(), look.asker(), alliance).await?;
    let slice = admissions::page(look.reader(), alliance, page).await?;
    let ids: Vec<AdmissionId> = slice.items.iter().map(|row| row.id).collect();
    let objections = admissions::objections(look.reader(), &ids).await?;
    Ok(slice.map(|admission| Shown {
        objections: objections
            .iter()
            .filter(|objection| objection.admission_id == admission.id)
            .cloned()
            .collect(),
        admission,
    }))
}
