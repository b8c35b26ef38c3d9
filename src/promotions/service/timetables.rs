//! Timetables: the way to a main day planned back, for a promotion or before there is one.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::Milestones;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::promotions::domain::plan;
use crate::promotions::domain::templates::Template;
use crate::promotions::domain::timetable;
use crate::promotions::domain::timetable::Leads;
use crate::promotions::domain::timetable::Timetable;
use crate::promotions::service::calendars;
use crate::promotions::service::drafting;
use crate::promotions::service::drafting::Plan;
use crate::promotions::service::reading;

/// A timetable with what it was planned from.
pub struct Planned {
    pub main_day: NaiveDate,
    pub zone: Tz,
    pub phases: Vec<(LocalPhase<PhaseName>, PhaseWindow<PhaseName>)>,
    pub timetable: Timetable,
    /// When it was looked at.
    pub now: Instant,
}

/// Plans back from a day and its phases, in the zone of the alliance; nothing is stored.
///
/// # Errors
/// 404 and 403; 422 for a day that cannot be found, or with every rule that the phases break.
pub async fn propose(
    act: &Act<'_>,
    alliance: AllianceId,
    plan: &Plan<'_>,
    leads: Leads,
) -> Result<Planned, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let calendar = calendars::of(act.tx(), alliance).await?;
    let day = plan
        .day(plan.festival, &calendar)?
        .ok_or_else(|| drafting::either("#/main_day"))?;
    let template = plan
        .template
        .unwrap_or_else(|| Template::of_festival(plan.festival));
    let local = plan.local(template, day)?;
    planned(day, standing.alliance.time_zone, local, leads, act.now())
}

/// The timetable of a promotion, for everybody who may see it.
///
/// # Errors
/// 404 where the caller may not know of it.
pub async fn of_promotion(look: &Look<'_>, id: PromotionId) -> Result<Planned, Failure> {
    let loaded = reading::read(look, id).await?;
    let (zone, local) = (loaded.zone()?, loaded.local()?);
    let now = look.now().await?;
    planned(loaded.row.main_day, zone, local, Leads::USUAL, now)
}

fn planned(
    main_day: NaiveDate,
    zone: Tz,
    local: Vec<LocalPhase<PhaseName>>,
    leads: Leads,
    now: Instant,
) -> Result<Planned, Failure> {
    let windows = plan::windows(&local, Milestones::default(), zone)?;
    let timetable = timetable::plan(&local, zone, leads, now.to_utc())?;
    Ok(Planned {
        main_day,
        zone,
        phases: local.into_iter().zip(windows).collect(),
        timetable,
        now,
    })
}
