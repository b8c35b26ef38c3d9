//! A mail server for tests: it takes mail, refuses by words in the recipient's address, and remembers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

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
    /// When each message was accepted, beside `accepted`.
    pub times: Vec<std::time::Instant>,
    pub logins: usize,
    /// Connections open at once, now and at most.
    pub open: usize,
    pub peak: usize,
    /// Negative answers to `RCPT`, by code.
    pub refused: HashMap<u16, usize>,
    /// Parameters of `MAIL` and `RCPT` that were sent last.
    pub parameters: String,
    /// While set, the server takes nothing: it is shutting down.
    pub down: bool,
}

/// How a server behaves.
#[derive(Debug, Default, Clone, Copy)]
pub struct Manners {
    /// Hangs up with 421 after so many messages of a connection; 0: never.
    pub messages_max: usize,
    /// Refuses more connections at once with 421; 0: never.
    pub connections_max: usize,
    pub refuses_login: bool,
    /// Offers PIPELINING and DSN.
    pub pipelining: bool,
    /// Text of refusals at `RCPT` and after the content, in place of the usual ones.
    pub text: Option<&'static str>,
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
                let mut seen = witness.lock().expect("lock");
                let full = manners.connections_max > 0 && talks.len() >= manners.connections_max;
                let crowded = full || seen.down;
                seen.connections += 1;
                drop(seen);
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
    {
        let mut seen = seen.lock().expect("lock");
        seen.open += 1;
        seen.peak = seen.peak.max(seen.open);
    }
    // The client may hang up at any moment.
    let _ = converse(stream, Arc::clone(&seen), manners, crowded).await;
    seen.lock().expect("lock").open -= 1;
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
    let mut taken = false;
    let mut messages = 0;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "EHLO" => abilities(&manners),
            "AUTH" => {
                seen.lock().expect("lock").logins += 1;
                login(&manners)
            }
            "MAIL" if seen.lock().expect("lock").down => "421 shutting down".to_owned(),
            "MAIL" if manners.messages_max > 0 && messages == manners.messages_max => {
                "421 enough".to_owned()
            }
            "MAIL" => {
                messages += 1;
                seen.lock().expect("lock").parameters.clone_from(&line);
                "250 ok".to_owned()
            }
            "RCPT" => {
                named(&line).clone_into(&mut to);
                let answer = recipient(&seen, &to, manners.text);
                seen.lock().expect("lock").parameters.push_str(&line);
                taken = answer.starts_with("250");
                answer
            }
            "DATA" if !taken => "503 no recipient".to_owned(),
            "DATA" if word(&seen, &to).is_some_and(|(word, _)| word == "dropdata") => return Ok(()),
            "DATA" => {
                taken = false;
                write.write_all(b"354 go on\r\n").await?;
                let content = content(&mut lines).await?;
                match verdict(&seen, &to, content, manners.text).await {
                    None => return Ok(()),
                    Some(answer) => answer,
                }
            }
            "RSET" => {
                taken = false;
                "250 ok".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if answer.starts_with("421") || answer.starts_with("221") {
            return Ok(());
        }
    }
    Ok(())
}

fn abilities(manners: &Manners) -> String {
    let answer = match manners.pipelining {
        true => "250-test\r\n250-PIPELINING\r\n250-DSN\r\n250 AUTH PLAIN",
        false => "250-test\r\n250 AUTH PLAIN",
    };
    answer.to_owned()
}

fn login(manners: &Manners) -> String {
    let answer = match manners.refuses_login {
        true => "535 no",
        false => "235 ok",
    };
    answer.to_owned()
}

/// The address of a `RCPT`.
fn named(line: &str) -> &str {
    let address = line.trim_start_matches("RCPT TO:<");
    address.split('>').next().unwrap_or_default()
}

/// The content up to the final dot. Without a dot there is no message: the client hung up.
async fn content(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> std::io::Result<String> {
    let mut content = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "." {
            return Ok(content);
        }
        content.push_str(&line);
        content.push('\n');
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}

/// What is wrong with a recipient, by a label of the address: a word and a number. `xN` after it limits it
/// to the first N tries.
fn word(seen: &Mutex<Seen>, to: &str) -> Option<(String, u64)> {
    let tries = seen
        .lock()
        .expect("lock")
        .tries
        .get(to)
        .copied()
        .unwrap_or(0);
    let local = to.split('@').next().unwrap_or_default();
    local.split('.').find_map(|label| {
        let (label, limit) = match label.rsplit_once('x') {
            Some((label, limit)) if limit.parse::<u32>().is_ok() => (label, limit.parse().ok()),
            _ => (label, None),
        };
        let digits = label
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(label.len());
        let (word, number) = label.split_at(digits);
        let number = number.parse().unwrap_or(0);
        let known = match word {
            "c" | "d" => (400..600).contains(&number),
            "slow" | "late" => number > 0,
            "shut" | "dropdata" | "dropdot" | "lost" | "hang" | "later" | "never" | "drop"
            | "spam" | "odd" => true,
            _ => false,
        };
        (known && limit.is_none_or(|limit: u32| tries <= limit)).then(|| (word.to_owned(), number))
    })
}

fn recipient(seen: &Mutex<Seen>, to: &str, text: Option<&str>) -> String {
    *seen
        .lock()
        .expect("lock")
        .tries
        .entry(to.to_owned())
        .or_default() += 1;
    let tries = seen.lock().expect("lock").tries[to];
    let answer = match word(seen, to) {
        Some((word, _)) if word == "later" && tries == 1 => "451 greylisted".to_owned(),
        Some((word, _)) if word == "never" => "550 5.1.1 no such user".to_owned(),
        Some((word, _)) if word == "shut" => "421 go away".to_owned(),
        Some((word, code)) if word == "c" => {
            let usual = format!("{}.1.1 as asked for", code / 100);
            format!("{code} {}", text.unwrap_or(&usual))
        }
        _ => "250 ok".to_owned(),
    };
    if let Some(code) = answer.get(..3).and_then(|code| code.parse::<u16>().ok())
        && code >= 400
    {
        *seen.lock().expect("lock").refused.entry(code).or_default() += 1;
    }
    answer
}

/// The answer to the final dot; `None` hangs up without one. What is accepted is noted before it is answered.
async fn verdict(
    seen: &Mutex<Seen>,
    to: &str,
    content: String,
    text: Option<&str>,
) -> Option<String> {
    let fault = word(seen, to);
    let (word, number) = match &fault {
        Some((word, number)) => (word.as_str(), *number),
        None => ("", 0),
    };
    match word {
        "hang" => std::future::pending().await,
        "drop" | "dropdot" => return None,
        "spam" => return Some("554 5.7.1 spam".to_owned()),
        "odd" => return Some("251 well".to_owned()),
        "d" => return Some(format!("{number} {}", text.unwrap_or("5.6.0 as asked for"))),
        "slow" => tokio::time::sleep(Duration::from_secs(number)).await,
        _ => {}
    }
    {
        let mut seen = seen.lock().expect("lock");
        seen.accepted.push((to.to_owned(), content));
        seen.times.push(std::time::Instant::now());
    }
    match word {
        "lost" => return None,
        "late" => tokio::time::sleep(Duration::from_secs(number)).await,
        _ => {}
    }
    Some("250 taken".to_owned())
}
