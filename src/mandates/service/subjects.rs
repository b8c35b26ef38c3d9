//! The cases of an alliance against itself or its members, as subjects of ballots.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DissolutionId;
use crate::kernel::ids::ExpulsionId;
use crate::kernel::problem::Failure;
use crate::mandates::domain::matter::Matter;
use crate::mandates::domain::subject::Subject;
use crate::mandates::service::dissolutions;
use crate::mandates::service::expelling;

/// The subject `id` of a decision on `matter`; `None` where the alliance has none that waits for a vote.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: Matter,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    match matter {
        Matter::Dissolution => dissolutions::subject(c, alliance, DissolutionId(id)).await,
        Matter::Expulsion => expelling::subject(c, alliance, ExpulsionId(id)).await,
        _ => Ok(None),
    }
}
