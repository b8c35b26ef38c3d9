//! Opening an installation: schema, the mark of the sandbox, keys, the first admin, schedules.

use std::collections::HashSet;

use anyhow::Context;
use anyhow::bail;
use migration::Migrator;
use migration::MigratorTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;
use sea_orm::Statement;

use crate::accounts;
use crate::app;
use crate::app::ops;
use crate::app::recompute;
use crate::mail;
use crate::platform::config::Settings;
use crate::platform::ctx::Ctx;
use crate::platform::db;
use crate::platform::db::Db;
use crate::platform::guard;
use crate::platform::keys::Keys;
use crate::platform::random::Random;
use crate::platform::schedule;

/// Opens the installation that `settings` name. SQLite migrates by itself, PostgreSQL when `migrate` says so.
///
/// # Errors
/// When the database or the key file cannot be used, the schema is another program's, or a database
/// that served without `--sandbox` is to be one now.
pub async fn open(settings: Settings, sandbox: bool, migrate: bool) -> anyhow::Result<Ctx> {
    std::fs::create_dir_all(&settings.data_dir).with_context(|| {
        format!(
            "the data folder {} cannot be made",
            settings.data_dir.display()
        )
    })?;
    let random = Random::default();
    let keys = Keys::open(&settings.key_file, &random)?;
    let db = db::connect(
        &settings.database_url.0,
        settings.database_connections,
        sandbox,
    )
    .await?;
    if migrate || db.backend() == DbBackend::Sqlite {
        apply_migrations(&db).await?;
    } else if !schema_is_current(&db).await? {
        bail!(
            "the schema of this PostgreSQL is not this program's: run `guildhall migrate`, or serve with --migrate"
        );
    }
    mark_installation(&db, sandbox).await?;
    let ctx = Ctx::new(db, keys, random, settings, app::registry(), sandbox);
    guard::on_start(&ctx).await?;
    mail::prepare(&ctx)?;
    for system in ops::SCHEDULES {
        schedule::ensure(&ctx, system)
            .await
            .map_err(|failure| anyhow::anyhow!("a schedule cannot be made: {failure:?}"))?;
    }
    recompute::on_start(&ctx).await?;
    accounts::ensure_first_admin(&ctx)
        .await
        .map_err(|failure| anyhow::anyhow!("the first admin cannot be made: {failure:?}"))?;
    Ok(ctx)
}

/// Applies what is missing. Of several processes on one PostgreSQL, one at a time does.
///
/// # Errors
/// When the database refuses, or its schema is newer than this program.
#[expect(
    clippy::disallowed_methods,
    reason = "the lock of the migration is no use case"
)]
pub async fn apply_migrations(db: &Db) -> anyhow::Result<()> {
    use sea_orm::TransactionTrait;
    let connection = db.for_migration();
    if db.backend() != DbBackend::Postgres {
        return Migrator::up(connection, None)
            .await
            .context("the schema cannot be brought up to date");
    }
    let turn = connection.begin().await?;
    turn.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        .await?;
    turn.execute_unprepared("SELECT pg_advisory_xact_lock(7108294)")
        .await?;
    let outcome = Migrator::up(connection, None).await;
    turn.rollback().await?;
    outcome.context("the schema cannot be brought up to date")
}

/// Whether every migration of this program is applied: of two that were made side by side, the later one in the list
/// may be in the database before the other.
///
/// # Errors
/// When the database does not answer.
pub async fn schema_is_current(db: &Db) -> anyhow::Result<bool> {
    let rows = db
        .reader()
        .query_all_raw(Statement::from_string(
            db.backend(),
            "SELECT version FROM seaql_migrations",
        ))
        .await;
    // Without the table there is no schema at all.
    let Ok(rows) = rows else {
        return Ok(false);
    };
    let applied = rows.iter().map(|row| row.try_get::<String>("", "version"));
    let applied: HashSet<String> = applied.collect::<Result<_, _>>()?;
    Ok(Migrator::migrations()
        .iter()
        .all(|migration| applied.contains(migration.name())))
}

/// A database is a sandbox from its first start on, or never.
async fn mark_installation(db: &Db, sandbox: bool) -> anyhow::Result<()> {
    let was_sandbox = db
        .write(async |tx| {
            let backend = tx.get_database_backend();
            tx.execute_raw(Statement::from_sql_and_values(
                backend,
                "INSERT INTO installation (id, sandbox) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                [sandbox.into()],
            ))
            .await?;
            let row = tx
                .query_one_raw(Statement::from_string(
                    backend,
                    "SELECT sandbox FROM installation WHERE id = 1",
                ))
                .await?;
            Ok(row
                .map(|row| row.try_get::<bool>("", "sandbox"))
                .transpose()?)
        })
        .await
        .map_err(|failure| anyhow::anyhow!("the installation cannot be marked: {failure:?}"))?;
    match (was_sandbox, sandbox) {
        (Some(false), true) => bail!(
            "this database was served without --sandbox: a sandbox needs a database of its own"
        ),
        (Some(true), false) => bail!("this database is a sandbox: serve it with --sandbox"),
        _ => Ok(()),
    }
}
