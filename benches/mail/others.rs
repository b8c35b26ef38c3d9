//! What the engine is measured against.

use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use aws_lc_rs::signature::RsaKeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use guildhall::mail::measure;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;

use crate::CONNECTIONS;
use crate::tools;

/// Postfix's own source of mail, over connections that it keeps.
pub fn source(address: &str, count: usize, connections: usize) -> Duration {
    let began = Instant::now();
    let length = tools::content().len().to_string();
    let status = Command::new("smtp-source")
        .args([
            "-d",
            "-m",
            &count.to_string(),
            "-s",
            &connections.to_string(),
            "-l",
            &length,
        ])
        .args(["-f", "a@bench.example", "-t", "b@bench.example", address])
        .status()
        .expect("smtp-source");
    assert!(status.success());
    began.elapsed()
}

fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// Our client without the engine.
pub fn bare(url: &str, count: usize, content: &[u8]) -> Duration {
    let began = Instant::now();
    alone(measure::bare_client(url, count, CONNECTIONS, content)).expect("all accepted");
    began.elapsed()
}

/// Signatures a second on one core, with a key as for DKIM.
pub fn signatures(key_file: &str) -> f64 {
    let pem = std::fs::read_to_string(key_file).expect("a key");
    let body: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD.decode(body).expect("base64");
    let key = RsaKeyPair::from_pkcs8(&der).expect("a key");
    let random = SystemRandom::new();
    let mut signature = vec![0; key.public_modulus_len()];
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < Duration::from_secs(2) {
        key.sign(&RSA_PKCS1_SHA256, &random, b"a header", &mut signature)
            .expect("signed");
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

/// What the mail library's pool does with each message: its own socket, a NOOP before each use.
pub fn pooled(url: &str, count: usize, content: &[u8]) -> Duration {
    let address = url.trim_start_matches("smtp://").to_owned();
    let began = Instant::now();
    alone(async {
        let sends = (0..CONNECTIONS).map(async |_| {
            let hello = ClientId::default();
            let mut line =
                AsyncSmtpConnection::connect_tokio1(address.as_str(), None, &hello, None, None)
                    .await
                    .expect("connected");
            let from = "a@bench.example".parse().ok();
            let to = vec!["b@bench.example".parse().expect("an address")];
            let envelope = lettre::address::Envelope::new(from, to).expect("an envelope");
            for _ in 0..count.div_ceil(CONNECTIONS) {
                assert!(line.test_connected().await);
                line.send(&envelope, content).await.expect("accepted");
            }
        });
        futures_util::future::join_all(sends).await;
    });
    began.elapsed()
}
