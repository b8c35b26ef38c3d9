//! What a campaign tells of a promotion, asked of the promotions slice in this one place.

use std::collections::HashSet;

use chrono_tz::Tz;

use crate::alliances::Alliance;
use crate::campaigns::domain::variables::Phase;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::db::Tx;
use crate::promotions;
use crate::promotions::Files;
use crate::promotions::PhaseTimes;
use crate::promotions::PromotionState;

/// A promotion as its mail tells it.
#[derive(Debug, Clone)]
pub struct Facts {
    pub name: String,
    pub main_day: String,
    /// In the alliance's local time.
    pub phases: Vec<Phase>,
    /// After this its mail makes no sense.
    pub ends_at: Instant,
    /// It is cancelled, or its sale is over.
    pub is_over: bool,
    /// Whether members can still join it through a link.
    pub takes_enrolments: bool,
}

/// The facts of a promotion of `alliance` now; `None` where there is no such promotion.
///
/// # Errors
/// When the database fails.
pub async fn facts(
    tx: &Tx,
    alliance: &Alliance,
    promotion: PromotionId,
) -> Result<Option<Facts>, Failure> {
    let Some(summary) = promotions::summary(tx, promotion)
        .await?
        .filter(|summary| summary.alliance == alliance.id)
    else {
        return Ok(None);
    };
    let now = tx.now();
    let ends_at = end_of(&summary.phases, "main").unwrap_or(now);
    let is_over = ends_at <= now
        || matches!(
            summary.state,
            PromotionState::Ended | PromotionState::Settled | PromotionState::Cancelled
        );
    let starts = summary.phases.iter().map(|phase| phase.starts_at);
    let closes = end_of(&summary.phases, "enrolment").or_else(|| starts.min());
    Ok(Some(Facts {
        takes_enrolments: !is_over && closes.is_some_and(|closes| now < closes),
        phases: summary
            .phases
            .iter()
            .map(|phase| told(phase, alliance.time_zone))
            .collect(),
        name: summary.name,
        main_day: summary.main_day.to_string(),
        ends_at,
        is_over,
    }))
}

/// The last end of the phases of one kind, over all waves.
fn end_of(phases: &[PhaseTimes], kind: &str) -> Option<Instant> {
    phases
        .iter()
        .filter(|phase| phase.name == kind || phase.name.ends_with(&format!("_{kind}")))
        .map(|phase| phase.ends_at)
        .max()
}

fn told(phase: &PhaseTimes, zone: Tz) -> Phase {
    let local = |at: Instant| {
        let at = at.to_utc().with_timezone(&zone);
        at.format("%Y-%m-%d %H:%M").to_string()
    };
    Phase {
        name: phase.name.clone(),
        starts: local(phase.starts_at),
        ends: local(phase.ends_at),
    }
}

/// The members that hold a place in a promotion.
///
/// # Errors
/// When the database fails.
pub async fn enrolled(tx: &Tx, promotion: PromotionId) -> Result<HashSet<MembershipId>, Failure> {
    let members = promotions::enrolled_members(tx, promotion).await?;
    Ok(members.into_iter().collect())
}

/// A link by which a member joins a promotion, bound to that member.
///
/// # Errors
/// Where the promotion takes no enrolments any more; when the database or the randomness fails.
pub async fn enrol_link(
    act: &Act<'_>,
    promotion: PromotionId,
    membership: MembershipId,
) -> Result<String, Failure> {
    promotions::enrol_link(act, promotion, membership).await
}

/// The phases of a promotion as files for calendar programs.
///
/// # Errors
/// When the database fails.
pub async fn files(
    act: &Act<'_>,
    promotion: PromotionId,
    alliance: &str,
) -> Result<Files, Failure> {
    Files::of_promotion(act, promotion, alliance).await
}
