//! A mail server for tests: it takes mail, refuses by words in the recipient's address, and remembers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
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
            "EHLO" => "250-test\r\n250 AUTH PLAIN",
            "AUTH" => {
                seen.lock().expect("lock").logins += 1;
                if manners.refuses_login {
                    "535 no"
                } else {
                    "235 ok"
                }
            }
            "MAIL" if manners.messages_max > 0 && messages == manners.messages_max => "421 enough",
            "MAIL" => {
                messages += 1;
                "250 ok"
            }
            "RCPT" => {
                line.trim_start_matches("RCPT TO:<")
                    .trim_end_matches('>')
                    .clone_into(&mut to);
                recipient(&seen, &to)
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let content = content(&mut lines).await?;
                match verdict(&to).await {
                    None => return Ok(()),
                    Some("250 taken") => {
                        seen.lock()
                            .expect("lock")
                            .accepted
                            .push((to.clone(), content));
                        "250 taken"
                    }
                    Some(other) => other,
                }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if answer.starts_with("421") || answer.starts_with("221") {
            return Ok(());
        }
    }
    Ok(())
}

async fn content(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> std::io::Result<String> {
    let mut content = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            break;
        }
        content.push_str(&line);
        content.push('\n');
    }
    Ok(content)
}

fn recipient(seen: &Mutex<Seen>, to: &str) -> &'static str {
    let mut seen = seen.lock().expect("lock");
    let tries = seen.tries.entry(to.to_owned()).or_default();
    *tries += 1;
    match to.split(['.', '@']).next() {
        Some("later") if *tries == 1 => "451 greylisted",
        Some("never") => "550 5.1.1 no such user",
        Some("shut") => "421 go away",
        _ => "250 ok",
    }
}

/// The answer to the final dot; `None` hangs up without one.
async fn verdict(to: &str) -> Option<&'static str> {
    match to.split(['.', '@']).next() {
        Some("hang") => std::future::pending().await,
        Some("drop") => None,
        Some("spam") => Some("554 spam"),
        Some("odd") => Some("251 well"),
        _ => Some("250 taken"),
    }
}
