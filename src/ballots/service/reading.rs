//! Reading ballots and votes.

use crate::alliances;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::domain::rule::WeightBasis;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Vote;
use crate::ballots::service::BACKSTAGE;
use crate::ballots::service::admit;
use crate::ballots::service::rule_of;
use crate::ballots::service::state_of;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;

/// A vote as one reader sees it.
#[derive(Debug, Clone)]
pub struct Mine {
    pub vote: Vote,
    /// Hidden where it tells what another member is billed.
    pub weight: Option<i64>,
}

/// One ballot.
///
/// # Errors
/// 404 for strangers, and for members as long as it is a draft.
pub async fn show(look: &Look<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let ballot = repo::ballot(look.reader(), id).await?;
    Ok(admit(look.reader(), look.asker(), ballot).await?.0)
}

/// The ballots of an alliance; drafts only for those who run it or read everything.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    state: Option<BallotState>,
    page: Page,
) -> Result<Slice<Ballot>, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let drafts = standing.is_any(&BACKSTAGE);
    Ok(repo::list(look.reader(), alliance, drafts, state, page).await?)
}

/// The votes of a ballot: the caller's own, and everybody's once they are no secret.
///
/// # Errors
/// 404 for strangers.
pub async fn votes(look: &Look<'_>, id: BallotId, page: Page) -> Result<Slice<Mine>, Failure> {
    let ballot = repo::ballot(look.reader(), id).await?;
    let (ballot, standing) = admit(look.reader(), look.asker(), ballot).await?;
    let rule = rule_of(&ballot)?;
    let own: Vec<MembershipId> = standing.memberships.iter().map(|(m, _)| *m).collect();
    let all = state_of(&ballot)?.is_counted() || rule.secrecy == Secrecy::Open;
    let of = if all { None } else { Some(own.as_slice()) };
    let slice = repo::votes(look.reader(), id, of, page).await?;
    let weights = repo::electorate(look.reader(), id).await?;
    // A weight by contribution is a line of the assessment: members see their own.
    let free = rule.weight == WeightBasis::Equal || standing.is_any(&BACKSTAGE);
    Ok(slice.map(|vote| {
        let shown = free || own.contains(&vote.membership_id);
        let weight = weights.get(&vote.membership_id).copied();
        Mine {
            weight: weight.filter(|_| shown),
            vote,
        }
    }))
}
