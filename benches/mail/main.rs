//! Mail at speed, against Postfix's `smtp-source` and the client without the engine, in the same minutes.
//!
//! `cargo bench --bench mail` prints the table of ratios G1 to G8; `cargo bench --bench mail -- growth 1000000`
//! the growth from 1,000 recipients to that number. `GUILDHALL_BENCH_MESSAGES` sets the size of the first.
//! The Debian package `postfix` is installed where it is missing. PostgreSQL takes part where
//! `GUILDHALL_TEST_POSTGRES_URL` names a server.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

mod engine;
mod growth;
mod others;
mod tools;

use std::time::Duration;

use engine::Scene;
use tools::Sink;

/// Connections of every sender.
pub const CONNECTIONS: usize = 16;

/// The value of an environment variable.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench reads the environment itself"
)]
pub fn told(key: &str) -> Option<String> {
    std::env::var(key).ok().filter(|text| !text.is_empty())
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

struct Row {
    goal: &'static str,
    what: &'static str,
    ratio: Option<f64>,
    wanted: f64,
}

fn print(rows: &[Row]) {
    println!("\n| goal | what | ratio | wanted | |\n|---|---|---|---|---|");
    for row in rows {
        let verdict = match row.ratio {
            Some(ratio) if ratio >= row.wanted => "met",
            Some(_) => "MISSED",
            None => "not run",
        };
        let ratio = row
            .ratio
            .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "| {} | {} | {ratio} | >= {} | {verdict} |",
            row.goal, row.what, row.wanted
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["growth-child", size, url] => growth::child(size.parse().expect("a number"), url),
        ["growth"] => growth::run(100_000),
        ["growth", most] => growth::run(most.parse().expect("a number")),
        _ => ratios(),
    }
}

#[expect(clippy::too_many_lines, reason = "one line of a table after the other")]
fn ratios() {
    tools::install();
    let count: usize = told("GUILDHALL_BENCH_MESSAGES")
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_000);
    let few = (count / 20).max(200);
    let content = tools::content();
    let sink = Sink::start();
    let url = sink.url();
    println!(
        "{count} messages of {} bytes, {CONNECTIONS} connections",
        content.len()
    );
    // Once without counting, so that nobody pays for the first pages.
    others::source(&sink.address(), few, CONNECTIONS);
    let source = rate(count, others::source(&sink.address(), count, CONNECTIONS));
    let bare = rate(count, others::bare(&url, count, &content));
    let normal = rate(count, Scene::sqlite(&url, "NORMAL").send(count).whole);
    let full = rate(count, Scene::sqlite(&url, "FULL").send(count).whole);
    let postgres = Scene::postgres(&url).map(|scene| rate(count, scene.send(count).whole));
    let pooled = rate(few, others::pooled(&url, few, &content));
    println!(
        "smtp-source {source:.0}/s, bare client {bare:.0}/s, engine NORMAL {normal:.0}/s, FULL {full:.0}/s"
    );
    println!("PostgreSQL {postgres:.0?}/s, lettre as its pool does it {pooled:.0}/s");
    let folder = tempfile::tempdir().expect("a folder");
    let key = tools::key(&folder);
    let cores = std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64);
    let signatures = cores * others::signatures(&key);
    let signing = Scene::sqlite_signing(&url, "NORMAL", Some(&key));
    let signed = rate(count, signing.send(count).whole);
    drop(signing);
    println!("with DKIM {signed:.0}/s, signatures of all cores {signatures:.0}/s");
    let far = tools::Delay::start(&sink.address(), Duration::from_millis(10));
    let far_source = rate(few, others::source(&far.address(), few, CONNECTIONS));
    let far_engine = rate(few, Scene::sqlite(&far.url(), "NORMAL").send(few).whole);
    println!("20 ms away: smtp-source {far_source:.0}/s, engine {far_engine:.0}/s");
    let picky = tools::Picky::start();
    let none = rate(
        count,
        Scene::sqlite(&picky.url(), "NORMAL").send(count).whole,
    );
    let some = rate(
        count,
        Scene::sqlite(&picky.url(), "NORMAL")
            .send_refused(count, 20)
            .whole,
    );
    println!("5 % refused {some:.0}/s, none {none:.0}/s");
    let queue = tools::Postfix::start().map(|postfix| {
        let source = rate(few, others::source(&postfix.address(), few, CONNECTIONS));
        let engine = rate(few, Scene::sqlite(&postfix.url(), "NORMAL").send(few).whole);
        println!("into Postfix: smtp-source {source:.0}/s, engine {engine:.0}/s");
        engine / source
    });
    let row = |goal, what, ratio, wanted| Row {
        goal,
        what,
        ratio,
        wanted,
    };
    print(&[
        row("G1", "bare client / smtp-source", Some(bare / source), 0.8),
        row(
            "G2",
            "engine, SQLite NORMAL / smtp-source",
            Some(normal / source),
            0.4,
        ),
        row(
            "G2",
            "engine, SQLite FULL / smtp-source",
            Some(full / source),
            0.15,
        ),
        row(
            "G3",
            "engine with DKIM / signatures of all cores",
            Some(signed / signatures),
            0.6,
        ),
        row("G4", "engine / lettre's pool", Some(normal / pooled), 20.0),
        row(
            "G5",
            "engine / smtp-source at 20 ms",
            Some(far_engine / far_source),
            1.7,
        ),
        row("G6", "engine / smtp-source into Postfix", queue, 0.9),
        row("G7", "5 % refused / none refused", Some(some / none), 0.9),
        row("G8", "SQLite FULL / NORMAL", Some(full / normal), 0.25),
        row(
            "G8",
            "PostgreSQL / SQLite NORMAL",
            postgres.map(|p| p / normal),
            0.25,
        ),
    ]);
}
