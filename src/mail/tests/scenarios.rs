//! Whole campaigns against a server that misbehaves, on both databases.

use std::collections::HashSet;

use super::stage::Stage;
use super::stage::campaign_to;
use super::stage::counted;
use super::stage::finish;
use super::stage::gone;
use super::stage::numbered;
use super::stage::some;
use super::*;
use crate::kernel::page::Page;
use crate::mail::mailing;
use crate::mail::mailing::Decision;

const RETRY: (&str, &str) = ("GUILDHALL_MAIL_RETRY", "1s");

fn distinct(server: &Server) -> usize {
    server.accepted().into_iter().collect::<HashSet<_>>().len()
}

#[tokio::test]
async fn a_plain_campaign_reaches_everybody_once() {
    for stage in Stage::both().await {
        let server = Server::start(Manners {
            pipelining: true,
            ..Manners::default()
        })
        .await;
        let ctx = stage.context(&server, &[]).await;
        let campaign = campaign_to(&ctx, Category::Promotion, &numbered("", 1_000)).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("queued", 1_000)]));
        finish(&ctx, campaign).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("sent", 1_000)]));
        assert_eq!((server.accepted().len(), distinct(&server)), (1_000, 1_000));
        {
            let seen = server.seen.lock().expect("lock");
            assert!(seen.peak <= 8, "{}", seen.peak);
            assert!(
                (10..=24).contains(&seen.connections),
                "{}",
                seen.connections
            );
            assert!(seen.parameters.contains("ENVID="), "{}", seen.parameters);
            assert!(
                seen.parameters.contains("ORCPT=rfc822;m"),
                "{}",
                seen.parameters
            );
        }
        stage.strike().await;
    }
}

#[tokio::test]
async fn refusals_of_every_kind_are_told_apart() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let ctx = stage.context(&server, &[RETRY]).await;
        let mut all = numbered("", 900);
        all.extend(numbered("c550.", 50));
        all.extend(numbered("c451x2.", 30));
        all.extend(numbered("d554.", 20));
        let campaign = campaign_to(&ctx, Category::Promotion, &all).await;
        finish(&ctx, campaign).await;
        assert_eq!(
            counted(&ctx, campaign).await,
            some(&[("failed", 70), ("sent", 930)])
        );
        assert_eq!(server.seen.lock().expect("lock").refused[&550], 50);
        let mut dead = numbered("c550.", 50);
        dead.sort();
        assert_eq!(gone(&ctx).await, dead);
        let late = row(&ctx, "c451x2.m7@dst.example").await;
        assert_eq!((late.state.as_str(), late.attempts), ("sent", 3));
        let page = Page {
            after: None,
            limit: 500,
        };
        let log = mailing::attempts(&ctx.db.reader(), campaign, page).await;
        let log = log.expect("read").items;
        assert_eq!(log.len(), 50 + 60 + 20);
        let log: Vec<_> = log
            .into_iter()
            .filter(|a| a.delivery_id == late.id)
            .map(|a| (a.n, a.stage, a.code, a.enhanced, a.verdict))
            .collect();
        let refused = |n| {
            let enhanced = Some("4.1.1".to_owned());
            (
                n,
                "rcpt".to_owned(),
                Some(451),
                enhanced,
                "transient".to_owned(),
            )
        };
        assert_eq!(log, [refused(1), refused(2)]);
        stage.strike().await;
    }
}

#[tokio::test]
async fn many_messages_leave_over_one_connection_without_a_stall() {
    let stage = Stage::sqlite();
    let server = Server::start(Manners::default()).await;
    let one = [
        ("GUILDHALL_SMTP_CONNECTIONS", "1"),
        (
            "GUILDHALL_SMTP_URL",
            &*format!("smtp://{}?messages=1000", server.address),
        ),
    ];
    let ctx = stage.context(&server, &one).await;
    let campaign = campaign_to(&ctx, Category::Promotion, &numbered("", 500)).await;
    let began = std::time::Instant::now();
    finish(&ctx, campaign).await;
    // With Nagle's algorithm it were 22 s, on any machine.
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_refusal_does_not_cost_the_connection() {
    for pipelining in [false, true] {
        for stage in Stage::both().await {
            let server = Server::start(Manners {
                pipelining,
                ..Manners::default()
            })
            .await;
            let smtp = format!("smtp://{}?messages=1000", server.address);
            let one = [
                ("GUILDHALL_SMTP_CONNECTIONS", "1"),
                ("GUILDHALL_SMTP_URL", smtp.as_str()),
            ];
            let ctx = stage.context(&server, &one).await;
            let mut all = numbered("", 200);
            all.extend(numbered("c550.", 200));
            let campaign = campaign_to(&ctx, Category::Promotion, &all).await;
            finish(&ctx, campaign).await;
            assert_eq!(
                counted(&ctx, campaign).await,
                some(&[("failed", 200), ("sent", 200)])
            );
            assert!(server.connections() <= 2, "{}", server.connections());
            assert_eq!(distinct(&server), 200);
            stage.strike().await;
        }
    }
}

#[tokio::test]
async fn limits_of_connections_cost_nobody_an_attempt() {
    for stage in Stage::both().await {
        let server = Server::start(Manners {
            messages_max: 5,
            connections_max: 3,
            pipelining: true,
            ..Manners::default()
        })
        .await;
        let ctx = stage.context(&server, &[]).await;
        let campaign = campaign_to(&ctx, Category::Promotion, &numbered("", 500)).await;
        finish(&ctx, campaign).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("sent", 500)]));
        assert_eq!((server.accepted().len(), distinct(&server)), (500, 500));
        let rows = delivery::Entity::find().all(&ctx.db.reader()).await;
        assert!(rows.expect("read").iter().all(|row| row.attempts == 1));
        stage.strike().await;
    }
}

#[tokio::test]
async fn a_server_that_shuts_down_for_a_while_costs_nobody_an_attempt() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let ctx = stage.context(&server, &[]).await;
        let campaign = campaign_to(&ctx, Category::Promotion, &numbered("", 1_000)).await;
        let outage = async {
            while server.accepted().len() < 200 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            server.seen.lock().expect("lock").down = true;
        };
        tokio::join!(sweep(&ctx), outage);
        assert!(Office::of(&ctx).is_closed());
        assert!(server.accepted().len() < 1_000);
        service::deliver(ctx.clone()).await.expect("swept");
        server.seen.lock().expect("lock").down = false;
        finish(&ctx, campaign).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("sent", 1_000)]));
        assert_eq!((server.accepted().len(), distinct(&server)), (1_000, 1_000));
        let rows = delivery::Entity::find().all(&ctx.db.reader()).await;
        assert!(rows.expect("read").iter().all(|row| row.attempts == 1));
        stage.strike().await;
    }
}

#[tokio::test]
async fn pausing_and_cancelling_stop_all_but_what_is_on_its_way() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let ctx = stage
            .context(&server, &[("GUILDHALL_MAIL_RATE", "200/s")])
            .await;
        let campaign = campaign_to(&ctx, Category::Promotion, &numbered("", 1_000)).await;
        let until = async |count: usize| {
            while server.accepted().len() < count {
                service::deliver(ctx.clone()).await.expect("swept");
            }
        };
        until(200).await;
        ctx.db
            .write(async |tx| Ok(mailing::hold(tx, campaign).await?))
            .await
            .expect("paused");
        let before = server.accepted().len();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let after = server.accepted().len();
        assert!(after <= before + 8, "{before} {after}");
        sweep(&ctx).await;
        assert_eq!(server.accepted().len(), after);
        counted(&ctx, campaign).await;
        ctx.db
            .write(async |tx| {
                let later = tx.now().plus(TimeDelta::days(1));
                Ok(mailing::release(tx, campaign, later).await?)
            })
            .await
            .expect("resumed");
        until(400).await;
        let cancel = async || {
            let cancelled = ctx
                .db
                .write(async |tx| Ok(mailing::cancel(tx, campaign).await?));
            cancelled.await.expect("cancelled");
        };
        cancel().await;
        Office::of(&ctx).idle().await;
        cancel().await;
        let counts = counted(&ctx, campaign).await;
        let sent = i64::try_from(server.accepted().len()).expect("few");
        assert_eq!(counts, some(&[("cancelled", 1_000 - sent), ("sent", sent)]));
        assert_eq!(i64::try_from(distinct(&server)).expect("few"), sent);
        stage.strike().await;
    }
}

#[tokio::test]
async fn late_answers_are_waited_for_and_missing_ones_leave_a_doubt() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let patient = [
            ("GUILDHALL_SMTP_CONNECTIONS", "21"),
            ("GUILDHALL_MAIL_ANSWER_WAIT_S", "3"),
        ];
        let ctx = stage.context(&server, &patient).await;
        let mut all = numbered("late1.", 10);
        all.extend(numbered("hang.", 10));
        all.extend(numbered("", 80));
        let campaign = campaign_to(&ctx, Category::Promotion, &all).await;
        sweep(&ctx).await;
        assert_eq!(
            counted(&ctx, campaign).await,
            some(&[("sent", 90), ("unsure", 10)])
        );
        assert_eq!((server.accepted().len(), distinct(&server)), (90, 90));
        wait_out(&ctx).await;
        assert_eq!(sweep(&ctx).await, 0, "a person decides");
        let open = mailing::is_open(&ctx.db.reader(), campaign).await;
        assert!(open.expect("read"));
        let one = row(&ctx, "hang.m0@dst.example").await.id;
        let decide = async |which: Option<&[DeliveryId]>, decision| {
            let decided = ctx
                .db
                .write(async |tx| Ok(mailing::decide(tx, campaign, which, decision).await?));
            decided.await.expect("decided")
        };
        assert_eq!(decide(Some(&[one]), Decision::Resend).await, 1);
        assert_eq!(decide(Some(&[one]), Decision::MarkSent).await, 0);
        assert_eq!(decide(None, Decision::MarkSent).await, 9);
        assert_eq!(
            counted(&ctx, campaign).await,
            some(&[("queued", 1), ("sent", 99)])
        );
        stage.strike().await;
    }
}

#[tokio::test]
async fn what_must_arrive_is_sent_again_as_an_equal_copy() {
    for stage in Stage::both().await {
        let server = Server::start(Manners::default()).await;
        let ctx = stage.context(&server, &[]).await;
        let campaign = campaign_to(&ctx, Category::LevyNotice, &numbered("lostx1.", 3)).await;
        sweep(&ctx).await;
        assert_eq!(counted(&ctx, campaign).await, some(&[("unsure", 3)]));
        assert_eq!(sweep(&ctx).await, 0, "the server may still be at work");
        wait_out(&ctx).await;
        finish(&ctx, campaign).await;
        let one = row(&ctx, "lostx1.m0@dst.example").await;
        assert_eq!((one.state.as_str(), one.attempts), ("sent", 2));
        {
            let seen = server.seen.lock().expect("lock");
            assert_eq!(seen.accepted.len(), 6);
            let copies: HashSet<_> = seen.accepted.iter().collect();
            assert_eq!(copies.len(), 3, "copies are equal");
        }
        stage.strike().await;
    }
}

#[tokio::test]
async fn many_workers_send_each_message_once() {
    let Some(stage) = Stage::postgres().await else {
        return;
    };
    let server = Server::start(Manners::default()).await;
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(
            stage
                .context(&server, &[("GUILDHALL_SMTP_CONNECTIONS", "4")])
                .await,
        );
    }
    let campaign = campaign_to(&workers[0], Category::Promotion, &numbered("", 900)).await;
    tokio::join!(sweep(&workers[0]), sweep(&workers[1]), sweep(&workers[2]));
    finish(&workers[0], campaign).await;
    assert_eq!(counted(&workers[1], campaign).await, some(&[("sent", 900)]));
    assert_eq!((server.accepted().len(), distinct(&server)), (900, 900));
    drop(workers);
    stage.strike().await;
}

#[tokio::test]
async fn one_process_at_a_time_sends_the_mail_of_a_file() {
    let stage = Stage::sqlite();
    let server = Server::start(Manners::default()).await;
    let one = stage.context(&server, &[]).await;
    let two = stage.context(&server, &[]).await;
    campaign_to(&one, Category::Promotion, &numbered("", 50)).await;
    assert_eq!(sweep(&one).await, 50);
    campaign_to(&two, Category::Promotion, &numbered("n", 50)).await;
    assert_eq!(sweep(&two).await, 0, "the first one is alive");
    Office::of(&one).leave(&one).await.expect("left");
    assert_eq!(sweep(&two).await, 50);
    assert_eq!(distinct(&server), 100);
}
