//! Instants are a cache of local times: computed anew when the rules of a zone change.

use chrono_tz::IANA_TZDB_VERSION;
use serde_json::json;

use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Recompute;
use crate::promotions::domain::life::Turns;
use crate::promotions::repo;
use crate::promotions::repo::Phase;
use crate::promotions::service::loaded;

/// What this slice computes anew on request.
pub fn recomputes() -> Vec<Recompute> {
    vec![Recompute {
        name: "phases of promotions",
        run: |ctx| Box::pin(async move { all(&ctx).await }),
    }]
}

/// Computes the instants anew that another edition of the time zones computed: what a process of another
/// version wrote meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn stale(ctx: &Ctx) -> Result<u64, Failure> {
    let stale = repo::computed_by_others(&ctx.db.reader(), IANA_TZDB_VERSION).await?;
    let mut done = 0;
    for id in stale {
        if one(ctx, id).await?.is_some() {
            done += 1;
        }
    }
    Ok(done)
}

/// Computes every instant anew that is still to come. Answers how many moved.
///
/// # Errors
/// When the database fails.
pub async fn all(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let mut moved = 0;
    let mut after = None;
    loop {
        let ids = repo::with_instants_ahead(&reader, after).await?;
        let Some(last) = ids.last() else {
            return Ok(moved);
        };
        after = Some(*last);
        for id in ids {
            moved += one(ctx, id).await?.unwrap_or(0);
        }
    }
}

/// Answers how many instants of a promotion moved; nothing where it cannot be planned any more.
async fn one(ctx: &Ctx, id: PromotionId) -> Result<Option<u64>, Failure> {
    let outcome = act::perform_as_system(ctx, "recompute_promotion", async |act| {
        retime(act, id).await
    });
    match outcome.await {
        Ok(moved) => Ok(Some(moved)),
        // The organizers have to re-date it; the others must not wait for that.
        Err(Failure::Refused(refusal)) => {
            tracing::warn!(promotion = %id, %refusal, "instants cannot be computed anew");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

async fn retime(act: &Act<'_>, id: PromotionId) -> Result<u64, Failure> {
    let mut loaded = loaded::lock(act.tx(), id).await?;
    let (old, edition) = (loaded.phases.clone(), loaded.row.tzdb.clone());
    let local = loaded.local()?;
    loaded.plan(act, &local)?;
    let mut moved = 0;
    for (was, phase) in old.iter().zip(&mut loaded.phases) {
        moved += keep_the_past(act.now(), was, phase);
    }
    if let Some(turns) = Turns::of(&loaded.windows()) {
        loaded.row.main_from = Instant::from_utc(turns.main_from);
        loaded.row.main_to = Instant::from_utc(turns.main_to);
        loaded.row.settles_at = turns.settles_at.map(Instant::from_utc);
        let state = loaded.stored_state()?;
        loaded.row.next_change_at = turns.next(state).map(Instant::from_utc);
    }
    if moved == 0 && edition == loaded.row.tzdb {
        return Ok(0);
    }
    repo::replace_phases(act.tx(), id, &loaded.phases).await?;
    loaded.save(act.tx()).await?;
    let data = json!({ "from": edition, "to": loaded.row.tzdb, "instants_moved": moved });
    let alliance = Some(loaded.row.alliance_id);
    if moved > 0 {
        tracing::info!(promotion = %id, moved, from = edition, to = loaded.row.tzdb, "instants were computed anew");
    }
    act.record("promotion.recomputed", alliance, id.0, data)
        .await?;
    Ok(moved)
}

/// What has begun or ended did so when it did. Answers how many instants of the phase moved.
fn keep_the_past(now: Instant, was: &Phase, phase: &mut Phase) -> u64 {
    if was.starts_at <= now {
        phase.starts_at = was.starts_at;
    }
    if was.ends_at <= now {
        phase.ends_at = was.ends_at;
    }
    u64::from(was.starts_at != phase.starts_at) + u64::from(was.ends_at != phase.ends_at)
}
