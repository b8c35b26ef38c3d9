//! Conversations with a mail server that is there.

use super::*;

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
        Office::of(&ctx).reopen();
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
        assert_eq!(row.state, "unsure");
        assert!(row.due_at >= row.created_at.plus(TimeDelta::minutes(15)));
    }
    assert_eq!(row(&ctx, "shut.3@dst.example").await.code, Some(421));
    assert_eq!(row(&ctx, "ok@dst.example").await.state, "sent");
}
