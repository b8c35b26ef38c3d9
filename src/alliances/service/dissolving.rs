//! The end of an alliance; whoever calls this has the decision of its members.

use serde_json::json;

use crate::alliances::face;
use crate::alliances::problems;
use crate::alliances::repo::invitations;
use crate::alliances::repo::memberships;
use crate::alliances::repo::tenants;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::registry::Hold;

/// Holds the alliance of every write, so that its end comes before it or after it.
pub const HOLD: Hold = Hold {
    run: |tx, id| {
        Box::pin(async move {
            let row = tenants::hold(tx, id).await?;
            let ended = row.is_some_and(|row| row.state == face::DISSOLVED);
            Ok(ended.then_some((&problems::ALLIANCE_DISSOLVED, face::ENDED)))
        })
    },
};

/// Holds an alliance for an act that nobody was admitted to, such as the answer to an invitation.
///
/// # Errors
/// 409 `alliance_dissolved`.
pub async fn hold(act: &Act<'_>, id: AllianceId) -> Result<(), Failure> {
    let row = tenants::hold(act.tx(), id).await?;
    if row.is_some_and(|row| row.state == face::DISSOLVED) {
        return Err(Refused::new(&problems::ALLIANCE_DISSOLVED, face::ENDED).into());
    }
    Ok(())
}

/// Holds an alliance: whoever writes in it waits.
///
/// # Errors
/// 404 where there is none.
pub async fn lock(act: &Act<'_>, id: AllianceId) -> Result<(), Failure> {
    let found = tenants::lock(act.tx(), id).await?;
    found
        .map(|_| ())
        .ok_or_else(|| Refused::not_found("object").into())
}

/// Holds an alliance that goes on, so that what is counted in it stays counted: limits hold whatever comes at once.
///
/// # Errors
/// 404 where there is none; 409 `alliance_dissolved` where it ended in the meantime.
pub async fn lock_living(act: &Act<'_>, id: AllianceId) -> Result<(), Failure> {
    let found = tenants::lock_to_count(act.tx(), id).await?;
    let found = found.ok_or_else(|| Refused::not_found("object"))?;
    if found.state == face::DISSOLVED {
        return Err(Refused::new(&problems::ALLIANCE_DISSOLVED, face::ENDED).into());
    }
    Ok(())
}

/// Ends memberships, applications and invitations, and closes the alliance for every further act. The people
/// who hold roles go on reading.
///
/// # Errors
/// When the database fails.
pub async fn dissolve(act: &Act<'_>, id: AllianceId) -> Result<(), Failure> {
    let ended = memberships::end_all(act.tx(), id).await?;
    invitations::revoke_all(act.tx(), id).await?;
    tenants::mark_dissolved(act.tx(), id).await?;
    let data = json!({ "memberships_ended": ended });
    act.record("alliance.dissolved", Some(id), id.0, data.clone())
        .await?;
    act.publish("alliance.dissolved", Some(id), data).await?;
    Ok(())
}
