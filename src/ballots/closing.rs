//! Which ballots close soon: asked by those who tell members what comes up.

use sea_orm::ConnectionTrait;

use crate::ballots::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;

/// Title and end of the open ballots of an alliance that close after `from` and until `until`, in order.
///
/// # Errors
/// When the database fails.
pub async fn closing_between(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    from: Instant,
    until: Instant,
) -> Result<Vec<(String, Instant)>, Failure> {
    let mut closing = repo::closing_until(c, alliance, until).await?;
    closing.retain(|(_, at)| *at > from);
    Ok(closing)
}
