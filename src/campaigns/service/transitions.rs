//! What people do with a campaign: approve, schedule, pause, resume, cancel.

use chrono::TimeDelta;
use serde_json::json;

use crate::alliances;
use crate::campaigns::domain::state::CampaignState;
use crate::campaigns::domain::state::Event;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::recipients;
use crate::kernel::ids::CampaignId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail::mailing;
use crate::platform::act::Act;
use crate::platform::db::Tx;

/// Letters of a campaign make sense for this long, and no longer than its promotion.
pub const LIFE: TimeDelta = TimeDelta::hours(48);

/// Moves a campaign on, as the caller wants.
///
/// # Errors
/// 404, 403, 428, 412; 409 where the state does not allow it; 422 where it has too many recipients.
pub async fn perform(act: &Act<'_>, id: CampaignId, event: Event) -> Result<Campaign, Failure> {
    let mut campaign = repo::lock_campaign(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    let standing = alliances::admit(act.tx(), act.asker(), campaign.alliance_id).await?;
    act.enter(Some(campaign.version)).await?;
    advance(&mut campaign, event)?;
    match event {
        Event::Approve => campaign.approved_by = Some(standing.user),
        Event::Schedule => {
            recipients::refuse_too_many(act.tx(), &campaign).await?;
            campaign.send_at.get_or_insert(act.now());
            act.wake_worker();
        }
        Event::Pause => mailing::hold(act.tx(), id).await?,
        Event::Resume => mailing::release(act.tx(), id, act.now().plus(LIFE)).await?,
        Event::Cancel => end_early(act.tx(), &mut campaign).await?,
        Event::Start | Event::Finish => {}
    }
    repo::update_campaign(act.tx(), &campaign).await?;
    let action = match event {
        Event::Approve => "campaign.approved",
        Event::Schedule => "campaign.scheduled",
        Event::Pause => "campaign.paused",
        Event::Resume => "campaign.resumed",
        Event::Cancel => "campaign.cancelled",
        Event::Start => "campaign.started",
        Event::Finish => "campaign.finished",
    };
    act.record(action, Some(campaign.alliance_id), id.0, json!({}))
        .await?;
    Ok(campaign)
}

/// Takes the step in the row, which counts as a new version of it.
///
/// # Errors
/// 409 `illegal_transition`.
pub fn advance(campaign: &mut Campaign, event: Event) -> Result<(), Failure> {
    let next = state(campaign)?.after(event)?;
    next.as_str().clone_into(&mut campaign.state);
    campaign.version += 1;
    Ok(())
}

/// The state of a row.
///
/// # Errors
/// When the row holds none.
pub fn state(campaign: &Campaign) -> Result<CampaignState, Failure> {
    CampaignState::parse(&campaign.state)
        .ok_or_else(|| anyhow::anyhow!("campaign {} has no state", campaign.id).into())
}

/// What is just being sent may still arrive: then the sweep tells the end.
async fn end_early(tx: &Tx, campaign: &mut Campaign) -> Result<(), Failure> {
    mailing::cancel(tx, campaign.id).await?;
    let open = mailing::is_open(tx, campaign.id).await?;
    let now: Instant = tx.now();
    campaign.ended_at = (!open).then_some(now);
    if open {
        tx.wake_worker();
    }
    Ok(())
}
