//! Announcing and opening.

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::EarlyClose;
use crate::ballots::domain::tally::Roll;
use crate::ballots::domain::timetable;
use crate::ballots::domain::timetable::Timetable;
use crate::ballots::problems::SUBJECT_NOT_READY;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::Candidate;
use crate::ballots::service::advance;
use crate::ballots::service::electorate;
use crate::ballots::service::electorate::Question;
use crate::ballots::service::letters;
use crate::ballots::service::matter_of;
use crate::ballots::service::paper_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::take;
use crate::ballots::service::withdrawing::take_back;
use crate::ballots::subjects;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::mandates::Subject;
use crate::platform::act::Act;

/// Announces a draft: its content is frozen, and it opens at its hour, or at once.
///
/// # Errors
/// 404, 403, 412; 409 where it is no draft or its subject cannot be decided on, `subject_at_vote`; 422 for a short
/// notice.
pub async fn publish(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    // Of two ballots on one subject that are announced at the same moment the second sees the first.
    let seen = repo::ballot(act.tx(), id).await?;
    if let Some(seen) = seen.filter(|seen| seen.subject_id.is_some()) {
        alliances::lock(act, seen.alliance_id).await?;
    }
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    announce(act, &mut ballot).await?;
    Ok(ballot)
}

/// Announces a draft that the caller holds locked, or has just made.
pub(super) async fn announce(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    advance(ballot, BallotEvent::Publish)?;
    if let Some(other) = repo::at_vote(act.tx(), ballot).await? {
        let ballot = other.to_string();
        return Err(BallotRefused::SubjectAtVote { ballot }.into());
    }
    ballot.published_at = Some(act.now());
    set_the_date(act, ballot).await?;
    repo::save(act.tx(), ballot).await?;
    let data = json!({ "opens_at": ballot.opens_at, "closes_at": ballot.closes_at });
    act.record(
        "ballot.published",
        Some(ballot.alliance_id),
        ballot.id.0,
        data,
    )
    .await?;
    open_or_tell(act, ballot).await
}

/// Opens an announced ballot whose hour has come; else the members are told about it.
pub(super) async fn open_or_tell(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    if ballot.opens_at.is_some_and(|at| at <= act.now()) {
        open(act, ballot).await
    } else {
        letters::give_notice(act, ballot).await
    }
}

/// Fixes when an announced ballot opens, and what exactly it decides.
pub(super) async fn set_the_date(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    let by_laws = alliances::by_laws(act.tx(), ballot.alliance_id).await?;
    let timetable = Timetable {
        opens_at: ballot.opens_at.map(Instant::millis),
        closes_at: ballot.closes_at.millis(),
        notice_days: by_laws.ballot_notice_days,
    };
    let opens_at = timetable.opening(act.now().millis())?;
    ballot.opens_at = Some(Instant::from_millis(opens_at));
    let (hash, subject) = content_hash(act, ballot).await?;
    ballot.content_hash = Some(hash);
    if matter_of(ballot)?.is_choice() {
        let options = subject.map(|subject| subject.options).unwrap_or_default();
        let candidates = options.into_iter().map(|option| Candidate {
            id: option.id,
            title: option.title,
            content_hash: option.content_hash,
        });
        ballot.options = Some(json!(candidates.collect::<Vec<_>>()));
    }
    Ok(paper_of(ballot)?.check()?)
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
    let rule = rule_of(ballot)?;
    let question = Question {
        alliance: ballot.alliance_id,
        ballot: Some(ballot.id),
        matter: matter_of(ballot)?,
        rule: &rule,
        subject: subject.as_ref(),
    };
    let electorate = electorate::of(act, &question).await?;
    if Roll::new(&rule, &electorate.electors).is_err() {
        return take_back(act, ballot, "weight_cap_unattainable").await;
    }
    advance(ballot, BallotEvent::Open)?;
    ballot.opened_at = Some(act.now());
    ballot.electorate_size = i64::try_from(electorate.electors.len()).ok();
    ballot.checked_votes = (rule.early_close == EarlyClose::WhenDecided).then_some(0);
    remind_later(act, ballot);
    repo::electors::insert(act.tx(), ballot, &electorate).await?;
    repo::save(act.tx(), ballot).await?;
    let data =
        json!({ "electorate_size": ballot.electorate_size, "excluded": electorate.excluded.len() });
    act.record("ballot.opened", Some(ballot.alliance_id), ballot.id.0, data)
        .await?;
    letters::ask_for_votes(act, ballot).await
}

/// Sets the hour of the reminder, counted from now.
pub(super) fn remind_later(act: &Act<'_>, ballot: &mut Ballot) {
    let at = timetable::reminder(act.now().millis(), ballot.closes_at.millis());
    ballot.remind_at = Some(Instant::from_millis(at));
    ballot.reminded_at = None;
}

/// What exactly is decided: the content of the subject, or the question itself where it has none.
async fn content_hash(
    act: &Act<'_>,
    ballot: &Ballot,
) -> Result<(Vec<u8>, Option<Subject>), Failure> {
    let Some(id) = ballot.subject_id else {
        let mut question = json!({ "title": ballot.title, "explanation": ballot.explanation });
        if let Some(options) = &ballot.options {
            question["options"] = options.clone();
        }
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
