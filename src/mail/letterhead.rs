//! Under which name an alliance writes, and who reads the answers. Mail knows no alliances: they hand
//! themselves in through the registry.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::kernel::ids::AllianceId;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Letterhead;

/// Age at which a letterhead is read again; the sandbox always reads it.
const FRESH: Duration = Duration::from_secs(1);
/// Letterheads that are kept.
const MOST: usize = 1_000;

/// What this process knows.
#[derive(Default)]
struct Drawer(Mutex<HashMap<AllianceId, (Instant, Option<Letterhead>)>>);

/// The letterhead of an alliance; `None` where there is none.
pub async fn of(ctx: &Ctx, alliance: Option<AllianceId>) -> Option<Letterhead> {
    let (alliance, lookup) = (alliance?, ctx.registry.letterheads?);
    let drawer = ctx.shared::<Drawer>();
    let known = {
        let drawer = drawer.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawer.get(&alliance).cloned()
    };
    if let Some((_, head)) = known.filter(|(read, _)| !ctx.sandbox && read.elapsed() < FRESH) {
        return head;
    }
    let head = match (lookup.run)(ctx.clone(), alliance).await {
        Ok(head) => head,
        Err(failure) => {
            // A mail without the name of its alliance is better than none.
            tracing::warn!(?failure, "a letterhead cannot be read");
            return None;
        }
    };
    let mut drawer = drawer.0.lock().unwrap_or_else(PoisonError::into_inner);
    if drawer.len() >= MOST {
        drawer.clear();
    }
    drawer.insert(alliance, (Instant::now(), head.clone()));
    head
}
