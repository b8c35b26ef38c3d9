//! What the caller may see: strangers learn nothing of what exists.

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::state::FundState;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::Currency;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Asker;

/// A fund of an alliance in which the caller's role allows the operation.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn fund(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: FundId,
) -> Result<(Fund, Standing), Failure> {
    let fund = repo::funds::find(c, id)
        .await?
        .ok_or_else(|| Refused::not_found("fund"))?;
    let standing = alliances::admit(c, asker, fund.alliance_id).await?;
    Ok((fund, standing))
}

/// As [`fund`], and locks it for the rest of the transaction.
///
/// # Errors
/// As [`fund`].
pub async fn fund_to_change(act: &Act<'_>, id: FundId) -> Result<(Fund, Standing), Failure> {
    let (_, standing) = fund(act.tx(), act.asker(), id).await?;
    Ok((locked(act, id).await?, standing))
}

/// A fund that is known to exist, locked.
///
/// # Errors
/// When the database fails.
pub async fn locked(act: &Act<'_>, id: FundId) -> Result<Fund, Failure> {
    repo::funds::lock(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("fund").into())
}

/// Two funds that are known to exist, locked in the order of their ids so that two moves never wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn locked_pair(act: &Act<'_>, a: FundId, b: FundId) -> Result<(Fund, Fund), Failure> {
    if a <= b {
        let first = locked(act, a).await?;
        Ok((first, locked(act, b).await?))
    } else {
        let second = locked(act, b).await?;
        Ok((locked(act, a).await?, second))
    }
}

/// Passes a membership of the alliance.
///
/// # Errors
/// 404 for any other.
pub async fn membership(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: MembershipId,
) -> Result<alliances::Member, Failure> {
    alliances::member(c, alliance, id)
        .await?
        .ok_or_else(|| Refused::not_found("membership").into())
}

/// Whose lines the caller sees: everybody's (`None`) as organizer, treasurer or observer, else its own.
pub fn lines_of(standing: &Standing) -> Option<Vec<MembershipId>> {
    let all = standing.is_any(&[Role::Organizer, Role::Treasurer, Role::Observer]);
    (!all).then(|| standing.memberships.iter().map(|(id, _)| *id).collect())
}

/// Passes what belongs to somebody whose lines the caller sees.
///
/// # Errors
/// 404.
pub fn require_line(standing: &Standing, of: MembershipId, what: &str) -> Result<(), Refused> {
    match lines_of(standing) {
        Some(mine) if !mine.contains(&of) => Err(Refused::not_found(what)),
        _ => Ok(()),
    }
}

/// The state of a fund.
///
/// # Errors
/// When the database holds a word that is none.
pub fn state_of(fund: &Fund) -> Result<FundState, Failure> {
    FundState::parse(&fund.state)
        .ok_or_else(|| anyhow::anyhow!("fund {} has the state '{}'", fund.id, fund.state).into())
}

/// Passes an event that the fund's state allows.
///
/// # Errors
/// `illegal_transition`.
pub fn require_event(fund: &Fund, event: &str) -> Result<(), Failure> {
    let state = state_of(fund)?;
    let events = if fund.general {
        state.general_events()
    } else {
        state.events()
    };
    Ok(crate::funds::domain::state::require(
        state.as_str(),
        events,
        event,
    )?)
}

/// The currency of a fund.
///
/// # Errors
/// When the database holds a code that is none.
pub fn currency_of(fund: &Fund) -> Result<Currency, Failure> {
    Currency::parse(&fund.currency)
        .ok_or_else(|| anyhow::anyhow!("fund {} is kept in '{}'", fund.id, fund.currency).into())
}
