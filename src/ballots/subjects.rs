//! What a ballot decides on: the object of the act that a carried ballot permits, as it stands now.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::ballots::domain::matter::BallotMatter;
use crate::funds;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Matter;
use crate::mandates::Subject;
use crate::promotions;
use crate::tenders;

/// The matter of the mandate that a carried ballot issues; `None` where it permits nothing.
pub const fn permits(matter: BallotMatter) -> Option<Matter> {
    match matter {
        BallotMatter::SeasonBudget => Some(Matter::SeasonBudget),
        BallotMatter::LevyPolicy => Some(Matter::LevyPolicy),
        BallotMatter::Promotion => Some(Matter::Promotion),
        BallotMatter::TenderAward => Some(Matter::TenderAward),
        BallotMatter::WriteOff => Some(Matter::WriteOff),
        BallotMatter::Transfer => Some(Matter::Transfer),
        BallotMatter::SponsorDeal => Some(Matter::SponsorDeal),
        BallotMatter::Expulsion => Some(Matter::Expulsion),
        BallotMatter::Dissolution => Some(Matter::Dissolution),
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
    match permits(matter) {
        Some(matter) => subject_of(c, alliance, matter, id).await,
        None => Ok(None),
    }
}

/// The subject `id` of a mandate on `matter`, from the slice that acts; `None` where the alliance has none
/// that still waits for a decision.
///
/// # Errors
/// When the database fails.
pub async fn subject_of(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: Matter,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    match matter {
        Matter::SeasonBudget
        | Matter::LevyPolicy
        | Matter::WriteOff
        | Matter::Transfer
        | Matter::SponsorDeal => funds::ballot_subject(c, alliance, matter, id).await,
        Matter::Promotion => promotions::ballot_subject(c, alliance, id).await,
        Matter::Expulsion | Matter::Dissolution => {
            mandates::ballot_subject(c, alliance, matter, id).await
        }
        Matter::TenderAward => tenders::ballot_subject(c, alliance, id).await,
    }
}
