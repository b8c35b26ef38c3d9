//! Both databases: a scenario is played on SQLite, and on PostgreSQL where the environment names a server.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use entity::suppression;
use sea_orm::ConnectOptions;
use sea_orm::Database;
use sea_orm::DatabaseConnection;
use sea_orm::QuerySelect;
use tempfile::TempDir;

use super::*;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::mail::mailing;
use crate::mail::repo::tally;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of one scenario, and a folder.
pub struct Stage {
    pub folder: TempDir,
    /// Its URL, where it is no file in the folder.
    pub postgres: Option<String>,
    scratch: Option<(DatabaseConnection, String)>,
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests learn of PostgreSQL by the environment"
)]
fn server() -> Option<String> {
    std::env::var("GUILDHALL_TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

impl Stage {
    /// An embedded database.
    pub fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            postgres: None,
            scratch: None,
        }
    }

    /// A database of a server, where there is one.
    pub async fn postgres() -> Option<Self> {
        let url = server()?;
        let admin = Database::connect(ConnectOptions::new(url.clone()))
            .await
            .expect("a server");
        let name = format!(
            "guildhall_mail_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("a database");
        let (base, _) = url.rsplit_once('/').expect("a URL");
        Some(Self {
            folder: tempfile::tempdir().expect("a folder"),
            postgres: Some(format!("{base}/{name}")),
            scratch: Some((admin, name)),
        })
    }

    /// Both, as far as they are there.
    pub async fn both() -> Vec<Self> {
        let mut stages = vec![Self::sqlite()];
        stages.extend(Self::postgres().await);
        stages
    }

    /// A context that sends to `server`, with more settings.
    pub async fn context(&self, server: &Server, more: &[(&str, &str)]) -> Ctx {
        let smtp = format!("smtp://{}", server.address);
        let mut all = more.to_vec();
        if !more.iter().any(|(key, _)| *key == "GUILDHALL_SMTP_URL") {
            all.push(("GUILDHALL_SMTP_URL", &smtp));
        }
        if let Some(url) = &self.postgres {
            all.push(("GUILDHALL_DATABASE_URL", url));
        }
        context_with(self.folder.path(), &all, false).await
    }

    /// Takes the database away.
    pub async fn strike(self) {
        if let Some((admin, name)) = self.scratch {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            admin.execute_unprepared(&drop).await.expect("dropped");
        }
    }
}

/// Queues one letter of a campaign to each address.
pub async fn campaign_to(ctx: &Ctx, category: Category, emails: &[String]) -> CampaignId {
    let campaign: CampaignId = ctx.ids.fresh();
    let alliance: AllianceId = ctx.ids.fresh();
    let letters: Vec<_> = emails
        .iter()
        .map(|email| Letter {
            campaign: Some(campaign),
            alliance: Some(alliance),
            category,
            dedupe_key: Some(email.clone()),
            ..letter(email)
        })
        .collect();
    ctx.db
        .write(async |tx| mail::send_all(tx, ctx.ids, &letters).await)
        .await
        .expect("queued");
    campaign
}

/// The counters of a campaign, which must say what the rows say, in every commit.
pub async fn counted(ctx: &Ctx, campaign: CampaignId) -> Vec<(String, i64)> {
    // On PostgreSQL the two readings may see different commits while somebody sends.
    let mut seen = (Vec::new(), Vec::new());
    for _ in 0..50 {
        seen = both_counts(ctx, campaign).await;
        if seen.0 == seen.1 {
            return seen.0;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the counters say {:?}, the rows {:?}", seen.0, seen.1);
}

type Counts = Vec<(String, i64)>;

async fn both_counts(ctx: &Ctx, campaign: CampaignId) -> (Counts, Counts) {
    let both = ctx.db.write(async |tx| {
        let counters = tally::read(tx, campaign).await?;
        let mut rows: Counts = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::State)
            .column_as(delivery::Column::Id.count(), "n")
            .filter(delivery::Column::CampaignId.eq(campaign))
            .group_by(delivery::Column::State)
            .into_tuple()
            .all(tx)
            .await?;
        rows.sort();
        Ok((counters, rows))
    });
    both.await.expect("counted")
}

/// Sweeps, and lets time pass where nothing is left to do now, until the campaign has ended.
pub async fn finish(ctx: &Ctx, campaign: CampaignId) {
    for _ in 0..400 {
        service::deliver(ctx.clone()).await.expect("swept");
        counted(ctx, campaign).await;
        let open = mailing::is_open(&ctx.db.reader(), campaign).await;
        if !open.expect("read") {
            return;
        }
        Office::of(ctx).reopen();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "the campaign did not end: {:?}",
        counted(ctx, campaign).await
    );
}

/// The addresses that are suppressed everywhere.
pub async fn gone(ctx: &Ctx) -> Vec<String> {
    let rows = suppression::Entity::find()
        .filter(suppression::Column::AllianceId.is_null())
        .all(&ctx.db.reader())
        .await
        .expect("read");
    let mut emails: Vec<_> = rows.into_iter().map(|row| row.email).collect();
    emails.sort();
    emails
}

pub fn numbered(word: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{word}m{n}@dst.example"))
        .collect()
}

pub fn some(counts: &[(&str, i64)]) -> Vec<(String, i64)> {
    counts
        .iter()
        .map(|(state, n)| ((*state).to_owned(), *n))
        .collect()
}
