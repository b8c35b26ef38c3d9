//! Splitting against sorting.

use std::hint::black_box;
use std::time::Duration;
use std::time::Instant;

use guildhall::funds::domain::apportion::Payer;
use guildhall::funds::domain::apportion::split;
use guildhall::kernel::rational::Exact;

const ROUNDS: usize = 7;
const LIMIT: f64 = 5.0;

/// Sizes as shops have them: few large, many small; always the same.
fn sizes(count: usize) -> Vec<i64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let size = |_| {
        let small = i64::try_from(next() % 1_000_000).unwrap_or(1) + 1;
        if next() % 100 == 0 {
            small * 1_000
        } else {
            small
        }
    };
    (0..count).map(size).collect()
}

/// Prints the ratio.
pub fn run() {
    let count = crate::members(100_000);
    let sizes = sizes(count);
    let payers: Vec<Payer> = sizes
        .iter()
        .enumerate()
        .map(|(i, size)| Payer {
            id: format!("01890a5d-ac96-774b-bcce-{i:012}"),
            weight: Exact::whole(*size),
            floor: 20_000,
            cap: Some(5_000_000),
        })
        .collect();
    let budget = i64::try_from(count).unwrap_or(1) * 100_000;
    let pairs: Vec<(i128, &str)> = payers
        .iter()
        .zip(&sizes)
        .map(|(payer, size)| (i128::from(*size), payer.id.as_str()))
        .collect();
    let (mut splitting, mut sorting) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let found = split(black_box(budget), 1, black_box(&payers)).expect("feasible");
        splitting.push(started.elapsed());
        let total: i64 = found.shares.iter().map(|share| share.amount).sum();
        assert_eq!(total, budget);
        let mut unsorted = pairs.clone();
        let started = Instant::now();
        unsorted.sort();
        sorting.push(started.elapsed());
        black_box(unsorted);
    }
    let (ours, theirs) = (median(splitting), median(sorting));
    println!(
        "split of a budget over {count} members with floors and caps: {:.1} ms; sorting as many pairs: {:.1} ms; ratio {:.2}, limit {LIMIT}",
        ours * 1e3,
        theirs * 1e3,
        ours / theirs
    );
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
