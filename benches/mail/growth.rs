//! What a campaign costs as it grows: time per message, memory, and disk. Each size in a process of its own.

use std::process::Command;

use crate::engine::Scene;
use crate::tools;
use crate::tools::Sink;

/// Sizes from 1,000 to `most`, each ten times the one before.
pub fn run(most: usize) {
    tools::install();
    let sink = Sink::start();
    println!(
        "| recipients | rows | all sent | µs a message | MiB at most | database MiB | progress p95 |"
    );
    println!("|---|---|---|---|---|---|---|");
    let mut size = 1_000;
    while size <= most {
        let program = std::env::current_exe().expect("a program");
        let status = Command::new(program)
            .args(["growth-child", &size.to_string(), &sink.url()])
            .status()
            .expect("a child");
        assert!(status.success());
        size *= 10;
    }
    println!(
        "goals: µs a message at 1,000,000 at most 1.3 x that at 10,000; MiB(1,000,000) - MiB(10,000) at most 16; progress p95 at most 20 ms"
    );
    if let Some(scene) = Scene::postgres(&sink.url()) {
        let count = most.min(100_000);
        let times = scene.send(count);
        println!(
            "PostgreSQL, {count} recipients: rows {:.1?}, all sent {:.1?}",
            times.rows, times.whole
        );
    }
}

/// One size.
pub fn child(size: usize, url: &str) {
    let scene = Scene::sqlite(url, "NORMAL");
    let times = scene.send(size);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0);
    let database = std::fs::metadata(scene.folder.path().join("bench.db")).map_or(0, |m| m.len());
    println!(
        "| {size} | {:.1?} | {:.1?} | {:.0} | {:.1} | {:.1} | {:.1?} |",
        times.rows,
        times.whole,
        times.whole.as_secs_f64() * 1e6 / size as f64,
        peak / 1024.0,
        database as f64 / f64::from(1 << 20),
        times.progress
    );
}
