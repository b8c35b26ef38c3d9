//! Delivery against a real database, real files, and a mail server that misbehaves on demand.

mod server;

use std::path::Path;
use std::time::Duration;

use chrono::TimeDelta;
use entity::delivery;
use entity::suppression;
use migration::MigratorTrait;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;

use crate::kernel::ids::DeliveryId;
use crate::kernel::locale::Locale;
use crate::mail;
use crate::mail::Category;
use crate::mail::Content;
use crate::mail::Letter;
use crate::mail::Recipient;
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
    let settings = Settings::read(None, &|key| match key {
        "GUILDHALL_DATA_DIR" => Some(folder.display().to_string()),
        "GUILDHALL_SMTP_URL" => smtp.clone(),
        "GUILDHALL_SMTP_CONNECTIONS" => Some(connections.to_string()),
        "GUILDHALL_MAIL_FROM" => Some("协会 <post@guild.example>".to_owned()),
        _ => None,
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
    Ctx::new(db, keys, random, settings, Registry::default(), sandbox)
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
    let letters: Vec<_> = emails.iter().map(|email| letter(email)).collect();
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
            Office::of(&ctx.settings).idle().await;
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

/// Lets time pass for every row: what waits is due, what is leased is free.
async fn wait_out(ctx: &Ctx) {
    ctx.db
        .for_migration()
        .execute_unprepared("UPDATE delivery SET due_at = 0, lease_until = CASE WHEN lease_until IS NULL THEN NULL ELSE 1 END")
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
    assert!(text.contains(&format!("Message-ID: <d{}.", id.0.simple())));
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
async fn one_connection_carries_many_messages() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 1, false).await;
    send_to(&ctx, &addresses(60)).await;
    assert_eq!(sweep(&ctx).await, 60);
    assert_eq!(server.connections(), 1);
    let mut accepted = server.accepted();
    accepted.sort();
    accepted.dedup();
    assert_eq!(accepted.len(), 60);
    let content = server.seen.lock().expect("lock").accepted[0].1.clone();
    assert!(content.contains("\nSubject: =?utf-8?b?"), "{content}");
}

#[tokio::test]
async fn refusals_do_not_cost_the_connection() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 1, false).await;
    let some: Vec<_> = (0..40)
        .map(|n| match n % 4 {
            0 => format!("never.{n}@dst.example"),
            1 => format!("spam.{n}@dst.example"),
            _ => format!("m{n}@dst.example"),
        })
        .collect();
    send_to(&ctx, &some).await;
    sweep(&ctx).await;
    assert_eq!(server.connections(), 1);
    assert_eq!(
        states(&ctx).await,
        [("failed".to_owned(), 20), ("sent".to_owned(), 20)]
    );
    let failed = row(&ctx, "never.0@dst.example").await;
    assert_eq!((failed.code, failed.attempts), (Some(550), 1));
    assert_eq!(failed.reason.as_deref(), Some("5.1.1 no such user"));
    assert_eq!(row(&ctx, "spam.1@dst.example").await.code, Some(554));
}

#[tokio::test]
async fn a_transient_refusal_is_tried_again_later() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 2, false).await;
    send_to(&ctx, &["later.1@dst.example".to_owned()]).await;
    sweep(&ctx).await;
    let deferred = row(&ctx, "later.1@dst.example").await;
    assert_eq!(
        (deferred.state.as_str(), deferred.attempts),
        ("deferred", 1)
    );
    assert!(deferred.due_at >= deferred.created_at.plus(TimeDelta::seconds(96)));
    assert_eq!(deferred.code, Some(451));
    wait_out(&ctx).await;
    sweep(&ctx).await;
    let sent = row(&ctx, "later.1@dst.example").await;
    assert_eq!((sent.state.as_str(), sent.attempts), ("sent", 2));
    assert_eq!(server.accepted(), ["later.1@dst.example"]);
}

#[tokio::test]
async fn a_server_that_is_down_costs_no_attempt() {
    let server = Server::start(Manners::default()).await;
    let address = server.address;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 4, false).await;
    drop(server);
    tokio::task::yield_now().await;
    send_to(&ctx, &addresses(100)).await;
    assert_eq!(sweep(&ctx).await, 0);
    assert!(Office::of(&ctx.settings).is_closed());
    assert_eq!(states(&ctx).await, [("queued".to_owned(), 100)]);
    let server = Server::start_at(address, Manners::default()).await;
    assert_eq!(sweep(&ctx).await, 0, "the pause is not over");
    Office::of(&ctx.settings).reopen();
    assert_eq!(sweep(&ctx).await, 100);
    assert_eq!(server.accepted().len(), 100);
    let rows = delivery::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("read");
    assert!(rows.iter().all(|r| r.attempts == 1 && r.state == "sent"));
}

#[tokio::test]
async fn a_refused_login_is_the_servers_fault() {
    let server = Server::start(Manners {
        refuses_login: true,
        ..Manners::default()
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let smtp = format!("smtp://me:secret@{}", server.address);
    let ctx = context(folder.path(), Some(smtp), 4, false).await;
    send_to(&ctx, &addresses(3)).await;
    assert_eq!(sweep(&ctx).await, 0);
    assert!(server.seen.lock().expect("lock").logins >= 1);
    assert_eq!(states(&ctx).await, [("queued".to_owned(), 3)]);
}

#[tokio::test]
async fn limits_of_the_server_cost_no_attempt() {
    let server = Server::start(Manners {
        messages_max: 5,
        connections_max: 3,
        ..Manners::default()
    })
    .await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 8, false).await;
    send_to(&ctx, &addresses(150)).await;
    for _ in 0..100 {
        sweep(&ctx).await;
        Office::of(&ctx.settings).reopen();
        if server.accepted().len() == 150 {
            break;
        }
    }
    sweep(&ctx).await;
    let rows = delivery::Entity::find()
        .all(&ctx.db.reader())
        .await
        .expect("read");
    assert!(rows.iter().all(|r| r.attempts == 1 && r.state == "sent"));
    assert_eq!(server.accepted().len(), 150);
}

#[tokio::test]
async fn a_restart_between_queueing_and_sending_loses_nothing() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 2, false).await;
    send_to(&ctx, &addresses(10)).await;
    drop(ctx);
    let ctx = context(folder.path(), url(&server), 2, false).await;
    assert_eq!(sweep(&ctx).await, 10);
    assert_eq!(server.accepted().len(), 10);
}

#[tokio::test]
async fn what_a_crash_left_half_sent_is_sent_again_as_an_equal_copy() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 1, false).await;
    send_to(&ctx, &["a@dst.example".to_owned()]).await;
    sweep(&ctx).await;
    ctx.db
        .for_migration()
        .execute_unprepared(
            "UPDATE delivery SET state = 'sending', attempts = 0, lease_token = zeroblob(16), lease_until = 9999999999999",
        )
        .await
        .expect("as a crash leaves it");
    assert_eq!(sweep(&ctx).await, 0, "the lease holds");
    wait_out(&ctx).await;
    assert_eq!(sweep(&ctx).await, 1);
    let sent = row(&ctx, "a@dst.example").await;
    assert_eq!((sent.state.as_str(), sent.attempts), ("sent", 2));
    let seen = server.seen.lock().expect("lock");
    assert_eq!(seen.accepted.len(), 2);
    assert_eq!(seen.accepted[0], seen.accepted[1]);
}

#[tokio::test]
async fn only_250_after_the_dot_means_sent() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 1, false).await;
    let some = [
        "drop.1@dst.example",
        "odd.2@dst.example",
        "shut.3@dst.example",
        "ok@dst.example",
    ];
    send_to(&ctx, &some.map(str::to_owned)).await;
    sweep(&ctx).await;
    for unknown in ["drop.1@dst.example", "odd.2@dst.example"] {
        let row = row(&ctx, unknown).await;
        assert_eq!(row.state, "deferred");
        assert!(row.due_at >= row.created_at.plus(TimeDelta::minutes(15)));
    }
    assert_eq!(row(&ctx, "shut.3@dst.example").await.code, Some(421));
    assert_eq!(row(&ctx, "ok@dst.example").await.state, "sent");
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

#[tokio::test]
async fn a_server_that_dies_amid_a_campaign_loses_nothing() {
    let server = Server::start(Manners::default()).await;
    let address = server.address;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 4, false).await;
    send_to(&ctx, &addresses(300)).await;
    let seen = server.seen.clone();
    let death = async move {
        while seen.lock().expect("lock").accepted.len() < 50 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(server);
        seen
    };
    let (_, seen) = tokio::join!(sweep(&ctx), death);
    let early = seen.lock().expect("lock").accepted.len();
    assert!((50..300).contains(&early), "{early}");
    let server = Server::start_at(address, Manners::default()).await;
    for _ in 0..3 {
        Office::of(&ctx.settings).reopen();
        wait_out(&ctx).await;
        sweep(&ctx).await;
    }
    assert_eq!(states(&ctx).await, [("sent".to_owned(), 300)]);
    let accepted = early + server.accepted().len();
    assert!((300..=304).contains(&accepted), "{accepted}");
}

#[tokio::test]
async fn a_hanging_server_holds_up_neither_the_worker_nor_other_mail() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 2, false).await;
    send_to(&ctx, &["hang.1@dst.example".to_owned()]).await;
    let started = std::time::Instant::now();
    assert_eq!(service::deliver(ctx.clone()).await.expect("swept"), 0);
    send_to(&ctx, &addresses(5)).await;
    assert_eq!(service::deliver(ctx.clone()).await.expect("swept"), 5);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(row(&ctx, "hang.1@dst.example").await.state, "sending");
    drop(server);
    Office::of(&ctx.settings).idle().await;
    assert_eq!(row(&ctx, "hang.1@dst.example").await.state, "deferred");
}

#[test]
fn a_hanging_server_does_not_hold_up_the_end_of_the_process() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    };
    // The server lives on a runtime of its own.
    let (told, hear) = std::sync::mpsc::channel();
    let elsewhere = std::thread::spawn(move || {
        runtime().block_on(async {
            let server = Server::start(Manners::default()).await;
            told.send(server.address).expect("told");
            tokio::time::sleep(Duration::from_secs(4)).await;
        });
    });
    let smtp = format!("smtp://{}", hear.recv().expect("heard"));
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let ctx = context(folder.path(), Some(smtp), 2, false).await;
        send_to(&ctx, &["hang.1@dst.example".to_owned()]).await;
        service::deliver(ctx.clone()).await.expect("swept");
    });
    let started = std::time::Instant::now();
    drop(runtime);
    assert!(started.elapsed() < Duration::from_secs(2));
    elsewhere.join().expect("ended");
}

#[tokio::test]
async fn nobody_waits_for_ever_for_an_answer() {
    let server = Server::start(Manners::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ctx = context(folder.path(), url(&server), 1, false).await;
    let target = crate::platform::config::smtp_url(&url(&server).expect("set")).expect("a target");
    let short = Duration::from_millis(200);
    let patience = Patience {
        connect: short,
        command: short,
        data: short,
        answer: short,
    };
    let live = std::rc::Rc::new(());
    let mut line = Connection::open(&target, patience, &live)
        .await
        .expect("open");
    send_to(&ctx, &["hang.1@dst.example".to_owned()]).await;
    let mime = message::build(&ctx, &row(&ctx, "hang.1@dst.example").await).expect("built");
    line.offer(&mime).await.expect("taken");
    let trouble = line.deliver(&mime.bytes).await.expect_err("no answer");
    assert!(matches!(trouble, Trouble::Broken(_)));
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("bound");
    let target = crate::platform::config::SmtpTarget {
        port: silent.local_addr().expect("bound").port(),
        ..target
    };
    assert!(Connection::open(&target, patience, &live).await.is_err());
}
