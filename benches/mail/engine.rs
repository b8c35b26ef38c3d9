//! The engine, as a process runs it: letters of a campaign are queued, and the sweep sends them.

use std::time::Duration;
use std::time::Instant;

use guildhall::kernel::ids::CampaignId;
use guildhall::kernel::locale::Locale;
use guildhall::mail;
use guildhall::mail::Category;
use guildhall::mail::Content;
use guildhall::mail::Letter;
use guildhall::mail::Recipient;
use guildhall::mail::mailing;
use guildhall::mail::mailing::Plan;
use guildhall::mail::stencils;
use guildhall::mail::stencils::Stencil;
use guildhall::platform::config::Settings;
use guildhall::platform::ctx::Ctx;
use guildhall::platform::db;
use guildhall::platform::keys::Keys;
use guildhall::platform::random::Random;
use guildhall::platform::registry::Registry;
use migration::MigratorTrait;
use sea_orm::ConnectOptions;
use sea_orm::ConnectionTrait;
use sea_orm::Database;
use tempfile::TempDir;

use crate::CONNECTIONS;
use crate::told;

/// How long a campaign took.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Until every recipient had a row.
    pub rows: Duration,
    /// From then until all were sent.
    pub whole: Duration,
    /// The slowest but five of a hundred readings of the progress meanwhile.
    pub progress: Duration,
}

/// A service with a database of its own, and the mail server that it sends to.
pub struct Scene {
    runtime: tokio::runtime::Runtime,
    pub ctx: Ctx,
    pub folder: TempDir,
    scratch: Option<(String, String)>,
}

/// Rows of one transaction.
const CHUNK: usize = 5_000;

impl Scene {
    /// On an embedded database.
    pub fn sqlite(smtp: &str, synchronous: &str) -> Self {
        Self::sqlite_signing(smtp, synchronous, None)
    }

    /// As [`Scene::sqlite`], with signatures by the key of a file.
    pub fn sqlite_signing(smtp: &str, synchronous: &str, key: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/bench.db", folder.path().display());
        let scene = Self::new(smtp, &url, folder, None, key);
        let pragma = format!("PRAGMA synchronous = {synchronous}");
        let set = scene.ctx.db.for_migration().execute_unprepared(&pragma);
        scene.runtime.block_on(set).expect("set");
        scene
    }

    /// On a database of a server, where the environment names one.
    pub fn postgres(smtp: &str) -> Option<Self> {
        let server = told("GUILDHALL_TEST_POSTGRES_URL")?;
        let name = format!("guildhall_bench_{}", std::process::id());
        run_on(&server, &format!("CREATE DATABASE {name}"));
        let (base, _) = server.rsplit_once('/').expect("a URL");
        let url = format!("{base}/{name}");
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self::new(smtp, &url, folder, Some((server, name)), None))
    }

    fn new(
        smtp: &str,
        database: &str,
        folder: TempDir,
        scratch: Option<(String, String)>,
        signer: Option<&str>,
    ) -> Self {
        let settings = Settings::read(None, &|key| match key {
            "GUILDHALL_DATA_DIR" => Some(folder.path().display().to_string()),
            "GUILDHALL_DATABASE_URL" => Some(database.to_owned()),
            "GUILDHALL_SMTP_URL" => Some(smtp.to_owned()),
            "GUILDHALL_SMTP_CONNECTIONS" => Some(CONNECTIONS.to_string()),
            "GUILDHALL_MAIL_DKIM_DOMAIN" => signer.map(|_| "bench.example".to_owned()),
            "GUILDHALL_MAIL_DKIM_SELECTOR" => signer.map(|_| "bench".to_owned()),
            "GUILDHALL_MAIL_DKIM_KEY" => signer.map(str::to_owned),
            _ => None,
        })
        .expect("settings");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let ctx = runtime.block_on(async {
            let random = Random::default();
            let db = db::connect(&settings.database_url.0, 8, false)
                .await
                .expect("connected");
            migration::Migrator::up(db.for_migration(), None)
                .await
                .expect("migrated");
            let keys = Keys::open(&settings.key_file, &random).expect("keys");
            let registry = Registry {
                refusal_link: Some(|_, id| format!("https://bench.example/u/{id}")),
                ..Registry::default()
            };
            let ctx = Ctx::new(db, keys, random, settings, registry, false);
            mail::prepare(&ctx).expect("a key");
            ctx
        });
        Self {
            runtime,
            ctx,
            folder,
            scratch,
        }
    }

    /// Sends a campaign of so many letters.
    pub fn send(&self, count: usize) -> Times {
        self.send_refused(count, usize::MAX)
    }

    /// As [`Scene::send`], with every `nth` address one that a picky server refuses.
    pub fn send_refused(&self, count: usize, nth: usize) -> Times {
        self.runtime.block_on(async {
            let began = Instant::now();
            let campaign = self.queue(count, nth).await;
            let rows = began.elapsed();
            let began = Instant::now();
            let sweep = mail::sweeps()[0];
            let mut readings = Vec::new();
            loop {
                (sweep.run)(self.ctx.clone()).await.expect("swept");
                let asked = Instant::now();
                let reader = self.ctx.db.reader();
                let counts = mailing::counts(&reader, campaign).await.expect("read");
                readings.push(asked.elapsed());
                let is_final = |state: &str| matches!(state, "sent" | "failed");
                if counts.iter().all(|(state, _)| is_final(state)) {
                    break;
                }
                assert!(
                    !counts.iter().any(|(state, _)| state == "deferred"),
                    "{counts:?}"
                );
            }
            readings.sort();
            Times {
                rows,
                whole: began.elapsed(),
                progress: readings[readings.len() * 95 / 100],
            }
        })
    }

    async fn queue(&self, count: usize, nth: usize) -> CampaignId {
        let ctx = &self.ctx;
        let plan = Plan::new(ctx.ids.fresh(), Some(ctx.ids.fresh()));
        let stencil = Stencil {
            subject: "{{ alliance_name }}: news for {{ merchant_name }}".to_owned(),
            html: format!(
                "<p>Dear {{{{ recipient_name }}}},</p>{}<a href=\"{{{{ unsubscribe_link }}}}\">x</a>",
                "<p>The street festival begins on Friday at nine.</p>\n".repeat(45)
            ),
            text: format!(
                "Dear {{{{ recipient_name }}}},\n{}{{{{ unsubscribe_link }}}}\n",
                "The street festival begins on Friday at nine.\n".repeat(25)
            ),
            shared: serde_json::json!({"alliance_name": "West Lake"}),
        };
        ctx.db
            .write(async |tx| {
                mailing::open(tx, &plan).await?;
                stencils::keep(tx, plan.campaign, Locale::En, stencil.clone()).await?;
                Ok(())
            })
            .await
            .expect("opened");
        for start in (0..count).step_by(CHUNK) {
            let letters: Vec<Letter> = (start..count.min(start + CHUNK))
                .map(|n| letter(&plan, n, nth))
                .collect();
            ctx.db
                .write(async |tx| mail::send_all(tx, ctx.ids, &letters).await)
                .await
                .expect("queued");
        }
        plan.campaign
    }
}

fn letter(plan: &Plan, n: usize, nth: usize) -> Letter {
    let word = if n % nth == nth - 1 { "c550." } else { "" };
    let to = Recipient {
        email: format!("{word}member{n}@shop{}.example", n % 50),
        name: format!("Member {n}"),
        locale: Locale::En,
    };
    let empty = Content {
        subject: String::new(),
        html: String::new(),
        text: String::new(),
    };
    Letter {
        alliance: plan.alliance,
        campaign: Some(plan.campaign),
        vars: Some(serde_json::json!({"merchant_name": format!("Shop {n}")})),
        dedupe_key: Some(to.email.clone()),
        ..Letter::new(to, Category::Promotion, empty)
    }
}

fn run_on(server: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let admin = Database::connect(ConnectOptions::new(server))
            .await
            .expect("a server");
        admin.execute_unprepared(sql).await.expect("done");
    });
}

impl Drop for Scene {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.scratch {
            run_on(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}
