//! How long a start on an empty folder takes, and how much memory the idle service holds.
//!
//! `cargo bench --bench startup` prints both beside their limits: 1 s and 60 MiB.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

const STARTS: usize = 7;
const START_LIMIT_S: f64 = 1.0;
const MEMORY_LIMIT_MIB: f64 = 60.0;

fn main() {
    let mut times = Vec::new();
    let mut memory = 0.0_f64;
    for _ in 0..STARTS {
        let folder = tempfile::tempdir().expect("a folder");
        let started = Instant::now();
        let mut child = start(folder.path());
        wait_for_first_line(&mut child);
        times.push(started.elapsed().as_secs_f64());
        std::thread::sleep(Duration::from_secs(1));
        memory = memory.max(resident_mib(child.id()));
        child.kill().expect("stops");
        child.wait().expect("ends");
    }
    times.sort_by(f64::total_cmp);
    let (median, worst) = (times[STARTS / 2], times[STARTS - 1]);
    println!(
        "start on an empty SQLite folder: median {median:.3} s, worst {worst:.3} s; limit {START_LIMIT_S} s; ratio {:.2}",
        worst / START_LIMIT_S
    );
    println!(
        "idle memory (resident): {memory:.1} MiB; limit {MEMORY_LIMIT_MIB} MiB; ratio {:.2}",
        memory / MEMORY_LIMIT_MIB
    );
}

fn start(folder: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .env("GUILDHALL_LISTEN", "127.0.0.1:0")
        .env("GUILDHALL_DATA_DIR", folder)
        .env("GUILDHALL_LOG", "error")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

fn wait_for_first_line(child: &mut Child) {
    let mut line = String::new();
    let out = child.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut line).expect("a line");
    assert!(line.starts_with("listening on http://"), "{line}");
}

/// `VmRSS` of Linux; elsewhere not a number.
fn resident_mib(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse::<f64>().ok())
        .map_or(f64::NAN, |kib| kib / 1024.0)
}
