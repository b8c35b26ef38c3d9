//! What a count and a vote cost as a ballot grows.
//!
//! `cargo bench --bench ballots` prints two ratios beside their limits: a tally with a weight cap over 100,000 votes
//! against sorting as many `(i128, id)` pairs (at most 3), and a vote in a ballot with 100,000 votes against one in a
//! ballot with 100 (at most 1.3), over HTTP, on SQLite and on PostgreSQL where `GUILDHALL_TEST_POSTGRES_URL` is set.
//! `BALLOT_VOTES` makes the large ballot smaller.
#![expect(
    clippy::float_arithmetic,
    clippy::disallowed_methods,
    reason = "figures for people, no money; a bench makes rows and reads the environment itself"
)]

#[path = "../tests/suite/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the harness of the tests, which use more of it"
)]
mod support;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;
use std::time::Instant;

use guildhall::ballots::domain::rule::BallotRule;
use guildhall::ballots::domain::tally;
use guildhall::ballots::domain::tally::Vote;
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;

/// Votes of the large ballot.
const VOTES: usize = 100_000;
const FEW: usize = 100;
const TALLY_LIMIT: f64 = 3.0;
const CAST_LIMIT: f64 = 1.3;
const ROUNDS: usize = 15;
/// Members whose votes are timed in each ballot.
const TIMED: usize = 150;

#[actix_web::main]
async fn main() {
    tallies();
    if support::postgres_is_offered() {
        casts(Database::Postgres).await;
    }
    casts(Database::Sqlite).await;
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// A sequence without pattern, the same in every run.
fn scattered(seed: u64) -> u64 {
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn tallies() {
    let rule: BallotRule = serde_json::from_value(json!({ "tests": [
            { "by": "head", "base": "for_against", "threshold": "1/2", "strict": true },
            { "by": "weight", "base": "for_against", "threshold": "1/2", "strict": true }],
        "quorum": [{ "by": "weight", "min": "1/4", "counts": "cast" }],
        "weight": { "contribution": "billed" }, "weight_cap": "1/50000" }))
    .expect("a rule");
    let mut electorate = BTreeMap::new();
    let mut votes = BTreeMap::new();
    let mut pairs: Vec<(i128, Uuid)> = Vec::with_capacity(VOTES);
    for at in 0..VOTES {
        let seed = scattered(at as u64 + 1);
        let id = Uuid::from_u64_pair(scattered(seed), seed);
        let weight = i64::try_from(scattered(seed ^ 7) % 10_000_000).expect("small");
        electorate.insert(id, weight);
        votes.insert(id, Vote::ALL[at % 3]);
        pairs.push((i128::from(weight), id));
    }
    let (mut counting, mut sorting) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut unsorted = pairs.clone();
        let begun = Instant::now();
        unsorted.sort();
        sorting.push(begun.elapsed());
        black_box(&unsorted);
        let begun = Instant::now();
        let tally = tally::tally(&rule, &electorate, &votes).expect("counts");
        counting.push(begun.elapsed());
        assert!(tally.weight_ceiling.is_some(), "the cap cuts somebody");
        black_box(&tally);
    }
    let (counting, sorting) = (median(counting), median(sorting));
    println!(
        "tally of {VOTES} votes with a weight cap: {:.2} ms; sorting as many pairs: {:.2} ms; ratio {:.2}; limit {TALLY_LIMIT}",
        counting * 1e3,
        sorting * 1e3,
        counting / sorting
    );
}

/// An alliance with an open ballot, in which a person acts for many members that have not voted.
struct Polls {
    ballot: String,
    members: Vec<String>,
}

async fn casts(database: Database) {
    let many = std::env::var("BALLOT_VOTES")
        .ok()
        .and_then(|n| n.parse().ok());
    let many = many.unwrap_or(VOTES);
    let app = TestApp::start(database).await;
    app.clock_to("2031-06-01T00:00:00Z").await;
    let voter = app.person("voter").await;
    let small = polls(&app, &voter, FEW, "small").await;
    let large = polls(&app, &voter, many, "large").await;
    let (mut few, mut lots) = (Vec::new(), Vec::new());
    for at in 0..TIMED {
        few.push(cast(&voter, &small, at).await);
        lots.push(cast(&voter, &large, at).await);
    }
    let (few, lots) = (median(few), median(lots));
    println!(
        "a vote on {database:?}: {:.2} ms beside {FEW} votes, {:.2} ms beside {many}; ratio {:.2}; limit {CAST_LIMIT}",
        few * 1e3,
        lots * 1e3,
        lots / few
    );
}

async fn cast(voter: &Person, polls: &Polls, at: usize) -> Duration {
    let body = json!({ "membership_id": polls.members[at], "choice": "for" });
    let path = format!("{}/votes", polls.ballot);
    let begun = Instant::now();
    let answer = voter.post(&path, body).await;
    let took = begun.elapsed();
    answer.expect(201);
    took
}

/// Opens a ballot and fills it by rows: `votes` members that voted, and [`TIMED`] of the voter's that did not.
async fn polls(app: &TestApp, voter: &Person, votes: usize, name: &str) -> Polls {
    let organizer = app.person(name).await;
    let alliance = organizer.found_alliance(name).await;
    organizer.admit(&alliance, voter, "First").await;
    let body =
        json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2199-01-01T00:00:00Z" });
    let path = format!("/v1/alliances/{alliance}/ballots");
    let draft = organizer.post(&path, body).await;
    let ballot = format!("/v1/ballots/{}", draft.id());
    organizer
        .transition(&ballot, "publish", None)
        .await
        .expect(200);
    let user = voter.get("/v1/me").await.id();
    let of_voter = fill(app, (&alliance, &draft.id(), &user), votes).await;
    Polls {
        ballot,
        members: of_voter,
    }
}

/// Writes members, electors and votes by statements of a thousand rows; answers the members of the voter.
async fn fill(
    app: &TestApp,
    (alliance, ballot, user): (&str, &str, &str),
    votes: usize,
) -> Vec<String> {
    let sqlite = app.database == Database::Sqlite;
    let id = |id: &Uuid| match sqlite {
        true => format!("X'{}'", id.simple()),
        false => format!("'{id}'"),
    };
    let text = |text: &str| id(&text.parse().expect("an id"));
    let (alliance, ballot, user) = (text(alliance), text(ballot), text(user));
    let now = if sqlite { "0" } else { "now()" };
    let ids: Vec<[Uuid; 2]> = (0..votes + TIMED)
        .map(|_| [Uuid::now_v7(), Uuid::now_v7()])
        .collect();
    let mut own = Vec::new();
    for (at, some) in ids.chunks(1_000).enumerate() {
        let mut rows: [Vec<String>; 5] = Default::default();
        for (n, [merchant, member]) in some.iter().enumerate() {
            let timed = at * 1_000 + n < TIMED;
            let (m, k) = (id(merchant), id(member));
            rows[0].push(format!("({m}, 'Shop', 'Hangzhou', 'food', 'en', 1, {now})"));
            rows[1].push(format!("({k}, {alliance}, {m}, 'active', {now}, 1, {now})"));
            rows[2].push(format!("({ballot}, {k}, {alliance}, 1)"));
            if timed {
                let post = id(&Uuid::now_v7());
                rows[3].push(format!("({post}, {m}, {user}, {now})"));
                own.push(member.to_string());
            } else {
                let vote = id(&Uuid::now_v7());
                rows[4].push(format!(
                    "({vote}, {alliance}, {ballot}, 1, {k}, 'for', 'in_person', {user}, {now})"
                ));
            }
        }
        write(app, rows).await;
    }
    own
}

async fn write(app: &TestApp, rows: [Vec<String>; 5]) {
    let heads = [
        "merchant (id, name, region, category, locale, version, created_at)",
        "membership (id, alliance_id, merchant_id, state, joined_at, version, created_at)",
        "ballot_elector (ballot_id, membership_id, alliance_id, weight)",
        "merchant_staff (id, merchant_id, user_id, created_at)",
        "vote (id, alliance_id, ballot_id, round, membership_id, choice, how, cast_by, cast_at)",
    ];
    app.ctx()
        .db
        .write(async |tx| {
            for (head, rows) in heads.iter().zip(&rows).filter(|(_, rows)| !rows.is_empty()) {
                let sql = format!("INSERT INTO {head} VALUES {}", rows.join(", "));
                tx.execute_unprepared(&sql).await?;
            }
            Ok(())
        })
        .await
        .expect("rows");
}
