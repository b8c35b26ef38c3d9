//! By-laws: each version is complete and stays; the newest one counts.

use serde_json::json;

use crate::alliances::domain::by_laws::ByLaws;
use crate::alliances::face;
use crate::alliances::repo::tenants;
use crate::alliances::repo::tenants::ByLawsVersion;
use crate::kernel::ids::AllianceId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Adopts the next version.
///
/// # Errors
/// 404, 403, or fields that break a rule; 422 `rule_loosened` for a ballot rule that asks for too little.
pub async fn adopt(
    act: &Act<'_>,
    alliance: AllianceId,
    content: &ByLaws,
) -> Result<ByLawsVersion, Failure> {
    tenants::lock(act.tx(), alliance).await?;
    let standing = face::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    content.check()?;
    let row = ByLawsVersion {
        id: act.fresh(),
        alliance_id: alliance,
        number: tenants::newest_by_laws(act.tx(), alliance).await? + 1,
        content: json!(content),
        adopted_by: standing.user.0,
        created_at: act.now(),
    };
    tenants::insert_by_laws(act.tx(), &row).await?;
    let data = json!({ "number": row.number, "content": row.content });
    act.record("by_laws.adopted", Some(alliance), row.id.0, data)
        .await?;
    Ok(row)
}

/// The versions, oldest first.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<ByLawsVersion>, Failure> {
    face::admit(look.reader(), look.asker(), alliance).await?;
    Ok(tenants::by_laws_page(look.reader(), alliance, page).await?)
}
