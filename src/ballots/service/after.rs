//! What follows a declaration: the mandate of a carried ballot, and the chair's vote on a tie.

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::choice::ABSTAIN;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote;
use crate::ballots::domain::timetable;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::candidates_of;
use crate::ballots::service::letters;
use crate::ballots::service::matter_of;
use crate::ballots::service::paper_of;
use crate::ballots::service::record_of;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::ballots::subjects;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::mandates::Decision;
use crate::platform::act::Act;

/// The source of a ballot's mandate.
const SOURCE: &str = "ballot:";

/// How a ballot signs its mandate.
pub(super) fn source_of(ballot: &Ballot) -> String {
    format!("{SOURCE}{}", ballot.id)
}

/// The ballot that signed a mandate so.
pub(super) fn ballot_of(source: &str) -> Option<BallotId> {
    source.strip_prefix(SOURCE).and_then(|id| id.parse().ok())
}

/// Stores a declaration. A carried ballot takes effect now, or when the by-laws say; then it permits its act.
pub(super) async fn settle(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    if ballot.result.as_deref() == Some(Outcome::Carried.as_str()) {
        if ballot.effective_at.is_none() {
            let by_laws = alliances::by_laws(act.tx(), ballot.alliance_id).await?;
            let now = act.now().millis();
            let at = timetable::days_after(now, by_laws.ballot_effect_days);
            ballot.effective_at = Some(Instant::from_millis(at));
        }
        if ballot.effective_at.is_some_and(|at| at <= act.now()) {
            return permit(act, ballot).await;
        }
    }
    Ok(repo::save(act.tx(), ballot).await?)
}

/// Issues the mandate of a carried ballot, for exactly the content that was announced; stores the ballot.
pub(super) async fn permit(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    ballot.permitted_at = Some(act.now());
    repo::save(act.tx(), ballot).await?;
    let (Some(matter), Some(subject)) = (subjects::permits(matter_of(ballot)?), ballot.subject_id)
    else {
        return Ok(());
    };
    let elected = match &ballot.winner {
        None => None,
        Some(winner) => candidates_of(ballot)?
            .into_iter()
            .find(|candidate| candidate.id == *winner)
            .map(|candidate| candidate.content_hash),
    };
    let content_hash = elected
        .or_else(|| ballot.content_hash.clone())
        .ok_or_else(|| spoilt(ballot, "content hash"))?;
    let decision = Decision {
        alliance: ballot.alliance_id,
        matter,
        subject,
        content_hash,
        source: source_of(ballot),
    };
    mandates::issue(act, decision).await?;
    Ok(())
}

/// The chair's vote on a tie: for or against, or one of the options that tied.
///
/// # Errors
/// 404, 403, 412; 403 `not_the_chair`; 422 `option_unknown`; 409 `illegal_transition`, `other_result`,
/// `deadline_passed`.
pub async fn casting_vote(act: &Act<'_>, id: BallotId, choice: &str) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    let by_laws = alliances::by_laws(act.tx(), ballot.alliance_id).await?;
    if by_laws.chair.is_some_and(|chair| chair != standing.user) {
        return Err(BallotRefused::NotTheChair.into());
    }
    act.enter(Some(ballot.version)).await?;
    paper_of(&ballot)?.mark(choice)?;
    if choice == ABSTAIN {
        let option = choice.to_owned();
        return Err(BallotRefused::OptionUnknown { option }.into());
    }
    waits_for_chair(&ballot)?;
    if let Some(until) = ballot.casting_until.filter(|until| *until <= act.now()) {
        let until = until.millis();
        return Err(BallotRefused::TooLate { until }.into());
    }
    decide_tie(act, &mut ballot, choice, Some(standing.user)).await?;
    Ok(ballot)
}

fn waits_for_chair(ballot: &Ballot) -> Result<(), Failure> {
    let state: BallotState = state_of(ballot)?;
    state.after(BallotEvent::CastingVote)?;
    match ballot.result.as_deref().and_then(Outcome::parse) {
        Some(Outcome::CastingVote) | None => Ok(()),
        Some(other) => Err(BallotRefused::OtherResult {
            result: other.as_str(),
        }
        .into()),
    }
}

/// The chair said nothing in time: the motion is lost.
pub(super) async fn silence(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    decide_tie(act, ballot, Vote::Against.as_str(), None).await
}

async fn decide_tie(
    act: &Act<'_>,
    ballot: &mut Ballot,
    choice: &str,
    by: Option<UserId>,
) -> Result<(), Failure> {
    advance(ballot, BallotEvent::CastingVote)?;
    let carried = match paper_of(ballot)? {
        Paper::Motion => choice == Vote::For.as_str(),
        Paper::Choice(_) => by.is_some(),
    };
    let result = if carried {
        Outcome::Carried
    } else {
        Outcome::Lost
    };
    let mut record = record_of(ballot)?.ok_or_else(|| spoilt(ballot, "record"))?;
    record.result = result;
    record.casting_vote = by.map(|_| choice.to_owned());
    ballot.record = Some(json!(record));
    ballot.result = Some(result.as_str().to_owned());
    ballot.casting_vote_by = by;
    if carried && ballot.options.is_some() {
        ballot.winner = Some(choice.to_owned());
    }
    let data = json!({ "result": result, "casting_vote": record.casting_vote });
    act.record(
        "ballot.tie_decided",
        Some(ballot.alliance_id),
        ballot.id.0,
        data,
    )
    .await?;
    settle(act, ballot).await?;
    letters::announce(act, ballot).await
}
