//! The expulsion itself: a carried ballot on a heard case expels the member, and nothing else does.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Membership;
use crate::alliances::NamedMembership;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ExpulsionId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mandates::domain::expulsion::ExpulsionEvent;
use crate::mandates::domain::expulsion::ExpulsionState;
use crate::mandates::domain::matter::Matter;
use crate::mandates::domain::subject::Subject;
use crate::mandates::repo::expulsions as repo;
use crate::mandates::repo::expulsions::Expulsion;
use crate::mandates::service::expulsions;
use crate::mandates::service::permits;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;

/// What members decide on: everything that was held against the member and that it answered.
fn content_hash(row: &Expulsion) -> Vec<u8> {
    permits::content_hash(&json!({
        "expulsion_id": row.id,
        "membership_id": row.membership_id,
        "reasons": row.reasons,
        "hearing_at": row.hearing_at,
        "statement": row.statement,
        "minutes": row.minutes,
    }))
}

/// A heard case as the subject of a ballot; the member concerned has no vote.
///
/// # Errors
/// When the database fails.
pub async fn subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: ExpulsionId,
) -> Result<Option<Subject>, Failure> {
    let heard = ExpulsionState::Heard.as_str();
    let row = repo::find(c, id).await?;
    let Some(row) = row.filter(|row| row.alliance_id == alliance && row.state == heard) else {
        return Ok(None);
    };
    let member = alliances::member(c, alliance, row.membership_id).await?;
    Ok(member.map(|member| Subject {
        title: member.name,
        content_hash: content_hash(&row),
        interested: [row.membership_id].into(),
        ..Subject::default()
    }))
}

/// Expels a member by the mandate of the vote on its case.
///
/// # Errors
/// 404, 403, 412; 409 where the member is gone or nothing permits it.
pub async fn expel(act: &Act<'_>, id: MembershipId) -> Result<NamedMembership, Failure> {
    let membership = alliances::to_expel(act, id).await?;
    act.enter(Some(membership.version)).await?;
    alliances::require_expellable(&membership)?;
    let heard = ExpulsionState::Heard.as_str();
    let case = repo::lock_open(act.tx(), id).await?;
    let Some(case) = case.filter(|case| case.state == heard) else {
        return Err(permits::missing(Matter::Expulsion, "undecided").into());
    };
    execute(act, case, membership).await
}

/// Both rows are held by the caller.
async fn execute(
    act: &Act<'_>,
    mut case: Expulsion,
    membership: Membership,
) -> Result<NamedMembership, Failure> {
    let (alliance, hash) = (case.alliance_id, content_hash(&case));
    let mandate = permits::consume(act, alliance, Matter::Expulsion, case.id.0, &hash).await?;
    expulsions::advance(&mut case, ExpulsionEvent::Execute)?;
    case.mandate_id = Some(mandate);
    case.ended_at = Some(act.now());
    repo::save(act.tx(), &mut case).await?;
    expulsions::note(act, &case, "expulsion.executed").await?;
    alliances::expel(act, membership).await
}

/// A decision was taken: the member is expelled at once, unless an organizer was faster or it is gone.
pub async fn on_mandate(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let subject = event.payload["subject_id"].as_str();
    let id: Option<ExpulsionId> = subject.and_then(|text| text.parse().ok());
    let ours = event.payload["matter"] == Matter::Expulsion.as_str();
    let (true, Some(id)) = (ours, id) else {
        return Ok(());
    };
    let done = act::perform_as_system(ctx, "expel_member", async |act| {
        let Some(seen) = repo::find(act.tx(), id).await? else {
            return Ok(());
        };
        let membership = alliances::lock_membership(act, seen.membership_id).await?;
        let case = repo::lock(act.tx(), id).await?;
        let heard = ExpulsionState::Heard.as_str();
        let case = case.filter(|case| case.state == heard);
        let (Some(membership), Some(mut case)) = (membership, case) else {
            return Ok(());
        };
        if alliances::require_expellable(&membership).is_err() {
            return expulsions::drop_case(act, &mut case).await;
        }
        execute(act, case, membership).await.map(drop)
    });
    match done.await {
        // Used or revoked meanwhile: there is nothing to do.
        Err(Failure::Refused(refusal)) => tracing::info!(%id, %refusal, "nobody is expelled"),
        other => other?,
    }
    Ok(())
}
