//! A load of a bounded number of requests over kept-alive connections, with a client that costs little.

use std::time::Duration;
use std::time::Instant;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Connections at once.
pub const CONNECTIONS: usize = 16;

/// Sends what `request` makes for `span` over every connection; answers successful requests per second.
pub async fn run(
    address: std::net::SocketAddr,
    span: Duration,
    request: impl Fn() -> Vec<u8> + Clone + 'static,
) -> f64 {
    let started = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| client(address, started + span, request.clone()));
    let done: u64 = futures_util::future::join_all(clients)
        .await
        .into_iter()
        .sum();
    done as f64 / started.elapsed().as_secs_f64()
}

async fn client(
    address: std::net::SocketAddr,
    until: Instant,
    request: impl Fn() -> Vec<u8>,
) -> u64 {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.set_nodelay(true).expect("set");
    let mut buffer = vec![0; 64 * 1024];
    let mut done = 0;
    while Instant::now() < until {
        stream.write_all(&request()).await.expect("sent");
        let status = answer(&mut stream, &mut buffer).await;
        assert!(
            status.starts_with(b"HTTP/1.1 2"),
            "{}",
            String::from_utf8_lossy(&status)
        );
        done += 1;
    }
    done
}

/// Reads one whole answer; gives back its beginning.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Vec<u8> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the connection was closed");
        filled += read;
        let seen = &buffer[..filled];
        if let Some(head) = seen.windows(4).position(|w| w == b"\r\n\r\n")
            && filled >= head + 4 + content_length(&seen[..head])
        {
            return seen.to_vec();
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    String::from_utf8_lossy(head)
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")
                .map(str::to_owned)
        })
        .and_then(|n| n.trim().parse().ok())
        .unwrap_or(0)
}
