//! The mailbox that bounces come to, read over IMAP: in the order of its numbers, and a message is marked as
//! seen only after what it says is committed. What is read twice changes nothing.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use async_imap::Client;
use async_imap::Session;
use futures_util::TryStreamExt;
use lettre::transport::smtp::client::TlsParameters;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::kernel::problem::Failure;
use crate::mail::returns;
use crate::mail::returns::Channel;
use crate::mail::smtp::wrapped;
use crate::platform::config;
use crate::platform::config::ImapTarget;
use crate::platform::ctx::Ctx;

/// Longest wait for one answer of the server.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages of one look; the rest waits for the next.
const MOST: usize = 200;

/// A stream to a mail server.
trait Line: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Line for T {}

/// When this process looked last.
#[derive(Default)]
struct Looked(Mutex<Option<Instant>>);

/// Reads what is new in the mailbox of the settings. Answers how many messages were taken. A mail server at
/// fault is no failure.
///
/// # Errors
/// When the database fails.
pub async fn poll(ctx: Ctx) -> Result<u64, Failure> {
    let url = ctx.settings.mail.imap_url.as_ref();
    let Some(target) = url.and_then(|url| config::imap_url(&url.0)) else {
        return Ok(0);
    };
    if !is_time(&ctx) {
        return Ok(0);
    }
    match look(&ctx, &target).await {
        Ok(taken) => Ok(taken),
        Err(Trouble::Server(error)) => {
            tracing::warn!(
                host = target.host,
                "the mailbox of bounces cannot be read: {error:#}"
            );
            Ok(0)
        }
        Err(Trouble::Ours(failure)) => Err(failure),
    }
}

/// The sandbox looks whenever it is drained.
fn is_time(ctx: &Ctx) -> bool {
    let every = Duration::from_secs(u64::from(ctx.settings.mail.imap_every_s));
    let looked = ctx.shared::<Looked>();
    let mut last = looked.0.lock().unwrap_or_else(PoisonError::into_inner);
    if !ctx.sandbox && last.is_some_and(|at| at.elapsed() < every) {
        return false;
    }
    *last = Some(Instant::now());
    true
}

enum Trouble {
    Server(anyhow::Error),
    Ours(Failure),
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Server(error.into())
    }
}

/// One answer in time. Our own transactions are never cut short: only the server is waited for like this.
async fn soon<T, E: Into<anyhow::Error>>(
    what: &'static str,
    step: impl Future<Output = Result<T, E>>,
) -> anyhow::Result<T> {
    timeout(PATIENCE, step)
        .await
        .map_err(|_| anyhow::anyhow!("no answer in time"))
        .and_then(|outcome| outcome.map_err(Into::into))
        .context(what)
}

async fn look(ctx: &Ctx, target: &ImapTarget) -> Result<u64, Trouble> {
    let mut session = open(target).await?;
    soon("select", session.select(quoted(&target.mailbox))).await?;
    let unseen: BTreeSet<u32> = soon("search", session.uid_search("UNSEEN"))
        .await?
        .into_iter()
        .collect();
    let mut taken = 0;
    for uid in unseen.into_iter().take(MOST) {
        let Some(raw) = fetch(&mut session, uid).await? else {
            continue;
        };
        let kind = returns::take(ctx, Channel::Imap, &raw)
            .await
            .map_err(Trouble::Ours)?;
        tracing::debug!(uid, %kind, "a message came back");
        mark_seen(&mut session, uid).await?;
        taken += 1;
    }
    // A farewell is a courtesy.
    let _ = timeout(PATIENCE, session.logout()).await;
    Ok(taken)
}

async fn open(target: &ImapTarget) -> anyhow::Result<Session<Box<dyn Line>>> {
    let host = target.host.trim_matches(['[', ']']);
    let socket = soon("connect", TcpStream::connect((host, target.port))).await?;
    let line: Box<dyn Line> = if target.tls {
        let parameters = TlsParameters::new(host.to_owned())?;
        Box::new(soon("encrypt", wrapped::wrap(socket, parameters)).await?)
    } else {
        Box::new(socket)
    };
    let mut client = Client::new(line);
    soon("greeting", client.read_response())
        .await?
        .context("the server hung up")?;
    let login = client.login(&target.user, &target.password.0);
    match timeout(PATIENCE, login).await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err((error, _))) => Err(error).context("login"),
        Err(_) => anyhow::bail!("login: no answer in time"),
    }
}

/// The first MiB of a message: more is not read of any.
async fn fetch(session: &mut Session<Box<dyn Line>>, uid: u32) -> anyhow::Result<Option<Vec<u8>>> {
    let query = format!("(UID BODY.PEEK[]<0.{}>)", returns::MOST_BYTES);
    let found = soon("fetch", async {
        let stream = session.uid_fetch(uid.to_string(), query).await?;
        stream.try_collect::<Vec<_>>().await
    })
    .await?;
    let message = found.iter().find(|message| message.uid == Some(uid));
    Ok(message
        .and_then(|message| message.body())
        .map(<[u8]>::to_vec))
}

async fn mark_seen(session: &mut Session<Box<dyn Line>>, uid: u32) -> anyhow::Result<()> {
    soon("store", async {
        let stream = session
            .uid_store(uid.to_string(), "+FLAGS.SILENT (\\Seen)")
            .await?;
        stream.try_collect::<Vec<_>>().await
    })
    .await?;
    Ok(())
}

/// The library quotes the name by itself; a name with a quote in it would end it early.
fn quoted(mailbox: &str) -> String {
    mailbox.replace(['"', '\\'], "")
}
