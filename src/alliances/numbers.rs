//! The numbers of members: given once, by which books call them whatever their names become.

use sea_orm::ConnectionTrait;

use crate::alliances::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;

/// By what number and name books call a member.
#[derive(Debug, Clone)]
pub struct MemberCode {
    pub membership: MembershipId,
    /// Given once, from 1, in the order in which the members of an alliance appeared.
    pub number: i64,
    pub name: String,
}

/// The alliance of a membership.
///
/// # Errors
/// When the database fails.
pub async fn alliance_of(
    c: &impl ConnectionTrait,
    id: MembershipId,
) -> Result<Option<AllianceId>, Failure> {
    let row = repo::memberships::one(c, id).await?;
    Ok(row.map(|row| row.alliance_id))
}

/// Numbers and names of some members of an alliance, whatever their state.
///
/// # Errors
/// When the database fails.
pub async fn member_codes(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    ids: &[MembershipId],
) -> Result<Vec<MemberCode>, Failure> {
    Ok(repo::memberships::codes(c, alliance, ids).await?)
}
