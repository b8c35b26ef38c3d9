//! What calendars show of a promotion, kept up with every change of it; and the clock that tells when
//! phases begin and end.
//!
//! An entry outlives its phase: who subscribed has to see that it was called off. Instants are compared
//! with the state that is stored, so that nothing is lost while no worker ran.

use chrono_tz::Tz;
use serde_json::json;

use crate::kernel::ids::PhaseId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::promotions::domain::calendar::EventStatus;
use crate::promotions::domain::calendar::Stage;
use crate::promotions::repo::Phase;
use crate::promotions::repo::calendar;
use crate::promotions::repo::calendar::Entry;
use crate::promotions::service::loaded::Loaded;

/// Brings the entries of a promotion to what it is now. A change of time or status counts
/// (`SEQUENCE` of RFC 5545), and so is told apart from a new name.
///
/// # Errors
/// When the database fails.
pub async fn keep_up(tx: &Tx, loaded: &Loaded) -> Result<(), Failure> {
    let old = calendar::entries_of(tx, loaded.row.id).await?;
    let status = EventStatus::of(loaded.stored_state()?);
    let mut fresh = Vec::new();
    for phase in &loaded.phases {
        match old.iter().find(|entry| entry.id == phase.id) {
            Some(entry) => {
                let status = status.unwrap_or(EventStatus::Cancelled);
                let wanted = changed(tx.now(), loaded, phase, entry, status);
                if wanted != *entry {
                    calendar::update_entry(tx, wanted).await?;
                }
            }
            None => fresh.extend(
                status
                    .filter(|status| *status != EventStatus::Cancelled)
                    .map(|status| entry(tx.now(), loaded, phase, status)),
            ),
        }
    }
    calendar::insert_entries(tx, fresh).await?;
    let gone = |entry: &&Entry| {
        !loaded.phases.iter().any(|phase| phase.id == entry.id)
            && entry.status != EventStatus::Cancelled.as_str()
    };
    for entry in old.iter().filter(gone) {
        let mut entry = entry.clone();
        cancel(tx.now(), &mut entry);
        calendar::update_entry(tx, entry).await?;
    }
    Ok(())
}

fn entry(now: Instant, loaded: &Loaded, phase: &Phase, status: EventStatus) -> Entry {
    let mut entry = Entry {
        id: phase.id,
        alliance_id: loaded.row.alliance_id,
        promotion_id: loaded.row.id,
        title: loaded.row.name.clone(),
        phase: phase.name.clone(),
        time_zone: loaded.row.time_zone.clone(),
        local_from: phase.local_from.clone(),
        local_to: phase.local_to.clone(),
        starts_at: phase.starts_at,
        ends_at: phase.ends_at,
        status: status.as_str().to_owned(),
        sequence: 0,
        changed_at: now,
        stage: Stage::Ahead.as_str().to_owned(),
        next_turn_at: None,
    };
    entry.next_turn_at = next_turn(&entry);
    entry
}

fn changed(
    now: Instant,
    loaded: &Loaded,
    phase: &Phase,
    old: &Entry,
    status: EventStatus,
) -> Entry {
    let mut new = Entry {
        sequence: old.sequence,
        changed_at: old.changed_at,
        stage: old.stage.clone(),
        ..entry(now, loaded, phase, status)
    };
    let times = |entry: &Entry| {
        let (from, to) = (entry.local_from.clone(), entry.local_to.clone());
        (from, to, entry.time_zone.clone(), entry.status.clone())
    };
    if times(&new) != times(old) {
        new.sequence += 1;
        new.changed_at = now;
    } else if (&new.title, &new.phase) != (&old.title, &old.phase) {
        new.changed_at = now;
    }
    if now < new.starts_at {
        new.stage = Stage::Ahead.as_str().to_owned();
    }
    new.next_turn_at = next_turn(&new);
    new
}

fn cancel(now: Instant, entry: &mut Entry) {
    entry.status = EventStatus::Cancelled.as_str().to_owned();
    entry.sequence += 1;
    entry.changed_at = now;
    entry.next_turn_at = None;
}

/// The clock waits for what is decided alone.
fn next_turn(entry: &Entry) -> Option<Instant> {
    if entry.status != EventStatus::Confirmed.as_str() {
        return None;
    }
    match Stage::parse(&entry.stage)? {
        Stage::Ahead => Some(entry.starts_at),
        Stage::Open => Some(entry.ends_at),
        Stage::Over => None,
    }
}

/// Tells of every phase that began or ended by now, each in a transaction of its own. Costs what is
/// due, not what exists. Answers the number of phases.
///
/// # Errors
/// When the database fails.
pub async fn tell_due(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let mut told = 0;
    for id in calendar::due_entries(&reader, now).await? {
        told += act::perform_as_system(ctx, "tell_phase", async |act| tell(act, id).await).await?;
    }
    Ok(told)
}

async fn tell(act: &Act<'_>, id: PhaseId) -> Result<u64, Failure> {
    let entry = calendar::lock_entry(act.tx(), id).await?;
    let due = |entry: &Entry| entry.next_turn_at.is_some_and(|at| at <= act.now());
    let Some(mut entry) = entry.filter(due) else {
        return Ok(0);
    };
    let begun = entry.stage != Stage::Ahead.as_str();
    let is_over = entry.ends_at <= act.now();
    let mut facts = Vec::new();
    if !begun {
        facts.push(("phase.started", entry.starts_at));
    }
    if is_over {
        facts.push(("phase.ended", entry.ends_at));
    }
    for (fact, at) in facts {
        let data = json!({
            "promotion_id": entry.promotion_id, "phase_id": entry.id, "phase": entry.phase, "at": at,
        });
        act.publish(fact, Some(entry.alliance_id), data).await?;
    }
    let stage = if is_over { Stage::Over } else { Stage::Open };
    entry.stage = stage.as_str().to_owned();
    entry.next_turn_at = next_turn(&entry);
    calendar::update_entry(act.tx(), entry).await?;
    Ok(1)
}

/// The zone of an entry.
///
/// # Errors
/// Where the database of time zones has lost it.
pub fn zone(entry: &Entry) -> Result<Tz, Failure> {
    Ok(crate::promotions::domain::local_time::zone(
        &entry.time_zone,
    )?)
}
