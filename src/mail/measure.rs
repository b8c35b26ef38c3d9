//! The client without the engine, for the benchmark that compares the two.

use std::rc::Rc;

use futures_util::future::join_all;

use crate::mail::message::Mime;
use crate::mail::smtp::Connection;
use crate::mail::smtp::Patience;
use crate::platform::config;

/// Sends a message `count` times over so many connections; every one must be accepted.
///
/// # Errors
/// When a server is not there, or does not take a message.
pub async fn bare_client(
    url: &str,
    count: usize,
    connections: usize,
    content: &[u8],
) -> anyhow::Result<()> {
    let target = config::smtp_relays(url)
        .and_then(|relays| relays.into_iter().next())
        .ok_or_else(|| anyhow::anyhow!("no URL of a mail server"))?;
    let live = Rc::new(());
    let share = count.div_ceil(connections.max(1));
    let sends = (0..connections).map(async |_| {
        let mime = Mime {
            from: "a@bench.example".parse()?,
            to: "b@bench.example".parse()?,
            bytes: content.to_vec(),
        };
        let open = || Connection::open(&target, Patience::default(), &live);
        let mut line = open().await.map_err(anyhow::Error::msg)?;
        for _ in 0..share {
            if line.is_worn() {
                line.quit().await;
                line = open().await.map_err(anyhow::Error::msg)?;
            }
            let offered = line.offer(&mime, "bench").await;
            offered.map_err(|why| anyhow::anyhow!("{why:?}"))?;
            let taken = line.deliver(&mime.bytes).await;
            taken.map_err(|why| anyhow::anyhow!("{why:?}"))?;
        }
        line.quit().await;
        anyhow::Ok(())
    });
    join_all(sends).await.into_iter().collect()
}
