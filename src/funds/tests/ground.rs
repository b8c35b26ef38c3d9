//! A database of its own with funds in it.

use std::hash::BuildHasher;
use std::hash::RandomState;

use entity::alliance;
use entity::fund;
use migration::MigratorTrait;
use sea_orm::ActiveModelTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sqlx::Connection;
use sqlx::Executor;
use sqlx::PgConnection;

use crate::funds::repo::Fund;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::time::Instant;
use crate::platform::config::Settings;
use crate::platform::ctx::Ctx;
use crate::platform::db;
use crate::platform::keys::Keys;
use crate::platform::random::Random;
use crate::platform::registry::Registry;

/// A setting of the test run.
#[expect(
    clippy::disallowed_methods,
    reason = "a test run is told by its environment"
)]
pub fn told(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A service without a wire on a fresh database.
pub struct Ground {
    pub ctx: Ctx,
    _folder: tempfile::TempDir,
    /// Says to other test runs that the database is in use.
    postgres: Option<(PgConnection, String)>,
}

impl Ground {
    /// On SQLite in memory-backed files where there are any, so that the disk's patience is not measured.
    pub async fn on_sqlite() -> Self {
        Self::open(None).await
    }

    /// On the PostgreSQL of the test run; `None` where there is none.
    pub async fn on_postgres() -> Option<Self> {
        let server = told("GUILDHALL_TEST_POSTGRES_URL")?;
        let key = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let mut connection = PgConnection::connect(&server)
            .await
            .expect("PostgreSQL answers");
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind(&key)
            .execute(&mut connection)
            .await
            .expect("a lock");
        let name = format!("guildhall_test_{key}_model");
        connection
            .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a database");
        let mut url = url::Url::parse(&server).expect("a URL");
        url.set_path(&name);
        let mut ground = Self::open(Some(url.to_string())).await;
        ground.postgres = Some((connection, name));
        Some(ground)
    }

    async fn open(url: Option<String>) -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()),
            false => tempfile::tempdir(),
        };
        let folder = folder.expect("a folder");
        let settings = Settings::read(None, &|key| match key {
            "GUILDHALL_DATA_DIR" => Some(folder.path().display().to_string()),
            "GUILDHALL_DATABASE_URL" => url.clone(),
            _ => None,
        })
        .expect("settings");
        let random = Random::default();
        let db = db::connect(&settings.database_url.0, 4, false)
            .await
            .expect("connected");
        migration::Migrator::up(db.for_migration(), None)
            .await
            .expect("migrated");
        let keys = Keys::open(&settings.key_file, &random).expect("keys");
        Self {
            ctx: Ctx::new(db, keys, random, settings, Registry::default(), false),
            _folder: folder,
            postgres: None,
        }
    }

    /// An alliance with some funds that collect.
    pub async fn funds(&self, count: usize) -> Vec<Fund> {
        let ctx = &self.ctx;
        let alliance: AllianceId = ctx.ids.fresh();
        let at = Instant::parse("2026-01-01T00:00:00Z").expect("an instant");
        let funds: Vec<Fund> = (0..count).map(|n| fund(ctx, alliance, n, at)).collect();
        ctx.db
            .write(async |tx| {
                let row = alliance::Model {
                    id: alliance,
                    name: "Tea Street".into(),
                    kind: "regional".into(),
                    time_zone: "Asia/Shanghai".into(),
                    currency: "CNY".into(),
                    locale: "zh-CN".into(),
                    listed: false,
                    state: "active".into(),
                    version: 1,
                    created_at: at,
                };
                alliance::Entity::insert(row.into_active_model().reset_all())
                    .exec_without_returning(tx)
                    .await?;
                for row in &funds {
                    fund::Entity::insert(row.clone().into_active_model().reset_all())
                        .exec_without_returning(tx)
                        .await?;
                }
                Ok(())
            })
            .await
            .expect("funds");
        funds
    }

    /// Drops what would stay.
    pub async fn end(self) {
        self.ctx
            .db
            .for_migration()
            .clone()
            .close()
            .await
            .expect("closes");
        if let Some((mut connection, name)) = self.postgres {
            connection
                .execute(sqlx::AssertSqlSafe(format!(
                    "DROP DATABASE {name} WITH (FORCE)"
                )))
                .await
                .expect("dropped");
        }
    }
}

fn fund(ctx: &Ctx, alliance: AllianceId, n: usize, at: Instant) -> Fund {
    Fund {
        id: ctx.ids.fresh::<FundId>(),
        alliance_id: alliance,
        name: format!("Fund {n}"),
        code: format!("F{n}"),
        season_from: "2026-01-01".parse().expect("a day"),
        season_to: "2026-12-31".parse().expect("a day"),
        currency: "CNY".into(),
        custodian_holder: "Tea Street".into(),
        custodian_institution: "Bank of Hangzhou".into(),
        custodian_account_ref: "6222-1".into(),
        state: "collecting".into(),
        general: false,
        version: 1,
        created_by: ctx.ids.fresh(),
        created_at: at,
    }
}
