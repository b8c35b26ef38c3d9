//! Use cases of audit.

use crate::alliances;
use crate::audit::repo;
use crate::audit::repo::AuditEvent;
use crate::audit::repo::Filter;
use crate::kernel::ids::AllianceId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;

/// One page of an alliance's journal.
///
/// # Errors
/// 404 for strangers, 403 for plain members.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    filter: &Filter,
    page: Page,
) -> Result<Slice<AuditEvent>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(repo::list(look.reader(), alliance, filter, page).await?)
}
