//! A mail server that is down, hangs or dies, and a crash of ours.

use super::*;

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
    assert!(Office::of(&ctx).is_closed());
    assert_eq!(states(&ctx).await, [("queued".to_owned(), 100)]);
    let server = Server::start_at(address, Manners::default()).await;
    assert_eq!(sweep(&ctx).await, 0, "the pause is not over");
    Office::of(&ctx).reopen();
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
        Office::of(&ctx).reopen();
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
    Office::of(&ctx).idle().await;
    assert_eq!(row(&ctx, "hang.1@dst.example").await.state, "unsure");
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
    let targets = crate::platform::config::smtp_relays(&url(&server).expect("set"));
    let target = targets.expect("a target").remove(0);
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
    let mime =
        message::build(&ctx, &row(&ctx, "hang.1@dst.example").await, &[], None).expect("built");
    line.offer(&mime, "id").await.expect("taken");
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
