//! The peak of a process that assesses many members.

use std::process::Command;
use std::process::Stdio;

use crate::crowd::Crowd;
use crate::support::Database;
use crate::support::TestApp;

const LIMIT_MIB: f64 = 200.0;

/// Runs the child, which prints the figure.
pub fn run() {
    let program = std::env::current_exe().expect("a program");
    let ended = Command::new(program)
        .arg("memory-child")
        .stderr(Stdio::null())
        .status()
        .expect("runs");
    assert!(ended.success(), "the child failed");
}

/// Founds the alliance, forgets the peak so far, assesses, and prints the peak of the whole process.
pub async fn child() {
    let count = crate::members(100_000);
    let crowd = Crowd::found(TestApp::start(Database::Sqlite).await, count, false).await;
    let before = status("VmRSS:");
    std::fs::write("/proc/self/clear_refs", "5").expect("the peak is forgotten");
    let started = std::time::Instant::now();
    crowd.propose("S26", count).await;
    let peak = status("VmHWM:");
    println!(
        "assessment of {count} members in {:.1} s: peak of the process {peak:.0} MiB ({before:.0} MiB before); limit {LIMIT_MIB} MiB; ratio {:.2}",
        started.elapsed().as_secs_f64(),
        peak / LIMIT_MIB
    );
}

/// A figure of the process in MiB.
fn status(name: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = text.lines().find(|line| line.starts_with(name));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    let kib: f64 = figure.and_then(|kib| kib.parse().ok()).expect("a figure");
    kib / 1024.0
}
