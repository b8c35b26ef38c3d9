//! Servers to send to: Postfix's sink, Postfix with its queue, one far away, and one that refuses some.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use tempfile::TempDir;

/// Installs what is missing.
pub fn install() {
    if Command::new("smtp-sink")
        .arg("-h")
        .stderr(Stdio::null())
        .status()
        .is_ok()
    {
        return;
    }
    println!("installing the Debian package postfix");
    let status = Command::new("apt-get")
        .args(["install", "-y", "-q", "--no-install-recommends", "postfix"])
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(Stdio::null())
        .status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "postfix cannot be installed"
    );
}

/// A message of about 5 KB.
pub fn content() -> Vec<u8> {
    let mut text = String::from(
        "From: a@bench.example\r\nTo: b@bench.example\r\nSubject: bench\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain\r\n\r\n",
    );
    while text.len() < 5_200 {
        text.push_str("The street festival begins on Friday at nine in the morning.\r\n");
    }
    text.into_bytes()
}

/// A fresh RSA key in a PEM file.
pub fn key(folder: &TempDir) -> String {
    let file = folder.path().join("key.pem").display().to_string();
    let made = Command::new("openssl")
        .args([
            "genpkey",
            "-algorithm",
            "RSA",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
            &file,
        ])
        .stderr(Stdio::null())
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "no key from openssl"
    );
    file
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

fn wait_for(address: &str) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{address} does not answer"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// `smtp-sink`: takes everything and forgets it.
pub struct Sink {
    port: u16,
    process: Child,
}

impl Sink {
    pub fn start() -> Self {
        let port = free_port();
        let address = format!("127.0.0.1:{port}");
        let process = Command::new("smtp-sink")
            .args(["-u", "nobody", &address, "1024"])
            .stderr(Stdio::null())
            .spawn()
            .expect("smtp-sink");
        wait_for(&address);
        Self { port, process }
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A way to a server that takes its time in both directions. Lives as long as the process.
pub struct Delay {
    address: SocketAddr,
}

impl Delay {
    pub fn start(to: &str, one_way: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let to = to.to_owned();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(&to).expect("the server");
                for stream in [&near, &far] {
                    stream.set_nodelay(true).expect("set");
                }
                let (near_too, far_too) = (
                    near.try_clone().expect("two"),
                    far.try_clone().expect("two"),
                );
                carry(near, far, one_way);
                carry(far_too, near_too, one_way);
            }
        });
        Self { address }
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        let mut buffer = [0; 65_536];
        while let Ok(count) = from.read(&mut buffer) {
            if count == 0
                || sender
                    .send((Instant::now() + delay, buffer[..count].to_vec()))
                    .is_err()
            {
                break;
            }
        }
    });
    std::thread::spawn(move || {
        for (at, bytes) in receiver {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        // The other side may be gone already.
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// A server that refuses recipients whose address begins with `c550`. Lives as long as the process.
pub struct Picky {
    address: SocketAddr,
}

impl Picky {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up is no matter.
                std::thread::spawn(move || drop(converse(stream)));
            }
        });
        Self { address }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }
}

fn converse(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 picky\r\n")?;
    let mut line = String::new();
    let mut taken = false;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "EHLO" => b"250-picky\r\n250 PIPELINING\r\n",
            "RCPT" => {
                taken = !line.contains("<c550");
                if taken {
                    b"250 ok\r\n"
                } else {
                    b"550 5.1.1 no such user\r\n"
                }
            }
            "DATA" if !taken => b"503 no recipient\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                while line != ".\r\n" {
                    line.clear();
                    lines.read_line(&mut line)?;
                }
                b"250 taken\r\n"
            }
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer)?;
    }
}

/// A Postfix of our own, with its queue on the disk, that discards what it took.
pub struct Postfix {
    port: u16,
    folder: TempDir,
}

impl Postfix {
    /// `None`: it cannot be started here.
    pub fn start() -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("postfix").tempdir().ok()?;
        let port = free_port();
        let at = folder.path().display().to_string();
        for name in ["etc", "queue", "data"] {
            std::fs::create_dir(folder.path().join(name)).ok()?;
        }
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {at}/queue\ndata_directory = {at}/data\n\
             maillog_file = /dev/null\nmyhostname = bench.example\nmydestination =\n\
             inet_interfaces = 127.0.0.1\ndefault_transport = discard:\nmynetworks = 127.0.0.0/8\n\
             smtpd_relay_restrictions = permit_mynetworks, reject\nsmtpd_client_connection_count_limit = 0\n\
             alias_maps =\nalias_database =\n"
        );
        let usual = std::fs::read_to_string("/usr/share/postfix/master.cf.dist")
            .or_else(|_| std::fs::read_to_string("/etc/postfix/master.cf"))
            .ok()?;
        let smtp = format!("127.0.0.1:{port} inet n - n - 100 smtpd\n");
        let rest: String = usual
            .lines()
            .filter(|line| !line.starts_with("smtp ") || !line.contains("inet"))
            .map(|line| format!("{line}\n"))
            .collect();
        std::fs::write(folder.path().join("etc/main.cf"), main).ok()?;
        std::fs::write(folder.path().join("etc/master.cf"), smtp + &rest).ok()?;
        let owner = Command::new("chown")
            .args(["postfix", &format!("{at}/data")])
            .status();
        let open = Command::new("chmod").args(["755", &at]).status();
        if !owner.is_ok_and(|s| s.success()) || !open.is_ok_and(|s| s.success()) {
            return None;
        }
        let postfix = Self { port, folder };
        if !postfix.say("start") {
            println!("a Postfix of our own cannot be started here");
            return None;
        }
        wait_for(&postfix.address());
        Some(postfix)
    }

    fn say(&self, word: &str) -> bool {
        Command::new("postfix")
            .arg("-c")
            .arg(self.folder.path().join("etc"))
            .arg(word)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.say("abort");
    }
}
