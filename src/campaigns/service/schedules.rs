//! Schedules of an alliance: cron lines that send campaigns, reminders and digests.

use chrono::NaiveDateTime;
use chrono_tz::IANA_TZDB_VERSION;
use chrono_tz::Tz;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::campaigns::domain::action::Action;
use crate::campaigns::domain::action::ActionKind;
use crate::campaigns::domain::action::ScheduleEvent;
use crate::campaigns::domain::state::CampaignAudience;
use crate::campaigns::problems;
use crate::campaigns::repo;
use crate::campaigns::repo::schedules;
use crate::campaigns::repo::schedules::Fire;
use crate::campaigns::repo::schedules::Schedule;
use crate::campaigns::service::campaigns;
use crate::campaigns::service::campaigns::Draft;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ScheduleId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::cron_line::CronLine;
use crate::platform::cron_line::Occurrence;
use crate::platform::schedule::Misfire;
use crate::promotions::domain::local_time;

/// Schedules that an alliance may have.
const MOST: u64 = 50;
/// Longest lateness that may be asked for.
pub const MOST_LATE_S: i64 = 7 * 86_400;
/// Lateness that is made up for where nothing is said.
const LATE_S: i64 = 6 * 3_600;
/// Fires that are told in advance.
const PREVIEW: usize = 5;

/// A new schedule.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub name: &'a str,
    pub line: &'a str,
    pub time_zone: Option<&'a str>,
    pub action: &'a Action,
    pub misfire: Option<Misfire>,
    pub max_late_s: Option<i64>,
}

/// Stores a schedule, which fires from now on.
///
/// # Errors
/// 404, 403; 422 for a line or zone that cannot be, or an action that refers to nothing of the alliance;
/// 409 `too_many_schedules`.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    wanted: &Wanted<'_>,
) -> Result<Schedule, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let zone = match wanted.time_zone {
        Some(name) => local_time::zone(name)?,
        None => standing.alliance.time_zone,
    };
    let line = CronLine::parse(wanted.line)?;
    line.check_pace(zone, act.now(), act.ctx.sandbox)?;
    let faults = wanted.action.faults();
    if !faults.is_empty() {
        return Err(Refused::fields(faults).into());
    }
    check_references(act, &standing, wanted.action).await?;
    alliances::lock_living(act, alliance).await?;
    if schedules::count(act.tx(), alliance).await? >= MOST {
        let detail = format!("An alliance has at most {MOST} schedules.");
        let refused = Refused::new(&problems::TOO_MANY_SCHEDULES, detail);
        return Err(refused.with("limit", MOST).into());
    }
    let row = Schedule {
        id: act.fresh(),
        alliance_id: Some(alliance),
        name: wanted.name.to_owned(),
        expr: wanted.line.to_owned(),
        time_zone: zone.name().to_owned(),
        job: wanted.action.kind.job().to_owned(),
        payload: serde_json::to_value(wanted.action).map_err(anyhow::Error::from)?,
        enabled: true,
        next_at: line.next_after(zone, act.now()).map(|fire| fire.at),
        last_at: None,
        misfire: wanted.misfire.unwrap_or(Misfire::Once).as_str().to_owned(),
        max_late_s: wanted.max_late_s.unwrap_or(LATE_S),
        tzdb: IANA_TZDB_VERSION.to_owned(),
        version: 1,
        created_by: Some(standing.user),
        created_at: Some(act.now()),
        deleted_at: None,
    };
    schedules::insert(act.tx(), row.clone()).await?;
    record(act, &row, "schedule.created").await?;
    Ok(row)
}

/// Records what became of a schedule.
///
/// # Errors
/// When the database refuses.
pub(super) async fn record(act: &Act<'_>, row: &Schedule, action: &str) -> Result<(), Failure> {
    let data = json!({ "line": row.expr, "time_zone": row.time_zone, "action": row.payload });
    act.record(action, row.alliance_id, row.id.0, data).await?;
    Ok(())
}

/// What a campaign of it would be refused for is refused now.
async fn check_references(
    act: &Act<'_>,
    standing: &Standing,
    action: &Action,
) -> Result<(), Failure> {
    if action.kind != ActionKind::Campaign {
        return Ok(());
    }
    if let Some(draft) = draft(action) {
        campaigns::prepare(act, &standing.alliance, &draft, standing.user).await?;
    }
    if let Some(id) = action.campaign_id {
        repo::campaign(act.tx(), id)
            .await?
            .filter(|campaign| campaign.alliance_id == standing.alliance.id)
            .ok_or_else(|| {
                let detail = "This alliance has no such campaign.";
                Refused::field("#/action/campaign_id", "unknown_campaign", detail)
            })?;
    }
    Ok(())
}

/// The campaign that each fire of an action makes.
pub(super) fn draft(action: &Action) -> Option<Draft> {
    Some(Draft {
        template: action.template_id?,
        audience: action.audience.unwrap_or(CampaignAudience::AllMembers),
        promotion: action.promotion_id,
        send_at: None,
    })
}

/// A schedule that the caller may see.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn show(look: &Look<'_>, id: ScheduleId) -> Result<Schedule, Failure> {
    let row = schedules::one(look.reader(), id)
        .await?
        .ok_or_else(missing)?;
    alliances::admit(look.reader(), look.asker(), owner(&row)?).await?;
    Ok(row)
}

fn missing() -> Refused {
    Refused::not_found("object")
}

fn owner(row: &Schedule) -> Result<AllianceId, Refused> {
    row.alliance_id.ok_or_else(missing)
}

/// The schedules of an alliance.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Schedule>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(schedules::page(look.reader(), alliance, page).await?)
}

/// What became of the fires of a schedule, newest first.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn fires(look: &Look<'_>, id: ScheduleId, page: Page) -> Result<Slice<Fire>, Failure> {
    show(look, id).await?;
    Ok(schedules::fires(look.reader(), id, page).await?)
}

/// Pauses, resumes or deletes a schedule.
///
/// # Errors
/// 404, 403, 428, 412; 409 `illegal_transition` where it is paused or active already.
pub async fn change(
    act: &Act<'_>,
    id: ScheduleId,
    event: ScheduleEvent,
) -> Result<Schedule, Failure> {
    let mut row = schedules::lock(act.tx(), id).await?.ok_or_else(missing)?;
    alliances::admit(act.tx(), act.asker(), owner(&row)?).await?;
    act.enter(Some(row.version)).await?;
    let (state, other) = if row.enabled {
        ("active", "pause")
    } else {
        ("paused", "resume")
    };
    if event != ScheduleEvent::Delete && event.as_str() != other {
        return Err(Refused::illegal_transition(state, event.as_str(), &[other, "delete"]).into());
    }
    row.enabled = event == ScheduleEvent::Resume;
    row.next_at = None;
    if row.enabled {
        let (line, zone) = read(&row)?;
        row.next_at = line.next_after(zone, act.now()).map(|fire| fire.at);
    }
    row.deleted_at = (event == ScheduleEvent::Delete).then(|| act.now());
    row.version += 1;
    schedules::update(act.tx(), &row).await?;
    let fact = match event {
        ScheduleEvent::Pause => "schedule.paused",
        ScheduleEvent::Resume => "schedule.resumed",
        ScheduleEvent::Delete => "schedule.deleted",
    };
    record(act, &row, fact).await?;
    Ok(row)
}

fn read(row: &Schedule) -> Result<(CronLine, Tz), Failure> {
    Ok((
        CronLine::parse(&row.expr)?,
        local_time::zone(&row.time_zone)?,
    ))
}

/// When a schedule fires next, as its row says and its line goes on.
pub fn next_fires(row: &Schedule) -> Vec<(Instant, NaiveDateTime)> {
    let (Ok((line, zone)), Some(first)) = (read(row), row.next_at) else {
        return Vec::new();
    };
    let before = first.plus(-chrono::TimeDelta::milliseconds(1));
    following(&line, zone, before, PREVIEW)
}

/// The next fires of a line after an instant.
pub fn following(
    line: &CronLine,
    zone: Tz,
    after: Instant,
    count: usize,
) -> Vec<(Instant, NaiveDateTime)> {
    let next = |last: &Occurrence| line.next_after(zone, last.at);
    std::iter::successors(line.next_after(zone, after), next)
        .take(count)
        .map(|fire| (fire.at, fire.wall))
        .collect()
}
