//! A process that is killed at any moment, again and again, beside a witness that counts.
//!
//! `GUILDHALL_TEST_KILLS=60 cargo test --lib -- mail::tests::kill` kills as often as it says.

use std::collections::HashMap;
use std::process::Command;
use std::process::Stdio;

use super::stage::Stage;
use super::stage::campaign_to;
use super::stage::counted;
use super::stage::numbered;
use super::*;
use crate::kernel::ids::CampaignId;

const CONNECTIONS: usize = 4;

#[expect(
    clippy::disallowed_methods,
    reason = "parent and child talk by the environment"
)]
fn told(key: &str) -> Option<String> {
    std::env::var(key).ok()
}

/// The process that is killed: delivers until it is.
#[tokio::test]
#[ignore = "the child of the test below"]
async fn child() {
    let (Some(folder), Some(smtp)) = (told("KILL_FOLDER"), told("KILL_SMTP")) else {
        return;
    };
    let connections = CONNECTIONS.to_string();
    let database = told("KILL_DATABASE");
    let mut more = vec![
        ("GUILDHALL_SMTP_URL", smtp.as_str()),
        ("GUILDHALL_SMTP_CONNECTIONS", connections.as_str()),
    ];
    if let Some(url) = &database {
        more.push(("GUILDHALL_DATABASE_URL", url));
    }
    let ctx = context_with(Path::new(&folder), &more, false).await;
    loop {
        service::deliver(ctx.clone()).await.expect("swept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Kills children until the campaign has nothing more to send. Answers the number of kills.
async fn kill_until_done(stage: &Stage, ctx: &Ctx, server: &Server, campaign: CampaignId) -> usize {
    let most: usize = told("GUILDHALL_TEST_KILLS")
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let program = std::env::current_exe().expect("a program");
    for kill in 0..200 {
        let mut command = Command::new(&program);
        command
            .args(["--exact", "mail::tests::kill::child", "--ignored"])
            .env("KILL_FOLDER", stage.folder.path())
            .env("KILL_SMTP", format!("smtp://{}", server.address))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(url) = &stage.postgres {
            command.env("KILL_DATABASE", url);
        }
        let before = server.accepted().len();
        let mut process = command.spawn().expect("a child");
        let random = u64::from(ctx.random.bytes::<1>().expect("random")[0]);
        let mut waited = 0;
        // Once it is at work, some moment later; the last one works to the end.
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            waited += 5;
            let at_work = server.accepted().len() > before;
            if kill < most && at_work && waited > random {
                break;
            }
            if waited % 500 == 0 && !at_work && !leaves(ctx, campaign).await {
                break;
            }
            assert!(waited < 120_000, "the child does nothing");
            if kill >= most && waited % 200 == 0 && !leaves(ctx, campaign).await {
                break;
            }
        }
        process.kill().expect("killed");
        process.wait().expect("gone");
        wait_out(ctx).await;
        if !leaves(ctx, campaign).await {
            return kill + 1;
        }
    }
    panic!("the campaign did not end");
}

/// Whether something is still to be sent.
async fn leaves(ctx: &Ctx, campaign: CampaignId) -> bool {
    let counts: HashMap<_, _> = counted(ctx, campaign).await.into_iter().collect();
    ["queued", "claimed", "sending", "deferred"]
        .iter()
        .any(|state| counts.contains_key(*state))
        || (counts.contains_key("unsure") && is_resent(ctx, campaign).await)
}

async fn is_resent(ctx: &Ctx, campaign: CampaignId) -> bool {
    delivery::Entity::find()
        .filter(delivery::Column::CampaignId.eq(campaign))
        .filter(delivery::Column::State.eq("unsure"))
        .filter(delivery::Column::OnUnsure.eq("resend"))
        .one(&ctx.db.reader())
        .await
        .expect("read")
        .is_some()
}

async fn play(category: Category) {
    for stage in Stage::both().await {
        let server = Server::start(Manners {
            pipelining: true,
            ..Manners::default()
        })
        .await;
        let ctx = stage.context(&server, &[]).await;
        let all = numbered("", 2_000);
        let campaign = campaign_to(&ctx, category, &all).await;
        let kills = kill_until_done(&stage, &ctx, &server, campaign).await;
        let mut copies: HashMap<String, usize> = HashMap::new();
        for to in server.accepted() {
            *copies.entry(to).or_default() += 1;
        }
        let duplicates: usize = copies.values().map(|count| count - 1).sum();
        let missing: Vec<_> = all.iter().filter(|to| !copies.contains_key(*to)).collect();
        let held: Vec<_> = delivery::Entity::find()
            .filter(delivery::Column::State.eq("unsure"))
            .all(&ctx.db.reader())
            .await
            .expect("read")
            .into_iter()
            .map(|row| row.to_email)
            .collect();
        eprintln!(
            "{category}: {kills} kills, {duplicates} duplicates, {} held, {} missing",
            held.len(),
            missing.len()
        );
        assert!(held.len() <= kills * CONNECTIONS);
        assert!(
            missing.iter().all(|to| held.contains(to)),
            "lost: {missing:?}"
        );
        if category.on_unsure() == "hold" {
            assert_eq!(duplicates, 0);
        } else {
            assert!(duplicates <= kills * CONNECTIONS, "{duplicates}");
            assert!(held.is_empty());
        }
        stage.strike().await;
    }
}

#[tokio::test]
async fn killing_the_sender_loses_nobody_and_repeats_at_most_what_was_on_its_way() {
    play(Category::LevyNotice).await;
}

#[tokio::test]
async fn killing_the_sender_of_a_promotion_repeats_nothing() {
    play(Category::Promotion).await;
}
