//! What it costs to find the conflicts among 10,000 promotions, beside sorting as many `(i128, id)` pairs.
//!
//! `cargo bench --bench conflicts` prints the ratio of the best times for several calendars; limit 5. The best of many
//! rounds is what either costs when nobody else has the processor. Where more pairs conflict than there are promotions,
//! the answer itself is longer than what is sorted: these calendars are set beside the sort *and* the time it takes to
//! put as many found pairs in order and write them out, and say so. `-- --small` runs each once.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

use std::hint::black_box;
use std::time::Duration;
use std::time::Instant;

use chrono::DateTime;
use chrono::TimeDelta;
use guildhall::promotions::domain::conflicts::Claim;
use guildhall::promotions::domain::conflicts::Conflict;
use guildhall::promotions::domain::conflicts::conflicts;
use uuid::Uuid;

const PROMOTIONS: usize = 10_000;
const ROUNDS: usize = 101;
const LIMIT: f64 = 5.0;

/// A generator of its own: the same calendar in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A calendar of promotions over `years`, each with up to three of `categories`, one in `exclusive_in` exclusive,
/// one in `all_in` about everything.
fn calendar(years: u64, categories: u64, exclusive_in: u64, all_in: u64) -> Vec<Claim> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let start = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let mut claim = |_| {
        let hours = i64::try_from(dice.roll(years * 365 * 24)).expect("few");
        let length = i64::try_from(6 + dice.roll(7 * 24)).expect("few");
        let everything = dice.roll(all_in) == 0;
        let entries = 1 + dice.roll(3);
        let mut scope: Vec<String> = (0..entries)
            .map(|_| format!("category-{}", dice.roll(categories)))
            .collect();
        if everything {
            scope = vec!["*".to_owned()];
        }
        Claim {
            start: start + TimeDelta::hours(hours),
            end: start + TimeDelta::hours(hours + length),
            exclusive: dice.roll(exclusive_in) == 0,
            scope,
        }
    };
    (0..PROMOTIONS).map(&mut claim).collect()
}

fn best(times: &[Duration]) -> f64 {
    let best = times.iter().min().expect("a round");
    best.as_secs_f64() * 1e6
}

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--small") {
        1
    } else {
        ROUNDS
    };
    let mut dice = Dice(42);
    let pairs: Vec<(i128, Uuid)> = (0..PROMOTIONS)
        .map(|n| {
            let n = u128::try_from(n).expect("few");
            (i128::from(dice.roll(u64::MAX)), Uuid::from_u128(n))
        })
        .collect();
    println!(
        "{PROMOTIONS} promotions                     conflicts   check µs   sort µs  write µs   ratio   limit   beside"
    );
    for (name, claims) in [
        ("three years, 500 categories", calendar(3, 500, 4, 500)),
        ("three years, 100 categories", calendar(3, 100, 10, 2_000)),
        // Dense: the hardest layout for the limit.
        ("one year, 2,000 categories", calendar(1, 2_000, 4, 500)),
        // More pairs than promotions: the answer is what costs.
        ("one year, 20 categories", calendar(1, 20, 2, 500)),
        ("all at once, nothing shared", disjoint()),
    ] {
        let (mut checks, mut sorts, mut writes) = (Vec::new(), Vec::new(), Vec::new());
        let mut found = 0;
        for _ in 0..rounds {
            let begun = Instant::now();
            let answer = black_box(conflicts(black_box(&claims)).expect("few"));
            checks.push(begun.elapsed());
            found = answer.len();
            let mut copy = pairs.clone();
            let begun = Instant::now();
            copy.sort_unstable();
            black_box(&copy);
            sorts.push(begun.elapsed());
            writes.push(write(&answer, &mut dice));
        }
        let (check, sort, write) = (best(&checks), best(&sorts), best(&writes));
        let (beside, cost) = if found > PROMOTIONS {
            ("sort and write", sort + write)
        } else {
            ("sort", sort)
        };
        println!(
            "{name:<38} {found:>9} {check:>10.0} {sort:>9.0} {write:>9.0} {:>7.2} {LIMIT:>7.1}   {beside}",
            check / cost
        );
    }
}

/// What it costs to put as many pairs in order as were found, and to write them out.
fn write(answer: &[Conflict], dice: &mut Dice) -> Duration {
    let mut keys: Vec<u64> = answer.iter().map(|_| dice.roll(u64::MAX)).collect();
    let begun = Instant::now();
    keys.sort_unstable();
    black_box(&keys);
    black_box(answer.to_vec());
    begun.elapsed()
}

/// Ten thousand exclusive promotions at the same time, each about a product of its own.
fn disjoint() -> Vec<Claim> {
    let start = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
    let claim = |n: usize| Claim {
        start,
        end: start + TimeDelta::days(1),
        exclusive: true,
        scope: vec![format!("sku-{n}")],
    };
    (0..PROMOTIONS).map(claim).collect()
}
