//! Two guards before anything is sent: a copy of a database rests until somebody says that it is the one to go on,
//! and schedules rest while the clock stands before a time that was seen already.
//!
//! A random word stands in the database and in a file beside the key file. Whoever copies the database alone, to
//! try something out or by restoring a backup, has no file with the same word.

use std::fs;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;

use anyhow::Context;
use chrono::TimeDelta;
use entity::clock_guard;
use entity::instance_guard;
use sea_orm::ActiveValue::Set;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::Statement;
use sea_orm::sea_query::OnConflict;

use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::config::Settings;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// The one row of either table.
const ROW: i32 = 1;
/// The time that was seen is written down this often.
const NOTED_EVERY: TimeDelta = TimeDelta::seconds(60);
/// The log repeats what is wrong this often, in milliseconds.
const SAID_EVERY_MS: i64 = 60_000;

/// What this process knows of the guards.
#[derive(Default)]
struct Known {
    /// The database belongs to another installation.
    copied: AtomicBool,
    /// When the log said so last, in milliseconds since 1970.
    said: AtomicI64,
}

impl Known {
    /// Whether it is time to say it again.
    fn says(&self, ctx: &Ctx) -> bool {
        let now = ctx.clock.now().millis();
        let last = self.said.load(Ordering::Relaxed);
        let speaks = now.abs_diff(last) >= SAID_EVERY_MS.unsigned_abs();
        if speaks {
            self.said.store(now, Ordering::Relaxed);
        }
        speaks
    }
}

/// Where the word stands outside the database: beside the key file, as `….instance`.
pub fn file_of(settings: &Settings) -> PathBuf {
    settings.key_file.with_extension("instance")
}

/// Compares the database with the file, and marks both where neither is marked. A copy is told in the log, and
/// its worker rests.
///
/// # Errors
/// When the file or the database cannot be read or written.
pub async fn on_start(ctx: &Ctx) -> anyhow::Result<()> {
    let path = file_of(&ctx.settings);
    if word(ctx).await?.is_none() {
        let fresh = ctx.random.token()?;
        let mine = read(&path)?.map_or_else(|| create(&path, &fresh), Ok)?;
        ctx.db
            .write(async |tx| mark(tx, &mine, false).await)
            .await
            .map_err(|failure| anyhow::anyhow!("the database cannot be marked: {failure:?}"))?;
    }
    ctx.shared::<Known>()
        .copied
        .store(!belongs(ctx).await?, Ordering::Relaxed);
    Ok(())
}

/// Makes this database the one that goes on: under a new word, from the present time.
///
/// # Errors
/// When the file or the database cannot be written.
pub async fn adopt(ctx: &Ctx) -> anyhow::Result<()> {
    let path = file_of(&ctx.settings);
    let fresh = ctx.random.token()?;
    let partial = partial(&path, &fresh)?;
    ctx.db
        .write(async |tx| {
            mark(tx, &fresh, true).await?;
            clock_guard::Entity::insert(clock_guard::ActiveModel {
                id: Set(ROW),
                seen_at: Set(tx.now()),
            })
            .on_conflict(
                OnConflict::column(clock_guard::Column::Id)
                    .update_column(clock_guard::Column::SeenAt)
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
        .await
        .map_err(|failure| anyhow::anyhow!("the database cannot be marked: {failure:?}"))?;
    fs::rename(partial, path).context("the instance file cannot be written")?;
    Ok(())
}

async fn word(ctx: &Ctx) -> anyhow::Result<Option<String>> {
    let row = instance_guard::Entity::find_by_id(ROW)
        .one(&ctx.db.reader())
        .await?;
    Ok(row.map(|row| row.instance))
}

async fn belongs(ctx: &Ctx) -> anyhow::Result<bool> {
    let file = read(&file_of(&ctx.settings))?;
    Ok(word(ctx).await? == file)
}

async fn mark(tx: &Tx, word: &str, anew: bool) -> Result<(), Failure> {
    let on_conflict = if anew {
        OnConflict::column(instance_guard::Column::Id)
            .update_columns([
                instance_guard::Column::Instance,
                instance_guard::Column::Since,
            ])
            .to_owned()
    } else {
        on_any_conflict()
    };
    instance_guard::Entity::insert(instance_guard::ActiveModel {
        id: Set(ROW),
        instance: Set(word.to_owned()),
        since: Set(tx.now()),
    })
    .on_conflict(on_conflict)
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("the instance file cannot be read"),
    }
}

/// A complete file under another name.
fn partial(path: &Path, word: &str) -> anyhow::Result<PathBuf> {
    let partial = path.with_extension(format!("new-{}", std::process::id()));
    let mut out = fs::File::create(&partial).context("the instance file cannot be made")?;
    writeln!(out, "{word}")?;
    out.sync_all()?;
    Ok(partial)
}

/// Makes the file where there is none; answers the word that it holds, which another process may have written.
fn create(path: &Path, word: &str) -> anyhow::Result<String> {
    let partial = partial(path, word)?;
    let linked = fs::hard_link(&partial, path);
    fs::remove_file(&partial)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(error).context("the instance file cannot be made")
        }
        _ => read(path)?.context("the instance file is gone"),
    }
}

/// Whether this process may work: its database is no copy. A copy is looked at again, as it may be adopted.
///
/// # Errors
/// When the database does not answer.
pub async fn may_work(ctx: &Ctx) -> Result<bool, Failure> {
    let known = ctx.shared::<Known>();
    if !known.copied.load(Ordering::Relaxed) {
        return Ok(true);
    }
    if belongs(ctx).await? {
        known.copied.store(false, Ordering::Relaxed);
        tracing::info!("this database was adopted: work goes on");
        return Ok(true);
    }
    if known.says(ctx) {
        tracing::error!(
            file = %file_of(&ctx.settings).display(),
            "this database is a copy of another installation's: nothing fires and nothing is sent \
             until `guildhall adopt` says that it is the one to go on"
        );
    }
    Ok(false)
}

/// Whether the clock goes on: `false` while it stands before a time that was seen. Time that goes on is noted once a
/// minute.
///
/// # Errors
/// When the database refuses.
pub async fn clock_goes_on(ctx: &Ctx) -> Result<bool, Failure> {
    let reader = ctx.db.reader();
    let row = clock_guard::Entity::find_by_id(ROW).one(&reader).await?;
    let now = reader.now().await?;
    let seen = row.map(|row| row.seen_at);
    if let Some(seen) = seen.filter(|seen| now < *seen) {
        if ctx.shared::<Known>().says(ctx) {
            tracing::error!(
                %now, %seen,
                "schedules rest: the clock went back. If it ran ahead before, `guildhall adopt` accepts it"
            );
        }
        return Ok(false);
    }
    if seen.is_none_or(|seen| seen.plus(NOTED_EVERY) <= now) {
        ctx.db.write(async |tx| note(tx).await).await?;
    }
    Ok(true)
}

async fn note(tx: &Tx) -> Result<(), Failure> {
    let now: Instant = tx.now();
    let sql = "INSERT INTO clock_guard (id, seen_at) VALUES (1, $1) \
               ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at WHERE clock_guard.seen_at < excluded.seen_at";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [now.into()]);
    tx.execute_raw(statement).await?;
    Ok(())
}
