//! A mail server for tests: it takes mail, refuses by words in the recipient's address, and remembers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What a server saw.
#[derive(Debug, Default)]
pub struct Seen {
    pub connections: usize,
    /// Recipient and content of each message, in the order of acceptance.
    pub accepted: Vec<(String, String)>,
    pub tries: HashMap<String, u32>,
    pub logins: usize,
}

/// How a server behaves.
#[derive(Debug, Default, Clone, Copy)]
pub struct Manners {
    /// Hangs up with 421 after so many messages of a connection; 0: never.
    pub messages_max: usize,
    /// Refuses more connections at once with 421; 0: never.
    pub connections_max: usize,
    pub refuses_login: bool,
}

/// A running server; dropping it cuts every connection.
pub struct Server {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub async fn start(manners: Manners) -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address"), manners).await
    }

    pub async fn start_at(address: SocketAddr, manners: Manners) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("set");
        socket.bind(address).expect("bound");
        let listener: TcpListener = socket.listen(64).expect("listening");
        let address = listener.local_addr().expect("bound");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut tasks = JoinSet::new();
        let witness = Arc::clone(&seen);
        tasks.spawn(async move {
            let mut talks = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("accepted");
                while talks.try_join_next().is_some() {}
                let crowded = manners.connections_max > 0 && talks.len() >= manners.connections_max;
                witness.lock().expect("lock").connections += 1;
                talks.spawn(talk(stream, Arc::clone(&witness), manners, crowded));
            }
        });
        Self {
            address,
            seen,
            _tasks: tasks,
        }
    }

    pub fn accepted(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("lock");
        seen.accepted.iter().map(|(to, _)| to.clone()).collect()
    }

    pub fn connections(&self) -> usize {
        self.seen.lock().expect("lock").connections
    }
}

async fn talk(stream: TcpStream, seen: Arc<Mutex<Seen>>, manners: Manners, crowded: bool) {
    // The client may hang up at any moment.
    let _ = converse(stream, seen, manners, crowded).await;
}

async fn converse(
    stream: TcpStream,
    seen: Arc<Mutex<Seen>>,
    manners: Manners,
    crowded: bool,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    if crowded {
        return write.write_all(b"421 too many connections\r\n").await;
    }
    write.write_all(b"220 test\r\n").await?;
    let mut to = String::new();
    let mut messages = 0;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => "250-test\r\n250 AUTH PLAIN".to_owned(),
            "AUTH" => {
                seen.lock().expect("lock").logins += 1;
                if manners.refuses_login {
                    "535 no"
                } else {
                    "235 ok"
                }
                .to_owned()
            }
            "MAIL" if manners.messages_max > 0 && messages == manners.messages_max => {
                return write.write_all(b"421 enough\r\n").await;
            }
            "MAIL" => {
                messages += 1;
                "250 ok".to_owned()
            }
            "RCPT" => {
                to = line
                    .trim_start_matches("RCPT TO:<")
                    .trim_end_matches('>')
                    .to_owned();
                let tries = {
                    let mut seen = seen.lock().expect("lock");
                    let tries = seen.tries.entry(to.clone()).or_default();
                    *tries += 1;
                    *tries
                };
                match to.split(['.', '@']).next() {
                    Some("later") if tries == 1 => "451 greylisted".to_owned(),
                    Some("never") => "550 5.1.1 no such user".to_owned(),
                    Some("shut") => {
                        return write.write_all(b"421 go away\r\n").await;
                    }
                    _ => "250 ok".to_owned(),
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut content = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    content.push_str(&line);
                    content.push('\n');
                }
                if to.starts_with("hang.") {
                    std::future::pending::<()>().await;
                }
                if to.starts_with("drop.") {
                    return Ok(());
                }
                if to.starts_with("spam.") {
                    "554 spam".to_owned()
                } else if to.starts_with("odd.") {
                    "251 well".to_owned()
                } else {
                    let mut seen = seen.lock().expect("lock");
                    seen.accepted.push((to.clone(), content));
                    "250 taken".to_owned()
                }
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
