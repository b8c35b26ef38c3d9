//! How far a campaign is, and what became of each recipient.

use std::collections::HashMap;

use crate::campaigns::repo::Campaign;
use crate::campaigns::service::campaigns;
use crate::kernel::ids::CampaignId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::mail::mailing;
use crate::mail::mailing::Dispatch;
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
