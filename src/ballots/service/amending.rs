//! Changing a ballot: its question before it opens, its closing time once, and afterwards only by putting the
//! question again, with all votes dropped.

use chrono::TimeDelta;
use serde_json::json;

use crate::alliances;
use crate::alliances::domain::ballot_matter::check_choice;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::paper::BallotOption;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::timetable;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::following;
use crate::ballots::service::letters;
use crate::ballots::service::letters::News;
use crate::ballots::service::matter_of;
use crate::ballots::service::opening;
use crate::ballots::service::proposing;
use crate::ballots::service::rule_of;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Act;

/// Most days by which a ballot is extended; links in mails live as long.
pub(super) const EXTENSION_DAYS: i64 = 30;
/// Days after the close within which a ballot without quorum is repeated.
const REPEAT_DAYS: u32 = 14;

/// What changes; absent parts stay.
#[derive(Debug, Clone, Copy, Default)]
pub struct Amendment<'a> {
    pub title: Option<&'a str>,
    pub explanation: Option<&'a str>,
    pub options: Option<&'a [BallotOption]>,
    pub opens_at: Option<Instant>,
    pub closes_at: Option<Instant>,
}

impl Amendment<'_> {
    fn apply(&self, ballot: &mut Ballot) -> Result<(), Failure> {
        if let Some(title) = self.title {
            title.clone_into(&mut ballot.title);
        }
        if let Some(explanation) = self.explanation {
            ballot.explanation = Some(explanation.to_owned());
        }
        if let Some(options) = self.options {
            proposing::check_options(matter_of(ballot)?, Some(options))?;
            check_choice(&rule_of(ballot)?)?;
            ballot.options = Some(proposing::stored(options));
        }
        Ok(())
    }
}

/// Changes an announced ballot as its next edition; the notice begins anew, and everybody is told.
///
/// # Errors
/// 404, 403, 412; 409 `question_fixed` once it is open, `illegal_transition` for a draft or where it was withdrawn;
/// 422 as for a draft.
pub async fn amend(act: &Act<'_>, id: BallotId, change: Amendment<'_>) -> Result<Ballot, Failure> {
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    if state_of(&ballot)?.is_frozen() {
        return Err(BallotRefused::QuestionFixed.into());
    }
    state_of(&ballot)?.after(BallotEvent::Amend)?;
    change.apply(&mut ballot)?;
    advance(&mut ballot, BallotEvent::Amend)?;
    ballot.edition += 1;
    ballot.closes_at = change.closes_at.unwrap_or(ballot.closes_at);
    let by_laws = alliances::by_laws(act.tx(), ballot.alliance_id).await?;
    let now = act.now().millis();
    let earliest = timetable::days_after(now, by_laws.ballot_notice_days);
    let earliest = Instant::from_millis(earliest);
    let announced = ballot.opens_at.map(|at| std::cmp::max(at, earliest));
    ballot.opens_at = change.opens_at.or(announced);
    opening::set_the_date(act, &mut ballot).await?;
    repo::save(act.tx(), &mut ballot).await?;
    let data = json!({ "edition": ballot.edition });
    act.record("ballot.amended", Some(ballot.alliance_id), id.0, data)
        .await?;
    opening::open_or_tell(act, &mut ballot).await?;
    Ok(ballot)
}

/// Lets an open ballot close later, once, for everybody.
///
/// # Errors
/// 404, 403, 412; 422 `extension_out_of_range`; 409 `already_extended`, `deadline_passed`, `illegal_transition`.
pub async fn extend(act: &Act<'_>, id: BallotId, closes_at: Instant) -> Result<Ballot, Failure> {
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    let days = EXTENSION_DAYS;
    let latest = ballot.closes_at.plus(TimeDelta::days(days));
    if closes_at <= ballot.closes_at || closes_at > latest {
        return Err(BallotRefused::ExtensionOutOfRange { days }.into());
    }
    advance(&mut ballot, BallotEvent::Extend)?;
    if ballot.closes_at <= act.now() {
        let closes_at = ballot.closes_at.millis();
        return Err(BallotRefused::VotingOver { closes_at }.into());
    }
    if ballot.extended_at.is_some() {
        return Err(BallotRefused::AlreadyExtended.into());
    }
    let data = json!({ "from": ballot.closes_at, "to": closes_at });
    ballot.closes_at = closes_at;
    ballot.extended_at = Some(act.now());
    if ballot.reminded_at.is_none() {
        opening::remind_later(act, &mut ballot);
    }
    repo::save(act.tx(), &mut ballot).await?;
    act.record("ballot.extended", Some(ballot.alliance_id), id.0, data)
        .await?;
    letters::tell(act, &ballot, News::Extended).await?;
    Ok(ballot)
}

/// Puts the question of a ballot that was withdrawn while open again, changed, as its next edition without votes.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition`, `ballot_never_opened`, `ballot_already_followed`; 422 as for a draft.
pub async fn reopen(act: &Act<'_>, id: BallotId, change: Amendment<'_>) -> Result<Ballot, Failure> {
    let (mut old, standing) = take(act, id).await?;
    act.enter(Some(old.version)).await?;
    advance(&mut old, BallotEvent::Reopen)?;
    if old.opened_at.is_none() {
        return Err(BallotRefused::NeverOpened.into());
    }
    let times = (change.opens_at, change.closes_at.unwrap_or(old.closes_at));
    let origin = following::REOPENED;
    let mut next = following::draft(act, &old, origin, standing.user, times).await?;
    change.apply(&mut next)?;
    following::insert(act, &next).await?;
    opening::announce(act, &mut next).await?;
    Ok(next)
}

/// Puts the same question again because too few took part, with half the quorum, where the by-laws allow it.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition`, `other_result`, `repeat_not_allowed`, `deadline_passed`,
/// `ballot_already_followed`; 422 for its times.
pub async fn repeat(
    act: &Act<'_>,
    id: BallotId,
    times: (Option<Instant>, Instant),
) -> Result<Ballot, Failure> {
    let (mut old, standing) = take(act, id).await?;
    act.enter(Some(old.version)).await?;
    advance(&mut old, BallotEvent::Repeat)?;
    let result = old.result.as_deref().and_then(Outcome::parse);
    if let Some(result) = result.filter(|result| *result != Outcome::Inquorate) {
        let result = result.as_str();
        return Err(BallotRefused::OtherResult { result }.into());
    }
    let by_laws = alliances::by_laws(act.tx(), old.alliance_id).await?;
    if !by_laws.ballot_repeat {
        let reason = "The by-laws do not let ballots be repeated.";
        return Err(BallotRefused::RepeatNotAllowed { reason }.into());
    }
    if old.origin.as_deref() == Some(following::REPEAT) {
        let reason = "This ballot repeats another; there is one repetition.";
        return Err(BallotRefused::RepeatNotAllowed { reason }.into());
    }
    let closed_at = old.closed_at.unwrap_or(old.closes_at).millis();
    let until = timetable::days_after(closed_at, REPEAT_DAYS);
    if act.now().millis() >= until {
        return Err(BallotRefused::TooLate { until }.into());
    }
    let mut next = following::draft(act, &old, following::REPEAT, standing.user, times).await?;
    next.rule = json!(following::with_half_the_quorum(rule_of(&old)?));
    following::insert(act, &next).await?;
    opening::announce(act, &mut next).await?;
    Ok(next)
}
