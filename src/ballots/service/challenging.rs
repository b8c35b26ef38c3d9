//! Disputing a declaration: while a challenge waits nothing follows from the ballot, and what it permitted is
//! taken back. What was done already stays done; the record then says so, and members are told.

use serde_json::json;

use crate::alliances::Standing;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Challenge;
use crate::ballots::service::advance;
use crate::ballots::service::after;
use crate::ballots::service::following;
use crate::ballots::service::letters;
use crate::ballots::service::letters::News;
use crate::ballots::service::spoilt;
use crate::ballots::service::take;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::platform::act::Act;

/// Disputes a declaration for the caller's member.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition`, `deadline_passed`.
pub async fn challenge(
    act: &Act<'_>,
    id: BallotId,
    membership: Option<MembershipId>,
    grounds: &str,
) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    let membership = standing.acting_for(membership)?;
    act.enter(Some(ballot.version)).await?;
    advance(&mut ballot, BallotEvent::Challenge)?;
    if let Some(until) = ballot.challenge_until.filter(|until| *until <= act.now()) {
        let until = until.millis();
        return Err(BallotRefused::TooLate { until }.into());
    }
    // What was done stays done: the permission is then kept as used.
    if mandates::revoke(act, &after::source_of(&ballot)).await? {
        ballot.permitted_at = None;
    }
    repo::save(act.tx(), &mut ballot).await?;
    let row = Challenge {
        id: act.fresh(),
        alliance_id: ballot.alliance_id,
        ballot_id: id,
        membership_id: membership,
        grounds: grounds.to_owned(),
        challenged_by: standing.user,
        challenged_at: act.now(),
        outcome: None,
        reasons: None,
        decided_by: None,
        decided_at: None,
    };
    repo::challenges::insert(act.tx(), row).await?;
    let data = json!({ "membership_id": membership, "executed": ballot.permitted_at.is_some() });
    act.record("ballot.challenged", Some(ballot.alliance_id), id.0, data)
        .await?;
    letters::tell(act, &ballot, News::Challenged).await?;
    Ok(ballot)
}

/// Turns a challenge down: the declaration stands, and what it permits is permitted again.
///
/// # Errors
/// 404, 403, 412; 403 `separation_of_duties`; 409 `illegal_transition`.
pub async fn uphold(act: &Act<'_>, id: BallotId, reasons: &str) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    advance(&mut ballot, BallotEvent::Uphold)?;
    decide(act, &ballot, &standing, "upheld", reasons).await?;
    if ballot.permitted_at.is_some() {
        advance(&mut ballot, BallotEvent::Enact)?;
        repo::save(act.tx(), &mut ballot).await?;
    } else {
        after::settle(act, &mut ballot).await?;
    }
    letters::tell(act, &ballot, News::Upheld).await?;
    Ok(ballot)
}

/// Annuls a declaration and drafts the question anew. Where its act was done there is nothing left to decide anew:
/// the record reports it, and what is to become of it is another question.
///
/// # Errors
/// 404, 403, 412; 403 `separation_of_duties`; 409 `illegal_transition`.
pub async fn annul(act: &Act<'_>, id: BallotId, reasons: &str) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    advance(&mut ballot, BallotEvent::Annul)?;
    decide(act, &ballot, &standing, "annulled", reasons).await?;
    repo::save(act.tx(), &mut ballot).await?;
    if ballot.permitted_at.is_some() {
        return letters::tell(act, &ballot, News::Annulled)
            .await
            .map(|()| ballot);
    }
    // As much time as the annulled one had; whoever announces it may amend that.
    let lasted = ballot.closes_at.millis() - ballot.opened_at.unwrap_or(ballot.closes_at).millis();
    let notice = ballot.opened_at.unwrap_or(ballot.closes_at).millis()
        - ballot.published_at.unwrap_or(ballot.closes_at).millis();
    let until = act.now().millis() + lasted.max(1) + notice.max(0);
    let times = (None, Instant::from_millis(until));
    let origin = following::ANNULLED;
    let next = following::draft(act, &ballot, origin, standing.user, times).await?;
    following::insert(act, &next).await?;
    letters::tell(act, &ballot, News::Annulled).await?;
    Ok(ballot)
}

/// Decides the pending challenge. Neither who proposed the ballot nor who challenged it may.
async fn decide(
    act: &Act<'_>,
    ballot: &Ballot,
    standing: &Standing,
    outcome: &str,
    reasons: &str,
) -> Result<(), Failure> {
    let pending = repo::challenges::pending(act.tx(), ballot.id)
        .await?
        .ok_or_else(|| spoilt(ballot, "challenge"))?;
    let user = standing.user;
    if user == ballot.proposed_by || user == pending.challenged_by {
        return Err(BallotRefused::SecondPerson {
            reason: "A challenge is decided by somebody who neither proposed nor challenged.",
        }
        .into());
    }
    repo::challenges::decide(act.tx(), &pending, outcome, reasons, user).await?;
    let data = json!({ "challenge_id": pending.id });
    let action = format!("ballot.{outcome}");
    act.record(&action, Some(ballot.alliance_id), ballot.id.0, data)
        .await?;
    Ok(())
}
