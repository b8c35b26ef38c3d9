//! What a ballot decides on: the object of the act that a carried ballot permits, as it stands now.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::ballots::domain::matter::BallotMatter;
use crate::funds;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::mandates::Matter;
use crate::promotions;

/// An object that can be decided on.
#[derive(Debug, Clone)]
pub struct Subject {
    /// How people call it.
    pub title: String,
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
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: BallotMatter,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    Ok(match matter {
        BallotMatter::SeasonBudget => funds::ballot_subject(c, alliance, AssessmentId(id))
            .await?
            .map(|found| Subject {
                title: found.title,
                content_hash: found.content_hash,
                weights: found.weights,
            }),
        BallotMatter::Promotion => promotions::ballot_subject(c, alliance, PromotionId(id))
            .await?
            .map(|found| Subject {
                title: found.title,
                content_hash: found.content_hash,
                weights: found.weights.into_iter().collect(),
            }),
        BallotMatter::Advisory => None,
    })
}
