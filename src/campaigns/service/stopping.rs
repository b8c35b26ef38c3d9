//! Schedules end with their alliance.

use crate::campaigns::repo::schedules;
use crate::campaigns::service::schedules::record;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::registry::Consumer;

/// What this slice makes of the facts of others.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer {
        topic: "alliance.dissolved",
        name: "campaigns.stop_schedules",
        run: |ctx, event| {
            Box::pin(async move {
                let Some(alliance) = event.alliance else {
                    return Ok(());
                };
                perform_as_system(&ctx, "stop_schedules", async |act| {
                    stop(act, alliance).await
                })
                .await?;
                Ok(())
            })
        },
    }]
}

/// Stops every schedule of an alliance; what fires in between comes to nothing by itself.
async fn stop(act: &Act<'_>, alliance: AllianceId) -> Result<(), Failure> {
    for mut row in schedules::lock_active(act.tx(), alliance).await? {
        row.enabled = false;
        row.next_at = None;
        row.version += 1;
        schedules::update(act.tx(), &row).await?;
        record(act, &row, "schedule.stopped").await?;
    }
    Ok(())
}
