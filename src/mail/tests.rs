//! Delivery against a real database, real files, and a mail server that misbehaves on demand.

mod fault;
mod kill;
mod mailing;
mod rates;
mod scenarios;
mod server;
mod smtp;
mod stage;

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use entity::delivery;
use entity::mail_worker;
use entity::suppression;
use migration::MigratorTrait;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::DeliveryId;
use crate::kernel::locale::Locale;
use crate::mail;
use crate::mail::Category;
use crate::mail::Content;
use crate::mail::Letter;
use crate::mail::Recipient;
use crate::mail::domain::base32;
use crate::mail::message;
use crate::mail::office::Office;
use crate::mail::service;
use crate::mail::smtp::Connection;
use crate::mail::smtp::Patience;
use crate::mail::smtp::Trouble;
use crate::platform::act::perform_as_system;
use crate::platform::config::Settings;
use crate::platform::ctx::Ctx;
use crate::platform::db;
use crate::platform::keys::Keys;
use crate::platform::random::Random;
use crate::platform::registry::Registry;
use server::Manners;
use server::Server;

async fn context(folder: &Path, smtp: Option<String>, connections: u32, sandbox: bool) -> Ctx {
    let connections = connections.to_string();
    let mut more = vec![("GUILDHALL_SMTP_CONNECTIONS", connections.as_str())];
    if let Some(smtp) = &smtp {
        more.push(("GUILDHALL_SMTP_URL", smtp));
    }
    context_with(folder, &more, sandbox).await
}

/// A context with settings of its own.
async fn context_with(folder: &Path, more: &[(&str, &str)], sandbox: bool) -> Ctx {
    let settings = Settings::read(None, &|key| match key {
        "GUILDHALL_DATA_DIR" => Some(folder.display().to_string()),
        "GUILDHALL_MAIL_FROM" => Some("协会 <post@guild.example>".to_owned()),
        _ => {
            let own = more.iter().find(|(known, _)| *known == key);
            own.map(|(_, value)| (*value).to_owned())
        }
    })
    .expect("settings");
    let random = Random::default();
    let db = db::connect(&settings.database_url.0, 4, sandbox)
        .await
        .expect("connected");
    migration::Migrator::up(db.for_migration(), None)
        .await
        .expect("migrated");
    let keys = Keys::open(&settings.key_file, &random).expect("keys");
    let registry = Registry {
        refusal_link: Some(|_, id| format!("https://g.example/u/{id}")),
        ..Registry::default()
    };
    Ctx::new(db, keys, random, settings, registry, sandbox)
}

fn letter(email: &str) -> Letter {
    let to = Recipient {
        email: email.to_owned(),
        name: "老王茶庄".to_owned(),
        locale: Locale::ZhCn,
    };
    let content = Content {
        subject: "双十一促销".to_owned(),
        html: "<p>您好</p>".to_owned(),
        text: "您好\n.\nend\n".to_owned(),
    };
    Letter::new(to, Category::Promotion, content)
}

async fn send(ctx: &Ctx, letter: &Letter) -> DeliveryId {
    perform_as_system(ctx, "test", async |act| mail::send(act, letter).await)
        .await
        .expect("queued")
}

async fn send_to(ctx: &Ctx, emails: &[String]) {
    let letters: Vec<_> = emails
        .iter()
        .map(|email| Letter {
            category: Category::LevyNotice,
            ..letter(email)
        })
        .collect();
    ctx.db
        .write(async |tx| mail::send_all(tx, ctx.ids, &letters).await)
        .await
        .expect("queued");
}

async fn sweep(ctx: &Ctx) -> u64 {
    let mut total = 0;
    loop {
        let done = service::deliver(ctx.clone()).await.expect("swept");
        tokio::time::timeout(Duration::from_secs(60), async {
            Office::of(ctx).idle().await;
        })
        .await
        .expect("ends");
        total += done;
        if done == 0 {
            return total;
        }
    }
}

async fn row(ctx: &Ctx, email: &str) -> delivery::Model {
    delivery::Entity::find()
        .filter(delivery::Column::ToEmail.eq(email))
        .one(&ctx.db.reader())
        .await
        .expect("read")
        .expect("there")
}

async fn states(ctx: &Ctx) -> Vec<(String, usize)> {
    let rows = delivery::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("read");
    let mut counts = std::collections::BTreeMap::new();
    for row in rows {
        *counts.entry(row.state).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// Lets time pass for every row: what waits is due, what is leased is free, and dead processes are gone.
async fn wait_out(ctx: &Ctx) {
    let long_ago = crate::kernel::time::Instant::from_millis(1_000);
    ctx.db
        .write(async |tx| {
            delivery::Entity::update_many()
                .col_expr(delivery::Column::DueAt, Expr::value(long_ago))
                .exec(tx)
                .await?;
            delivery::Entity::update_many()
                .col_expr(delivery::Column::LeaseUntil, Expr::value(long_ago))
                .filter(delivery::Column::LeaseUntil.is_not_null())
                .exec(tx)
                .await?;
            mail_worker::Entity::delete_many().exec(tx).await?;
            Ok(())
        })
        .await
        .expect("passed");
}

fn url(server: &Server) -> Option<String> {
    Some(format!("smtp://{}", server.address))
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("m{n}@dst.example")).collect()
}

#[tokio::test]
async fn without_a_server_every_letter_becomes_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 8, true).await;
    let mut one = letter("wang@例子.中国");
    one.unsubscribe = Some("https://g.example/u/token".to_owned());
    let id = send(&ctx, &one).await;
    send_to(&ctx, &addresses(20)).await;
    assert_eq!(sweep(&ctx).await, 21);
    let mail = folder.path().join("mail");
    assert_eq!(std::fs::read_dir(&mail).expect("a folder").count(), 21);
    let text = std::fs::read_to_string(mail.join(format!("{id}.eml"))).expect("a file");
    assert!(text.is_ascii());
    for wanted in [
        "Auto-Submitted: auto-generated\r\n",
        "Content-Language: zh-CN\r\n",
        "List-Unsubscribe: <https://g.example/u/token>\r\n",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        "@guild.example>\r\n",
        "wang@xn--",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "Subject: [SANDBOX] =?utf-8?b?",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
    assert!(text.find("text/plain") < text.find("text/html"));
    assert!(text.contains(&format!(
        "Message-ID: <d{}.",
        base32::encode(id.0.as_bytes())
    )));
    assert_eq!(states(&ctx).await, [("sent".to_owned(), 21)]);
}

#[tokio::test]
async fn a_key_queues_one_letter_and_a_refused_use_case_queues_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 1, false).await;
    let keyed = Letter {
        dedupe_key: Some("notice:1".to_owned()),
        ..letter("a@b.example")
    };
    let campaign = Letter {
        campaign: Some(ctx.ids.fresh()),
        ..keyed.clone()
    };
    let first = send(&ctx, &keyed).await;
    assert_eq!(send(&ctx, &keyed).await, first);
    let second = send(&ctx, &campaign).await;
    assert_ne!(second, first);
    assert_eq!(send(&ctx, &campaign).await, second);
    let forged = letter("a@b.example\r\nBcc: c@d.example");
    let failure = perform_as_system(&ctx, "test", async |act| {
        mail::send(act, &letter("x@b.example")).await?;
        mail::send(act, &forged).await
    })
    .await
    .expect_err("refused");
    assert_eq!(failure.kind().code, "mail_address_invalid");
    assert_eq!(states(&ctx).await, [("queued".to_owned(), 2)]);
}

#[tokio::test]
async fn refused_addresses_and_late_letters_are_not_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), None, 2, false).await;
    let alliance = ctx.ids.fresh();
    ctx.db
        .write(async |tx| {
            suppression::Entity::insert(suppression::ActiveModel {
                id: Set(ctx.ids.fresh()),
                alliance_id: Set(Some(alliance)),
                category: Set(Some("promotion".to_owned())),
                email: Set("a@b.example".to_owned()),
                reason: Set("unsubscribed".to_owned()),
                created_at: Set(tx.now()),
                source: Set("link".to_owned()),
                evidence_id: Set(None),
                expires_at: Set(None),
                found_in: Set(None),
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
        .await
        .expect("written");
    let of_alliance = Letter {
        alliance: Some(alliance),
        ..letter("A@B.example")
    };
    let suppressed = send(&ctx, &of_alliance).await;
    let elsewhere = send(&ctx, &letter("a@b.example")).await;
    let levy = Letter {
        category: Category::LevyNotice,
        ..of_alliance
    };
    let levy = send(&ctx, &levy).await;
    let late = Letter {
        expires_at: Some(crate::kernel::time::Instant::from_millis(1)),
        ..letter("late@b.example")
    };
    let late = send(&ctx, &late).await;
    assert_eq!(sweep(&ctx).await, 4);
    for (id, state) in [
        (suppressed, "suppressed"),
        (elsewhere, "sent"),
        (levy, "sent"),
        (late, "failed"),
    ] {
        let row = delivery::Entity::find_by_id(id)
            .one(&ctx.db.reader())
            .await
            .expect("read")
            .expect("there");
        assert_eq!(row.state, state);
    }
}
