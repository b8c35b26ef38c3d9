//! What a ballot decides on: the object of the act that a carried ballot permits, as it stands now.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::ballots::domain::matter::BallotMatter;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mandates::Matter;

/// An object that can be decided on.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Hash of exactly what would be permitted.
    pub content_hash: Vec<u8>,
    /// What each member would be billed; empty where every member weighs the same.
    pub weights: BTreeMap<MembershipId, i64>,
}

/// The matter of the mandate that a carried ballot issues; `None` where it permits nothing.
pub const fn permits(matter: BallotMatter) -> Option<Matter> {
    match matter {
        BallotMatter::SeasonBudget => Some(Matter::SeasonBudget),
        BallotMatter::Promotion => Some(Matter::Promotion),
        BallotMatter::Advisory => None,
    }
}

/// The subject `id` of a ballot on `matter`; `None` where the alliance has none that can be decided on.
///
/// # Errors
/// When the database fails.
pub async fn find(
    _c: &impl ConnectionTrait,
    _alliance: AllianceId,
    matter: BallotMatter,
    _id: Uuid,
) -> Result<Option<Subject>, Failure> {
    match matter {
        BallotMatter::SeasonBudget | BallotMatter::Promotion | BallotMatter::Advisory => Ok(None),
    }
}
