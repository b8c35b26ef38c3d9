//! Taking a ballot back: its proposer alone before it opens, and a second person with the proposer afterwards.

use serde_json::json;

use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::letters;
use crate::ballots::service::letters::News;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// Withdraws a ballot, or notes that one of two people wants to.
///
/// # Errors
/// 404, 403, 412; 403 `separation_of_duties` where a second person has to ask; 409 once it is declared.
pub async fn withdraw(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let (mut ballot, standing) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    let state = state_of(&ballot)?;
    state.after(BallotEvent::Withdraw)?;
    let (user, proposer) = (standing.user, ballot.proposed_by);
    if state != BallotState::Open && user == proposer {
        take_back(act, &mut ballot, "proposer").await?;
        return Ok(ballot);
    }
    match ballot.withdrawal_asked_by {
        None => {
            ballot.withdrawal_asked_by = Some(user);
            repo::save(act.tx(), &mut ballot).await?;
            let alliance = Some(ballot.alliance_id);
            act.record("ballot.withdrawal_asked", alliance, id.0, json!({}))
                .await?;
        }
        Some(first) if first == user => {
            return Err(BallotRefused::SecondPerson {
                reason: "You asked already; a second organizer or treasurer has to agree.",
            }
            .into());
        }
        Some(first) if state == BallotState::Open && first != proposer && user != proposer => {
            return Err(BallotRefused::SecondPerson {
                reason: "An open ballot is withdrawn by its proposer and a second person.",
            }
            .into());
        }
        Some(_) => take_back(act, &mut ballot, "committee").await?,
    }
    Ok(ballot)
}

/// Withdraws a ballot that the caller holds locked. Where members could vote they are told.
pub(super) async fn take_back(
    act: &Act<'_>,
    ballot: &mut Ballot,
    why: &str,
) -> Result<(), Failure> {
    let announced = state_of(ballot)? != BallotState::Draft;
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
    if announced {
        letters::tell(act, ballot, News::Withdrawn).await?;
    }
    Ok(())
}
