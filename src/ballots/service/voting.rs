//! Voting: a vote holds the ballot open while it is taken, so that it is counted or refused, never lost. It looks
//! at one row each of the electorate and the votes, however many there are.

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::resolve;
use crate::ballots::domain::resolve::Cast;
use crate::ballots::domain::resolve::Rejection;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Vote;
use crate::ballots::service::admit;
use crate::ballots::service::paper_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::secrets;
use crate::ballots::service::secrets::Receipt;
use crate::ballots::service::secrets::Slip;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::ids::VoteId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Act;

/// What a caller says.
#[derive(Debug, Clone, Copy)]
pub struct Spoken<'a> {
    /// For which of the caller's members; absent: the only one.
    pub membership: Option<MembershipId>,
    /// By proxy, for another member.
    pub on_behalf_of: Option<MembershipId>,
    pub choice: &'a str,
}

/// A vote that stands.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Absent in a secret ballot.
    pub id: Option<VoteId>,
    pub ballot: BallotId,
    pub membership: MembershipId,
    /// Absent in a secret ballot: no answer tells who voted how.
    pub choice: Option<String>,
    pub how: Cast,
    pub weight: i64,
    pub cast_by: UserId,
    pub cast_at: Instant,
    /// Of a secret ballot.
    pub receipt: Option<Receipt>,
}

/// A vote about to be taken.
struct Casting<'a> {
    ballot: &'a Ballot,
    rule: &'a BallotRule,
    paper: &'a Paper,
    voter: MembershipId,
    how: Cast,
    user: UserId,
    /// The place of the answer on the paper.
    mark: usize,
}

/// Votes for the caller's member, or by proxy for another one.
///
/// # Errors
/// 404, 403 `role_required`, `not_an_elector`, `no_proxy`; 422 `option_unknown`; 409 `ballot_not_open`,
/// `deadline_passed`, `already_voted`, `principal_voted`.
pub async fn vote(act: &Act<'_>, id: BallotId, spoken: Spoken<'_>) -> Result<Taken, Failure> {
    let ballot = repo::hold_open(act.tx(), id).await?;
    let (ballot, standing) = admit(act.tx(), act.asker(), ballot).await?;
    let by = standing.acting_for(spoken.membership)?;
    let voter = spoken.on_behalf_of.unwrap_or(by);
    if state_of(&ballot)?.is_frozen() {
        weigh(act, &ballot, by).await?;
        if voter != by {
            weigh(act, &ballot, voter).await?;
            check_proxy(act, &ballot, by, voter).await?;
        }
    }
    act.enter(None).await?;
    let how = if voter == by {
        Cast::InPerson
    } else {
        Cast::ByProxy
    };
    cast(act, &ballot, (voter, how), standing.user, spoken.choice).await
}

async fn check_proxy(
    act: &Act<'_>,
    ballot: &Ballot,
    holder: MembershipId,
    principal: MembershipId,
) -> Result<(), Failure> {
    let standing = repo::proxies::of(act.tx(), ballot.id, principal).await?;
    if standing.is_some_and(|proxy| proxy.holder_id == holder) {
        return Ok(());
    }
    Err(BallotRefused::NoProxy.into())
}

/// Takes a vote for a member from `user` in a ballot that the transaction holds open.
pub(super) async fn cast(
    act: &Act<'_>,
    ballot: &Ballot,
    (voter, how): (MembershipId, Cast),
    user: UserId,
    choice: &str,
) -> Result<Taken, Failure> {
    let paper = paper_of(ballot)?;
    let mark = paper.mark(choice)?;
    check_open(act, ballot)?;
    let weight = weigh(act, ballot, voter).await?;
    alliances::active_member(act.tx(), ballot.alliance_id, voter)
        .await?
        .ok_or(BallotRefused::MemberGone)?;
    let rule = rule_of(ballot)?;
    let casting = Casting {
        ballot,
        rule: &rule,
        paper: &paper,
        voter,
        how,
        user,
        mark,
    };
    let mut taken = Taken {
        id: None,
        ballot: ballot.id,
        membership: voter,
        choice: None,
        how,
        weight,
        cast_by: user,
        cast_at: act.now(),
        receipt: None,
    };
    let first = if rule.secrecy == Secrecy::Secret {
        let (first, receipt) = cast_secretly(act, &casting).await?;
        taken.receipt = Some(receipt);
        first
    } else {
        let (first, id) = cast_openly(act, &casting).await?;
        taken.id = Some(id);
        taken.choice = Some(choice.to_owned());
        first
    };
    // The journal is read while the ballot is open: it says that a member voted, never how.
    let data = json!({ "membership_id": voter, "by": user, "how": how, "replaced": !first });
    act.record("vote.cast", Some(ballot.alliance_id), ballot.id.0, data)
        .await?;
    Ok(taken)
}

async fn cast_openly(act: &Act<'_>, casting: &Casting<'_>) -> Result<(bool, VoteId), Failure> {
    let ballot = casting.ballot;
    let word = casting.paper.words()[casting.mark];
    let mut vote = Vote {
        id: act.fresh(),
        alliance_id: ballot.alliance_id,
        ballot_id: ballot.id,
        round: ballot.round,
        membership_id: casting.voter,
        choice: word.to_owned(),
        how: casting.how.as_str().to_owned(),
        cast_by: casting.user,
        cast_at: act.now(),
    };
    if repo::votes::insert(act.tx(), vote.clone()).await? {
        return Ok((true, vote.id));
    }
    let standing = repo::votes::lock(act.tx(), ballot, casting.voter)
        .await?
        .ok_or_else(|| spoilt(ballot, "vote"))?;
    let how = Cast::parse(&standing.how).ok_or_else(|| spoilt(ballot, "vote"))?;
    may_replace(how, casting)?;
    vote.id = standing.id;
    repo::votes::replace(act.tx(), &vote).await?;
    Ok((false, vote.id))
}

async fn cast_secretly(act: &Act<'_>, casting: &Casting<'_>) -> Result<(bool, Receipt), Failure> {
    let ballot = casting.ballot;
    let pseudonym = secrets::pseudonym(act.ctx, ballot, casting.voter);
    let slip = Slip::fresh(act.ctx, casting.how, casting.mark)?;
    let sealed = slip.seal(act.ctx, &pseudonym)?;
    let receipt = slip.receipt(ballot, casting.paper)?;
    if repo::secret::insert(act.tx(), ballot, &pseudonym, sealed.clone()).await? {
        return Ok((true, receipt));
    }
    let standing = repo::secret::lock(act.tx(), ballot, &pseudonym)
        .await?
        .ok_or_else(|| spoilt(ballot, "slip"))?;
    let standing = Slip::open(act.ctx, &pseudonym, &standing)?;
    may_replace(standing.how, casting)?;
    repo::secret::replace(act.tx(), ballot, &pseudonym, sealed).await?;
    Ok((false, receipt))
}

fn may_replace(standing: Cast, casting: &Casting<'_>) -> Result<(), BallotRefused> {
    resolve::replaces(Some(standing), casting.how, casting.rule.revote).map_err(|rejection| {
        if rejection == Rejection::PrincipalVoted {
            BallotRefused::PrincipalVoted
        } else {
            BallotRefused::AlreadyVoted
        }
    })
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
        | BallotState::Challenged
        | BallotState::Annulled
        | BallotState::Effective
        | BallotState::Withdrawn => Err(BallotRefused::VotingOver { closes_at }.into()),
    }
}

/// What a member weighs.
///
/// # Errors
/// 403 `not_an_elector`.
pub(super) async fn weigh(
    act: &Act<'_>,
    ballot: &Ballot,
    membership: MembershipId,
) -> Result<i64, Failure> {
    repo::electors::weight(act.tx(), ballot.id, membership)
        .await?
        .ok_or_else(|| BallotRefused::NotAnElector.into())
}
