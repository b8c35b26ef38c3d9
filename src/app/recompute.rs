//! Local times are the truth, instants a cache: when the rules of the time zones change, every instant
//! that is still to come is computed anew.

use anyhow::Context;
use chrono_tz::IANA_TZDB_VERSION;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;

use crate::kernel::problem::Failure;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Recompute;
use crate::platform::schedule;
use crate::promotions;

/// What is computed anew.
pub fn all() -> Vec<Recompute> {
    let mut all = promotions::recomputes();
    all.push(Recompute {
        name: "schedules",
        run: |ctx| Box::pin(async move { schedule::recompute(&ctx).await }),
    });
    all
}

/// Computes everything anew and notes the edition of the time zones. Answers what moved, by name.
///
/// # Errors
/// When the database fails.
pub async fn run(ctx: &Ctx) -> anyhow::Result<Vec<(&'static str, u64)>> {
    let mut moved = Vec::new();
    for recompute in &ctx.registry.recomputes {
        let count = (recompute.run)(ctx.clone()).await.map_err(|failure| {
            anyhow::anyhow!("{} cannot be computed anew: {failure:?}", recompute.name)
        })?;
        tracing::info!(
            of = recompute.name,
            moved = count,
            tzdb = IANA_TZDB_VERSION,
            "instants were computed anew from their local times"
        );
        moved.push((recompute.name, count));
    }
    note(ctx).await.map_err(|failure| {
        anyhow::anyhow!("the edition of the time zones cannot be noted: {failure:?}")
    })?;
    Ok(moved)
}

/// Computes anew where the last start of this installation knew other time zones.
///
/// # Errors
/// When the database fails.
pub async fn on_start(ctx: &Ctx) -> anyhow::Result<()> {
    let known = edition(ctx)
        .await
        .context("the edition of the time zones cannot be read")?;
    if known.as_deref() == Some(IANA_TZDB_VERSION) {
        return Ok(());
    }
    if let Some(known) = &known {
        tracing::info!(
            from = known,
            to = IANA_TZDB_VERSION,
            "the time zone data changed"
        );
    }
    run(ctx).await?;
    Ok(())
}

async fn edition(ctx: &Ctx) -> anyhow::Result<Option<String>> {
    let statement = Statement::from_string(
        ctx.db.backend(),
        "SELECT edition FROM time_zone_edition WHERE id = 1",
    );
    let row = ctx.db.reader().query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "edition")).transpose()?)
}

async fn note(ctx: &Ctx) -> Result<(), Failure> {
    ctx.db
        .write(async |tx| {
            let sql = "INSERT INTO time_zone_edition (id, edition, used_since) VALUES (1, $1, $2) \
                       ON CONFLICT (id) DO UPDATE SET edition = excluded.edition, used_since = excluded.used_since";
            let values = [IANA_TZDB_VERSION.into(), tx.now().into()];
            tx.execute_raw(Statement::from_sql_and_values(
                tx.get_database_backend(),
                sql,
                values,
            ))
            .await?;
            Ok(())
        })
        .await
}
