//! Appointing proxies, and taking appointments back.

use serde_json::json;

use crate::alliances;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::proxy;
use crate::ballots::domain::proxy::Appointing;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Proxy;
use crate::ballots::service::BACKSTAGE;
use crate::ballots::service::admit;
use crate::ballots::service::letters;
use crate::ballots::service::rule_of;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::ballots::service::voting;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ProxyId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Appoints `holder` to vote for the caller's member, in the place of an earlier appointment. The ballot is held
/// against everybody, so that who asks first is served first.
///
/// # Errors
/// 404, 403; 422 `proxy_to_self`, a holder that is no member; 409 `proxies_not_allowed`, `proxy_late`,
/// `proxy_chained`, `proxy_limit`, `deadline_passed`; 403 `not_an_elector`.
pub async fn appoint(
    act: &Act<'_>,
    id: BallotId,
    principal: Option<MembershipId>,
    holder: MembershipId,
) -> Result<Proxy, Failure> {
    let (ballot, standing) = take(act, id).await?;
    let principal = standing.acting_for(principal)?;
    if state_of(&ballot)?.is_frozen() {
        voting::weigh(act, &ballot, principal).await?;
    }
    act.enter(None).await?;
    check_holder(act, &ballot, holder).await?;
    let facts = Appointing {
        to_itself: principal == holder,
        held_by_holder: repo::proxies::held(act.tx(), id, holder, principal).await?,
        holder_is_principal: repo::proxies::of(act.tx(), id, holder).await?.is_some(),
        principal_is_holder: repo::proxies::held(act.tx(), id, principal, principal).await? > 0,
        at: act.now().millis(),
        closes_at: ballot.closes_at.millis(),
    };
    check_running(&ballot)?;
    proxy::check(rule_of(&ballot)?.proxies.as_ref(), facts)?;
    let row = Proxy {
        id: act.fresh(),
        alliance_id: ballot.alliance_id,
        ballot_id: id,
        principal_id: principal,
        holder_id: holder,
        appointed_by: standing.user,
        appointed_at: act.now(),
        replaced_at: None,
    };
    repo::proxies::appoint(act.tx(), row.clone()).await?;
    let data = json!({ "principal_id": principal, "holder_id": holder });
    act.record("proxy.appointed", Some(ballot.alliance_id), id.0, data)
        .await?;
    letters::tell_holder(act, &ballot, &row).await?;
    Ok(row)
}

/// Takes the appointment of the caller's member back, until votes are no longer taken. A vote that the holder cast
/// before stands until the principal votes itself.
///
/// # Errors
/// 404 for strangers and for the appointments of others; 403 for those who act for no member; 409 `proxy_ended`,
/// `deadline_passed`.
pub async fn revoke(act: &Act<'_>, id: BallotId, proxy: ProxyId) -> Result<(), Failure> {
    let (ballot, standing) = take(act, id).await?;
    let found = repo::proxies::find(act.tx(), id, proxy).await?;
    let mine = |row: &Proxy| {
        let mut own = standing.memberships.iter();
        own.any(|(membership, _)| *membership == row.principal_id)
    };
    let row = found
        .filter(mine)
        .ok_or_else(|| Refused::not_found("proxy"))?;
    act.enter(None).await?;
    check_running(&ballot)?;
    if !repo::proxies::end(act.tx(), proxy).await? {
        return Err(BallotRefused::ProxyEnded.into());
    }
    let data = json!({ "principal_id": row.principal_id, "holder_id": row.holder_id });
    act.record("proxy.revoked", Some(ballot.alliance_id), id.0, data)
        .await?;
    letters::tell_end(act, &ballot, &row, row.principal_id).await
}

/// Passes a ballot in which votes are taken or will be.
fn check_running(ballot: &Ballot) -> Result<(), Failure> {
    match state_of(ballot)? {
        BallotState::Draft | BallotState::Notice | BallotState::Open => Ok(()),
        _ => {
            let closes_at = ballot.closes_at.millis();
            Err(BallotRefused::VotingOver { closes_at }.into())
        }
    }
}

async fn check_holder(act: &Act<'_>, ballot: &Ballot, holder: MembershipId) -> Result<(), Failure> {
    let found = alliances::active_member(act.tx(), ballot.alliance_id, holder).await?;
    let has_a_vote = if state_of(ballot)?.is_frozen() {
        let weight = repo::electors::weight(act.tx(), ballot.id, holder).await?;
        weight.is_some()
    } else {
        true
    };
    if found.is_some() && has_a_vote {
        return Ok(());
    }
    let detail = "The holder is no member with a vote of its own here.";
    Err(Refused::field("#/holder_id", "holder_unknown", detail).into())
}

/// Appointments of a ballot: all of them for those who run or watch the alliance, else the caller's own.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, id: BallotId, page: Page) -> Result<Slice<Proxy>, Failure> {
    let ballot = repo::ballot(look.reader(), id).await?;
    let (ballot, standing) = admit(look.reader(), look.asker(), ballot).await?;
    let own: Vec<MembershipId> = standing.memberships.iter().map(|(m, _)| *m).collect();
    let of = (!standing.is_any(&BACKSTAGE)).then_some(own.as_slice());
    Ok(repo::proxies::page(look.reader(), ballot.id, of, page).await?)
}
