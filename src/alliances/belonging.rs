//! Who belongs where: the alliances of a merchant, and whether a person has a part in an alliance.

use sea_orm::ConnectionTrait;

use crate::alliances::face;
use crate::alliances::face::Alliance;
use crate::alliances::face::Member;
use crate::alliances::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;

/// The alliances in which a merchant is an active member, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub async fn alliances_of(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
) -> Result<Vec<Alliance>, Failure> {
    let mut found = Vec::new();
    for id in repo::memberships::active_in(c, merchant).await? {
        found.extend(face::alliance(c, id).await?);
    }
    Ok(found)
}

/// The members that came after an instant, whether or not they are there still, in the order of their memberships.
///
/// # Errors
/// When the database fails.
pub async fn members_since(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    after: Instant,
) -> Result<Vec<Member>, Failure> {
    let rows = repo::members_since(c, alliance, after).await?;
    Ok(rows.into_iter().map(face::as_member).collect())
}

/// Whether a person holds a role in an alliance, or acts for an active member of it.
///
/// # Errors
/// When the database fails.
pub async fn belongs(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    user: UserId,
) -> Result<bool, Failure> {
    let (roles, memberships) = repo::standing(c, alliance, user).await?;
    let active = memberships.iter().any(|(.., state)| state == "active");
    Ok(active || !roles.is_empty())
}
