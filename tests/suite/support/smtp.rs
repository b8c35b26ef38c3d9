//! A mail server that takes everything and remembers to whom it came.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A running server; dropping it cuts every connection.
pub struct MailServer {
    pub address: SocketAddr,
    accepted: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl MailServer {
    /// A server at any free port.
    pub async fn start() -> Self {
        Self::start_at("127.0.0.1:0".parse().expect("an address")).await
    }

    /// A server at a port that was free a moment ago.
    pub async fn start_at(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("set");
        socket.bind(address).expect("bound");
        let listener = socket.listen(64).expect("listening");
        let address = listener.local_addr().expect("bound");
        let accepted = Arc::new(Mutex::new(Vec::new()));
        let witness = Arc::clone(&accepted);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut talks = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("accepted");
                let witness = Arc::clone(&witness);
                // The client may hang up at any moment.
                talks.spawn(async move { talk(stream, &witness).await.unwrap_or_default() });
            }
        });
        Self {
            address,
            accepted,
            _tasks: tasks,
        }
    }

    /// The recipients of the messages taken so far, in alphabetical order.
    pub fn accepted(&self) -> Vec<String> {
        let mut accepted = self.accepted.lock().expect("lock").clone();
        accepted.sort_unstable();
        accepted
    }

    /// How the service is told of this server.
    pub fn setting(&self) -> (&'static str, String) {
        setting(self.address)
    }
}

/// How the service is told of a server at an address.
pub fn setting(address: SocketAddr) -> (&'static str, String) {
    ("GUILDHALL_SMTP_URL", format!("smtp://{address}"))
}

async fn talk(stream: TcpStream, accepted: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "RCPT" => {
                line.trim_start_matches("RCPT TO:<")
                    .trim_end_matches('>')
                    .clone_into(&mut to);
                "250 ok"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while lines.next_line().await?.is_some_and(|line| line != ".") {}
                accepted.lock().expect("lock").push(to.clone());
                "250 taken"
            }
            "QUIT" => {
                return write.write_all(b"221 bye\r\n").await;
            }
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
