//! Announcing, opening and withdrawing.

use std::collections::BTreeMap;

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::tally::Roll;
use crate::ballots::domain::timetable::Timetable;
use crate::ballots::problems::SUBJECT_NOT_READY;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::letters;
use crate::ballots::service::matter_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::take;
use crate::ballots::subjects;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::mandates::Subject;
use crate::platform::act::Act;

/// Announces a draft: its content is frozen, and it opens at its hour, or at once.
///
/// # Errors
/// 404, 403, 412; 409 where it is no draft or its subject cannot be decided on; 422 for a short notice.
pub async fn publish(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    advance(&mut ballot, BallotEvent::Publish)?;
    let by_laws = alliances::by_laws(act.tx(), standing.alliance.id).await?;
    let timetable = Timetable {
        opens_at: ballot.opens_at.map(Instant::millis),
        closes_at: ballot.closes_at.millis(),
        notice_days: by_laws.ballot_notice_days,
    };
    let opens_at = Instant::from_millis(timetable.opening(act.now().millis())?);
    ballot.content_hash = Some(content_hash(act, &ballot).await?.0);
    ballot.opens_at = Some(opens_at);
    ballot.published_at = Some(act.now());
    repo::save(act.tx(), &mut ballot).await?;
    let data = json!({ "opens_at": opens_at, "closes_at": ballot.closes_at });
    act.record("ballot.published", Some(ballot.alliance_id), id.0, data)
        .await?;
    if opens_at <= act.now() {
        open(act, &mut ballot).await?;
    }
    Ok(ballot)
}

/// Takes back what nobody has voted on.
///
/// # Errors
/// 404, 403, 412; 409 where it is open or over.
pub async fn withdraw(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    take_back(act, &mut ballot, "organizer").await?;
    Ok(ballot)
}

async fn take_back(act: &Act<'_>, ballot: &mut Ballot, why: &str) -> Result<(), Failure> {
    advance(ballot, BallotEvent::Withdraw)?;
    ballot.withdrawal = Some(why.to_owned());
    repo::save(act.tx(), ballot).await?;
    let data = json!({ "reason": why });
    act.record(
        "ballot.withdrawn",
        Some(ballot.alliance_id),
        ballot.id.0,
        data,
    )
    .await?;
    Ok(())
}

/// Opens an announced ballot that the caller holds locked: the electorate is frozen, every member is told.
/// A ballot whose question is no longer what was announced, or whose time is over, is withdrawn instead.
///
/// # Errors
/// When the database fails.
pub(super) async fn open(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    if ballot.closes_at <= act.now() {
        return take_back(act, ballot, "never_opened").await;
    }
    let frozen = ballot.content_hash.clone();
    let subject = match content_hash(act, ballot).await {
        Ok((hash, subject)) if Some(&hash) == frozen.as_ref() => subject,
        Ok(_) | Err(Failure::Refused(_)) => {
            return take_back(act, ballot, "subject_changed").await;
        }
        Err(failure) => return Err(failure),
    };
    let electorate = electorate(act, ballot.alliance_id, subject.as_ref()).await?;
    if Roll::new(&rule_of(ballot)?, &electorate).is_err() {
        return take_back(act, ballot, "weight_cap_unattainable").await;
    }
    advance(ballot, BallotEvent::Open)?;
    ballot.opened_at = Some(act.now());
    ballot.electorate_size = i64::try_from(electorate.len()).ok();
    repo::insert_electorate(act.tx(), ballot, &electorate).await?;
    repo::save(act.tx(), ballot).await?;
    let data = json!({ "electorate_size": ballot.electorate_size });
    act.record("ballot.opened", Some(ballot.alliance_id), ballot.id.0, data)
        .await?;
    letters::ask_for_votes(act, ballot).await
}

/// What exactly is decided: the content of the subject, or the question itself where it has none.
async fn content_hash(
    act: &Act<'_>,
    ballot: &Ballot,
) -> Result<(Vec<u8>, Option<Subject>), Failure> {
    let Some(id) = ballot.subject_id else {
        let question = json!({ "title": ballot.title, "explanation": ballot.explanation });
        return Ok((mandates::content_hash(&question), None));
    };
    let subject = subjects::find(act.tx(), ballot.alliance_id, matter_of(ballot)?, id)
        .await?
        .ok_or_else(|| {
            Refused::new(
                &SUBJECT_NOT_READY,
                "The subject of this ballot is gone, or no longer waits for a decision.",
            )
        })?;
    Ok((subject.content_hash.clone(), Some(subject)))
}

/// The active members with their weights: what each would be billed, or one each.
pub(super) async fn electorate(
    act: &Act<'_>,
    alliance: AllianceId,
    subject: Option<&Subject>,
) -> Result<BTreeMap<MembershipId, i64>, Failure> {
    let weights = subject.map(|s| &s.weights).filter(|w| !w.is_empty());
    let members = alliances::active_members(act.tx(), alliance).await?;
    Ok(members
        .into_iter()
        .map(|m| match weights {
            Some(weights) => (
                m.membership,
                weights.get(&m.membership).copied().unwrap_or(0),
            ),
            None => (m.membership, 1),
        })
        .collect())
}
