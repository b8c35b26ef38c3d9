//! What people and other slices read of promotions.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PhaseId;
use crate::kernel::ids::PromotionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mandates::Subject;
use crate::platform::act::Look;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::repo;
use crate::promotions::repo::Phase;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;

/// A promotion: published ones for everybody, others for the people of the alliance.
///
/// # Errors
/// 404 where the caller may not know of it.
pub async fn read(look: &Look<'_>, id: PromotionId) -> Result<Loaded, Failure> {
    let loaded = loaded::find(look.reader(), id)
        .await?
        .ok_or_else(loaded::missing)?;
    if loaded.row.published_at.is_some() {
        return Ok(loaded);
    }
    let alliance = loaded.row.alliance_id;
    alliances::standing(look.reader(), &look.asker().caller, alliance)
        .await?
        .map(|_| loaded)
        .ok_or_else(|| loaded::missing().into())
}

/// The promotions of an alliance, for its people.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Loaded>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    let rows = repo::promotions(look.reader(), alliance, page).await?;
    let ids: Vec<PromotionId> = rows.items.iter().map(|row| row.id).collect();
    let mut phases: HashMap<PromotionId, Vec<Phase>> = HashMap::new();
    for phase in repo::phases_of(look.reader(), &ids).await? {
        phases.entry(phase.promotion_id).or_default().push(phase);
    }
    Ok(rows.map(|row| Loaded {
        phases: phases.remove(&row.id).unwrap_or_default(),
        row,
    }))
}

/// What other slices may know of a promotion.
#[derive(Debug, Clone)]
pub struct Summary {
    pub id: PromotionId,
    pub alliance: AllianceId,
    pub name: String,
    pub main_day: NaiveDate,
    pub state: PromotionState,
    pub phases: Vec<PhaseTimes>,
}

/// One phase of a summary, half-open.
#[derive(Debug, Clone)]
pub struct PhaseTimes {
    pub id: PhaseId,
    /// `main`, or `w2_main` for a wave's.
    pub name: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// A promotion in short, with the state that was written last.
///
/// # Errors
/// When the database fails.
pub async fn summary(
    c: &impl ConnectionTrait,
    id: PromotionId,
) -> Result<Option<Summary>, Failure> {
    let Some(loaded) = loaded::find(c, id).await? else {
        return Ok(None);
    };
    let state = loaded.stored_state()?;
    let times = |phase: Phase| PhaseTimes {
        id: phase.id,
        name: phase.name,
        starts_at: phase.starts_at,
        ends_at: phase.ends_at,
    };
    Ok(Some(Summary {
        id,
        alliance: loaded.row.alliance_id,
        name: loaded.row.name,
        main_day: loaded.row.main_day,
        state,
        phases: loaded.phases.into_iter().map(times).collect(),
    }))
}

/// The members that hold a place in a promotion, decided or not.
///
/// # Errors
/// When the database fails.
pub async fn enrolled_members(
    c: &impl ConnectionTrait,
    id: PromotionId,
) -> Result<Vec<MembershipId>, Failure> {
    Ok(repo::enrolments::members(c, id).await?)
}

/// The subject of a ballot; `None` unless the promotion is the alliance's and proposed.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    let Some(loaded) = loaded::find(c, PromotionId(id)).await? else {
        return Ok(None);
    };
    let proposed = loaded.stored_state()? == PromotionState::Proposed;
    Ok(
        (proposed && loaded.row.alliance_id == alliance).then(|| Subject {
            content_hash: loaded.content_hash(),
            title: loaded.row.name,
            ..Subject::default()
        }),
    )
}
