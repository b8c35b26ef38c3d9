//! How far a campaign is, and what became of each recipient.

use std::collections::HashMap;

use serde_json::json;

use crate::alliances;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::campaigns;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::mailing;
use crate::mail::mailing::Attempt;
use crate::mail::mailing::Decision;
use crate::mail::mailing::Dispatch;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A campaign with its number of deliveries per state.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn progress(
    look: &Look<'_>,
    id: CampaignId,
) -> Result<(Campaign, HashMap<String, i64>), Failure> {
    let campaign = campaigns::show(look, id).await?;
    let counts = mailing::counts(look.reader(), id).await?;
    Ok((campaign, counts.into_iter().collect()))
}

/// The deliveries of a campaign, in one state or in all.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn deliveries(
    look: &Look<'_>,
    id: CampaignId,
    state: Option<&str>,
    page: Page,
) -> Result<Slice<Dispatch>, Failure> {
    campaigns::show(look, id).await?;
    Ok(mailing::deliveries(look.reader(), id, state, page).await?)
}

/// What did not succeed at once: the tries of a campaign that did not end with a 250.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn attempts(
    look: &Look<'_>,
    id: CampaignId,
    page: Page,
) -> Result<Slice<Attempt>, Failure> {
    campaigns::show(look, id).await?;
    Ok(mailing::attempts(look.reader(), id, page).await?)
}

/// Ends the doubt about letters that may have arrived. Answers how many there were.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn resolve(
    act: &Act<'_>,
    id: CampaignId,
    which: Option<&[DeliveryId]>,
    decision: Decision,
) -> Result<u64, Failure> {
    let campaign = repo::lock_campaign(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    alliances::admit(act.tx(), act.asker(), campaign.alliance_id).await?;
    act.enter(None).await?;
    let count = mailing::decide(act.tx(), id, which, decision).await?;
    let facts = json!({ "decision": decision, "count": count });
    act.record(
        "campaign.doubts_ended",
        Some(campaign.alliance_id),
        id.0,
        facts,
    )
    .await?;
    Ok(count)
}
