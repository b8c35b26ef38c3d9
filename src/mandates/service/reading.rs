//! Reading mandates: everybody in the alliance may see what was permitted, by which decision, and whether it
//! was done.

use uuid::Uuid;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MandateId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mandates::domain::mandate::MandateState;
use crate::mandates::repo::mandates as repo;
use crate::mandates::repo::mandates::Mandate;
use crate::mandates::service::permits;
use crate::platform::act::Look;

/// A mandate as it stands now.
#[derive(Debug, Clone)]
pub struct Standing {
    pub mandate: Mandate,
    pub state: MandateState,
}

impl Standing {
    fn at(now: Instant) -> impl Fn(Mandate) -> Self {
        move |mandate| Self {
            state: permits::state_of(&mandate, now),
            mandate,
        }
    }
}

/// The mandates of an alliance, or those on one subject.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    subject: Option<Uuid>,
    page: Page,
) -> Result<Slice<Standing>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    let rows = repo::page(look.reader(), alliance, subject, page).await?;
    Ok(rows.map(Standing::at(look.reader().now().await?)))
}

/// One mandate.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: MandateId) -> Result<Standing, Failure> {
    let row = repo::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("mandate"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    let now = look.reader().now().await?;
    Ok(Standing::at(now)(row))
}
