//! Declaring an interest before a ballot opens: who has one does not vote on its own matter.

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::repo;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;

/// A declared interest.
#[derive(Debug, Clone)]
pub struct Interest {
    pub ballot: BallotId,
    pub membership: MembershipId,
    pub note: String,
}

/// Declares an interest of the caller's member, or of any member where an organizer knows of it.
///
/// # Errors
/// 404, 403; 409 `electorate_frozen` once the ballot is open, `deadline_passed` where it is over.
pub async fn declare_interest(
    act: &Act<'_>,
    id: BallotId,
    membership: Option<MembershipId>,
    note: &str,
) -> Result<Interest, Failure> {
    let (ballot, standing) = take(act, id).await?;
    let membership = match membership {
        Some(other) if standing.is(Role::Organizer) => {
            alliances::member(act.tx(), ballot.alliance_id, other)
                .await?
                .ok_or_else(|| Refused::not_found("membership"))?
                .membership
        }
        named => standing.acting_for(named)?,
    };
    act.enter(None).await?;
    if !matches!(state_of(&ballot)?, BallotState::Draft | BallotState::Notice) {
        return Err(BallotRefused::ElectorateFrozen.into());
    }
    repo::electors::insert_interest(act.tx(), &ballot, membership, standing.user, note).await?;
    let data = json!({ "membership_id": membership });
    act.record(
        "ballot.interest_declared",
        Some(ballot.alliance_id),
        id.0,
        data,
    )
    .await?;
    Ok(Interest {
        ballot: id,
        membership,
        note: note.to_owned(),
    })
}
