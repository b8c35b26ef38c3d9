//! What nobody answered in time expires.

use chrono::TimeDelta;

use crate::alliances::domain::invitation::InvitationEvent;
use crate::alliances::domain::invitation::InvitationState;
use crate::alliances::domain::invitation::LIFETIME;
use crate::alliances::domain::membership::MembershipEvent;
use crate::alliances::domain::membership::MembershipState;
use crate::alliances::repo::admissions as admission_rows;
use crate::alliances::repo::invitations;
use crate::alliances::repo::memberships;
use crate::alliances::service::admissions;
use crate::alliances::service::invitations as invitation_service;
use crate::alliances::service::memberships as membership_service;
use crate::kernel::ids::InvitationId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Sweep;

/// The background work of alliances.
pub fn sweeps() -> Vec<Sweep> {
    vec![
        Sweep {
            name: "admissions",
            every: TimeDelta::minutes(1),
            run: |ctx| Box::pin(async move { admissions::admit_due(&ctx).await }),
        },
        Sweep {
            name: "invitations",
            every: TimeDelta::minutes(1),
            run: |ctx| Box::pin(async move { expire(&ctx).await }),
        },
    ]
}

async fn expire(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let mut done = 0;
    for id in invitations::stale(&reader, now).await? {
        let expired = act::perform_as_system(ctx, "expire_invitations", async |act| {
            expire_invitation(act, id).await
        });
        done += u64::from(expired.await?);
    }
    for id in memberships::stale_invited(&reader, now.plus(-LIFETIME)).await? {
        let expired = act::perform_as_system(ctx, "expire_invitations", async |act| {
            expire_membership(act, id).await
        });
        done += u64::from(expired.await?);
    }
    Ok(done)
}

/// `false`: somebody answered meanwhile.
async fn expire_invitation(act: &Act<'_>, id: InvitationId) -> Result<bool, Failure> {
    let open = InvitationState::Open.as_str();
    let row = invitations::lock(act.tx(), id).await?;
    let Some(row) = row.filter(|row| row.state == open && row.expires_at <= act.now()) else {
        return Ok(false);
    };
    invitation_service::answer_in(act, row, InvitationEvent::Expire, None).await?;
    Ok(true)
}

/// `false`: somebody answered meanwhile.
async fn expire_membership(act: &Act<'_>, id: MembershipId) -> Result<bool, Failure> {
    let invited = MembershipState::Invited.as_str();
    let row = memberships::lock(act.tx(), id).await?;
    let Some(row) = row.filter(|row| row.state == invited) else {
        return Ok(false);
    };
    if admission_rows::lock_open(act.tx(), id).await?.is_some() {
        // The merchant answered; now it is for the members to object.
        return Ok(false);
    }
    membership_service::move_on(act, row, MembershipEvent::Expire).await?;
    Ok(true)
}
