//! Reading ballots, votes, electorates and records.

use crate::alliances;
use crate::alliances::Standing;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::record::BallotRecord;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::resolve::Cast;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::domain::rule::WeightBasis;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Challenge;
use crate::ballots::repo::electors::Excluded;
use crate::ballots::service::BACKSTAGE;
use crate::ballots::service::admit;
use crate::ballots::service::record_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::secrets;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::ids::VoteId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Look;

/// A vote as one reader sees it.
#[derive(Debug, Clone)]
pub struct Mine {
    pub id: Option<VoteId>,
    pub ballot: BallotId,
    pub membership: MembershipId,
    /// Absent in a secret ballot.
    pub choice: Option<String>,
    pub how: Option<Cast>,
    /// Hidden where it tells what another member is billed.
    pub weight: Option<i64>,
    pub cast_by: Option<UserId>,
    pub cast_at: Option<Instant>,
}

/// One ballot.
///
/// # Errors
/// 404 for strangers, and for members as long as it is a draft.
pub async fn show(look: &Look<'_>, id: BallotId) -> Result<Ballot, Failure> {
    Ok(seen(look, id).await?.0)
}

async fn seen(look: &Look<'_>, id: BallotId) -> Result<(Ballot, Standing), Failure> {
    let ballot = repo::ballot(look.reader(), id).await?;
    admit(look.reader(), look.asker(), ballot).await
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

/// Whether a reader sees what every member weighs. A weight by contribution is a line of a bill, which members
/// see of themselves only; an open ballot publishes it, because everybody may count it again.
fn weights_are_free(rule: &BallotRule, standing: &Standing) -> bool {
    rule.weight == WeightBasis::Equal
        || rule.secrecy == Secrecy::Open
        || standing.is_any(&BACKSTAGE)
}

fn own(standing: &Standing) -> Vec<MembershipId> {
    standing.memberships.iter().map(|(m, _)| *m).collect()
}

/// The votes of a ballot: the caller's own, and everybody's once they are no secret. Of a secret ballot only that
/// the caller's members have voted.
///
/// # Errors
/// 404 for strangers.
pub async fn votes(look: &Look<'_>, id: BallotId, page: Page) -> Result<Slice<Mine>, Failure> {
    let (ballot, standing) = seen(look, id).await?;
    let rule = rule_of(&ballot)?;
    let own = own(&standing);
    if rule.secrecy == Secrecy::Secret {
        return own_turnout(look, &ballot, &own).await;
    }
    let all = state_of(&ballot)?.is_counted() || rule.secrecy == Secrecy::Open;
    let of = if all { None } else { Some(own.as_slice()) };
    let slice = repo::votes::page(look.reader(), &ballot, of, page).await?;
    let voters: Vec<MembershipId> = slice.items.iter().map(|vote| vote.membership_id).collect();
    let weights = repo::electors::weights(look.reader(), id, &voters).await?;
    let free = weights_are_free(&rule, &standing);
    Ok(slice.map(|vote| {
        let shown = free || own.contains(&vote.membership_id);
        let weight = weights.get(&vote.membership_id).copied();
        Mine {
            id: Some(vote.id),
            ballot: vote.ballot_id,
            membership: vote.membership_id,
            how: Cast::parse(&vote.how),
            choice: Some(vote.choice),
            weight: weight.filter(|_| shown),
            cast_by: Some(vote.cast_by),
            cast_at: Some(vote.cast_at),
        }
    }))
}

async fn own_turnout(
    look: &Look<'_>,
    ballot: &Ballot,
    own: &[MembershipId],
) -> Result<Slice<Mine>, Failure> {
    let voted = secrets::voters_among(look.ctx, look.reader(), ballot, own).await?;
    let weights = repo::electors::weights(look.reader(), ballot.id, own).await?;
    let items = voted.into_iter().map(|membership| Mine {
        id: None,
        ballot: ballot.id,
        membership,
        choice: None,
        how: None,
        weight: weights.get(&membership).copied(),
        cast_by: None,
        cast_at: None,
    });
    Ok(Slice {
        items: items.collect(),
        next: None,
    })
}

/// The electorate as it was fixed at the opening, with the weights that the reader may see.
///
/// # Errors
/// 404 for strangers.
pub async fn electorate(
    look: &Look<'_>,
    id: BallotId,
    page: Page,
) -> Result<Slice<(MembershipId, Option<i64>)>, Failure> {
    let (ballot, standing) = seen(look, id).await?;
    let free = weights_are_free(&rule_of(&ballot)?, &standing);
    let own = own(&standing);
    let slice = repo::electors::page(look.reader(), id, page).await?;
    Ok(slice.map(|row| {
        let shown = free || own.contains(&row.membership_id);
        (row.membership_id, shown.then_some(row.weight))
    }))
}

/// The receipts of a secret ballot, in the order of their digests; none before the close.
///
/// # Errors
/// 404 for strangers.
pub async fn receipts(
    look: &Look<'_>,
    id: BallotId,
    page: Page,
) -> Result<Slice<(i64, String)>, Failure> {
    seen(look, id).await?;
    let slice = repo::secret::receipts(look.reader(), id, page).await?;
    Ok(slice.map(|row| (row.round, row.digest)))
}

/// Everything about a declaration.
#[derive(Debug, Clone)]
pub struct Declared {
    pub ballot: Ballot,
    pub rule: BallotRule,
    pub record: BallotRecord,
    pub excluded: Vec<Excluded>,
    pub challenges: Vec<Challenge>,
}

/// Whether what a ballot permitted was done: also where the declaration was disputed or annulled since.
///
/// # Errors
/// When the row holds a word that is none of ours.
pub fn is_executed(ballot: &Ballot) -> Result<bool, Failure> {
    Ok(match state_of(ballot)? {
        BallotState::Effective => true,
        BallotState::Challenged | BallotState::Annulled => ballot.permitted_at.is_some(),
        _ => false,
    })
}

/// The record of a declared ballot.
///
/// # Errors
/// 404 for strangers; 409 `ballot_still_open` before the declaration.
pub async fn record(look: &Look<'_>, id: BallotId) -> Result<Declared, Failure> {
    let (ballot, _) = seen(look, id).await?;
    if !state_of(&ballot)?.is_counted() {
        let closes_at = ballot.closes_at.millis();
        return Err(BallotRefused::StillOpen { closes_at }.into());
    }
    let record = record_of(&ballot)?.ok_or_else(|| spoilt(&ballot, "record"))?;
    Ok(Declared {
        rule: rule_of(&ballot)?,
        record,
        excluded: repo::electors::excluded(look.reader(), id).await?,
        challenges: repo::challenges::all(look.reader(), id).await?,
        ballot,
    })
}
