//! Putting a question again: what follows a ballot that was withdrawn, annulled, or in which too few took part.

use serde_json::json;

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Act;

/// Put again with changes after an open ballot was withdrawn.
pub(super) const REOPENED: &str = "reopened";
/// Put again because too few took part.
pub(super) const REPEAT: &str = "repeat";
/// Put again because the declaration did not stand.
pub(super) const ANNULLED: &str = "annulled";

/// Drafts a ballot with the text, the matter and the rule of `old`, as its next edition. It has no votes.
pub(super) async fn draft(
    act: &Act<'_>,
    old: &Ballot,
    origin: &str,
    proposer: UserId,
    (opens_at, closes_at): (Option<Instant>, Instant),
) -> Result<Ballot, Failure> {
    if repo::follower(act.tx(), old.id, origin).await?.is_some() {
        return Err(BallotRefused::AlreadyFollowed.into());
    }
    let follows = old.id;
    Ok(Ballot {
        id: act.fresh(),
        state: "draft".to_owned(),
        opens_at,
        closes_at,
        proposed_by: proposer,
        edition: old.edition + 1,
        follows_id: Some(follows),
        origin: Some(origin.to_owned()),
        ..blank(act, old)
    })
}

/// A ballot with the question of another, as if nothing had happened to it.
fn blank(act: &Act<'_>, old: &Ballot) -> Ballot {
    Ballot {
        content_hash: None,
        withdrawal: None,
        result: None,
        record: None,
        published_at: None,
        opened_at: None,
        closed_at: None,
        electorate_size: None,
        version: 1,
        created_at: act.now(),
        round: 1,
        extended_at: None,
        withdrawal_asked_by: None,
        remind_at: None,
        reminded_at: None,
        checked_votes: None,
        winner: None,
        casting_until: None,
        casting_vote_by: None,
        challenge_until: None,
        effective_at: None,
        permitted_at: None,
        rounds: None,
        ..old.clone()
    }
}

/// Stores a drafted successor.
pub(super) async fn insert(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    repo::insert(act.tx(), ballot.clone()).await?;
    let data = json!({ "follows_id": ballot.follows_id, "origin": ballot.origin, "edition": ballot.edition });
    act.record(
        "ballot.proposed",
        Some(ballot.alliance_id),
        ballot.id.0,
        data,
    )
    .await?;
    Ok(())
}

/// The rule with half of every quorum.
pub(super) fn with_half_the_quorum(mut rule: BallotRule) -> BallotRule {
    for quorum in &mut rule.quorum {
        quorum.min = quorum.min.half();
    }
    rule
}
