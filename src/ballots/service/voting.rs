//! Voting: a vote holds the ballot open while it is taken, so that it is counted or refused, never lost.

use serde_json::json;

use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Vote as Choice;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Vote;
use crate::ballots::service::admit;
use crate::ballots::service::rule_of;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// Votes for the caller's member; answers the vote and the weight of the member.
///
/// # Errors
/// 404, 403 `role_required` and `not_an_elector`; 409 `ballot_not_open`, `deadline_passed`, `already_voted`.
pub async fn vote(
    act: &Act<'_>,
    id: BallotId,
    membership: Option<MembershipId>,
    choice: Choice,
) -> Result<(Vote, i64), Failure> {
    let ballot = repo::hold_open(act.tx(), id).await?;
    let (ballot, standing) = admit(act.tx(), act.asker(), ballot).await?;
    let membership = standing.acting_for(membership)?;
    if is_frozen(state_of(&ballot)?) {
        weigh(act, &ballot, membership).await?;
    }
    act.enter(None).await?;
    cast(act, &ballot, membership, standing.user, choice).await
}

/// Takes a vote for `membership` from `user` in a ballot that the transaction holds open.
pub(super) async fn cast(
    act: &Act<'_>,
    ballot: &Ballot,
    membership: MembershipId,
    user: UserId,
    choice: Choice,
) -> Result<(Vote, i64), Failure> {
    check_open(act, ballot)?;
    let weight = weigh(act, ballot, membership).await?;
    let vote = Vote {
        id: act.fresh(),
        alliance_id: ballot.alliance_id,
        ballot_id: ballot.id,
        membership_id: membership,
        choice: choice.as_str().to_owned(),
        cast_by: user,
        cast_at: act.now(),
    };
    let first = repo::insert_vote(act.tx(), vote.clone()).await?;
    if !first && !rule_of(ballot)?.revote {
        return Err(BallotRefused::AlreadyVoted.into());
    }
    if !first {
        repo::replace_vote(act.tx(), &vote).await?;
    }
    // The journal is read while the ballot is open: it says that a member voted, never how.
    let data = json!({ "membership_id": membership, "by": user, "replaced": !first });
    act.record("vote.cast", Some(ballot.alliance_id), ballot.id.0, data)
        .await?;
    let standing = repo::vote_of(act.tx(), ballot.id, membership).await?;
    Ok((standing.unwrap_or(vote), weight))
}

fn is_frozen(state: BallotState) -> bool {
    state == BallotState::Open || state.is_counted()
}

/// Whether the ballot takes votes now. The clock counts, not whether somebody has closed it already.
pub(super) fn check_open(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    let closed_at = ballot.closed_at.unwrap_or(ballot.closes_at);
    let closes_at = std::cmp::min(closed_at, ballot.closes_at).millis();
    match state_of(ballot)? {
        BallotState::Open if act.now() < ballot.closes_at => Ok(()),
        BallotState::Draft | BallotState::Notice => Err(BallotRefused::NotOpenYet.into()),
        BallotState::Open
        | BallotState::Declared
        | BallotState::Effective
        | BallotState::Withdrawn => Err(BallotRefused::VotingOver { closes_at }.into()),
    }
}

async fn weigh(act: &Act<'_>, ballot: &Ballot, membership: MembershipId) -> Result<i64, Failure> {
    repo::weight(act.tx(), ballot.id, membership)
        .await?
        .ok_or_else(|| BallotRefused::NotAnElector.into())
}
