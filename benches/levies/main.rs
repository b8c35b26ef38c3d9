//! Levies at scale, each beside its limit:
//!
//! - `split`: a budget over 100,000 members with floors and caps, against sorting as many `(i128, id)` pairs; at
//!   most 5 times.
//! - `memory`: the peak of a process that assesses 100,000 members, on SQLite; at most 200 MiB.
//! - `issue`: notices to 10,000 members in one transaction, against the same accounts, notices, postings and mails by
//!   plain multi-row inserts; at least 0.3 of their speed. On SQLite, and on PostgreSQL where
//!   `GUILDHALL_TEST_POSTGRES_URL` is set.
//!
//! `cargo bench --bench levies` prints all of them, `cargo bench --bench levies -- split` one.
//! `GUILDHALL_BENCH_MEMBERS` makes them smaller.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

mod crowd;
mod issue;
mod memory;
mod split;
#[path = "../../tests/suite/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the harness of the tests, which use more of it"
)]
mod support;

/// The number of members, unless the environment wants another.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench reads the environment itself"
)]
fn members(usual: usize) -> usize {
    let wanted = std::env::var("GUILDHALL_BENCH_MEMBERS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[actix_web::main]
async fn main() {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    if wanted.iter().any(|name| name == "memory-child") {
        memory::child().await;
        return;
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    if is_wanted("split") {
        split::run();
    }
    if is_wanted("memory") {
        memory::run();
    }
    if is_wanted("issue") {
        issue::run().await;
    }
}
