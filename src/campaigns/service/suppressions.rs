//! The addresses that refuse mail of an alliance, as its organizers keep them.

use serde_json::json;

use crate::alliances;
use crate::campaigns::domain::purpose::CampaignCategory;
use crate::campaigns::problems::ALREADY_SUPPRESSED;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::SuppressionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::RefusalSource;
use crate::mail::bounces;
use crate::mail::bounces::Listed;
use crate::mail::suppressions;
use crate::mail::suppressions::Refused as Refusal;
use crate::mail::suppressions::Suppression;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Notes that an address refuses optional mail: of one category, or of every one.
///
/// # Errors
/// 404, 403; 409 where it refuses this already.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    email: &str,
    category: Option<CampaignCategory>,
    reason: &str,
) -> Result<Suppression, Failure> {
    alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let category = category.map(CampaignCategory::of_mail);
    let source = RefusalSource::Organizer;
    let refused = Refusal::of_alliance(alliance, category, email, reason, source);
    let row = suppressions::suppress(act.tx(), act.fresh(), &refused)
        .await?
        .ok_or_else(|| {
            Refused::new(
                &ALREADY_SUPPRESSED,
                "This address refuses such mail of the alliance already.",
            )
        })?;
    let facts = json!({ "category": row.category, "reason": reason });
    act.record("suppression.added", Some(alliance), row.id.0, facts)
        .await?;
    Ok(row)
}

/// The refusals of an alliance.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Suppression>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(suppressions::list(look.reader(), alliance, page).await?)
}

/// Lifts a refusal; who did it and why stays in the journal.
///
/// # Errors
/// 404 where the alliance has no such refusal; 403.
pub async fn lift(
    act: &Act<'_>,
    alliance: AllianceId,
    id: SuppressionId,
    reason: &str,
) -> Result<(), Failure> {
    alliances::admit(act.tx(), act.asker(), alliance).await?;
    let row = suppressions::lift(act.tx(), alliance, id)
        .await?
        .ok_or_else(|| Refused::not_found("suppression"))?;
    act.enter(None).await?;
    let facts = json!({ "reason": reason, "category": row.category, "was": row.reason,
        "source": row.source, "evidence_id": row.evidence_id });
    act.record("suppression.lifted", Some(alliance), id.0, facts)
        .await?;
    Ok(())
}

/// What came back of the alliance's mail.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn list_bounces(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Listed>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(bounces::list(look.reader(), alliance, page).await?)
}
