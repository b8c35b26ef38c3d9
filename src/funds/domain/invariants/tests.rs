//! Each corruption is found by its invariant, and nothing else is.

use super::*;

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn posted(sequence: i64, account: u128, kind: AccountKind, amount: i64, balance: i64) -> Posted {
    Posted {
        account: uuid(account),
        kind: Some(kind),
        funds: (uuid(1), uuid(1)),
        sequence,
        amount,
        balance,
    }
}

fn entry(sequence: i64, postings: Vec<Posted>) -> Entry {
    let hash = |n: i64| vec![u8::try_from(n).expect("small"); 32];
    Entry {
        sequence,
        claimed: i64::try_from(postings.len()).expect("few"),
        effective: NaiveDate::from_ymd_opt(2026, 9, 15).expect("a day"),
        recorded: 1_000,
        previous_hash: hash(sequence - 1),
        hash: hash(sequence),
        computed: hash(sequence),
        postings,
    }
}

fn recount(entries: &[Entry]) -> Recount {
    let mut recount = Recount::new(uuid(1), "F".to_owned(), Vec::new());
    entries.iter().for_each(|entry| recount.pass(entry));
    recount
}

fn found(recount: &Recount) -> Vec<Invariant> {
    recount
        .findings()
        .iter()
        .map(|finding| finding.invariant)
        .collect()
}

fn good() -> Entry {
    let legs = vec![
        posted(1, 10, AccountKind::Bank, 5, 5),
        posted(2, 11, AccountKind::Levy, -5, -5),
    ];
    entry(1, legs)
}

#[test]
fn what_is_right_is_not_found() {
    let accounts = |bank| {
        let held = |id, kind, balance| Held {
            id: uuid(id),
            kind: Some(kind),
            party: String::new(),
            balance,
        };
        vec![
            held(10, AccountKind::Bank, bank),
            held(11, AccountKind::Levy, -5),
        ]
    };
    assert_eq!(recount(&[good()]).end(&accounts(5)), Vec::new());
    let off = recount(&[good()]).end(&accounts(6));
    assert!(off.iter().all(|finding| finding.invariant == Invariant::F7));
    assert_eq!(off.len(), 3, "{off:?}");
}

#[test]
fn each_corruption_is_found_by_its_invariant() {
    let mut lost = good();
    lost.postings.pop();
    assert!(found(&recount(&[lost])).contains(&Invariant::F1));
    let mut other = good();
    other.postings[0].funds.1 = uuid(2);
    assert_eq!(found(&recount(&[other])), [Invariant::F1]);
    let mut rewritten = good();
    rewritten.computed = vec![9; 32];
    assert_eq!(found(&recount(&[rewritten])), [Invariant::F2]);
    let mut skipped = good();
    skipped.sequence = 2;
    assert_eq!(found(&recount(&[skipped])), [Invariant::F2]);
    let overdrawn = vec![
        posted(1, 10, AccountKind::Bank, -5, -5),
        posted(2, 11, AccountKind::Spend, 5, 5),
    ];
    assert_eq!(found(&recount(&[entry(1, overdrawn)])), [Invariant::F3]);
    let owing = vec![
        posted(1, 10, AccountKind::Credit, 5, 5),
        posted(2, 11, AccountKind::Receivable, -5, -5),
    ];
    assert_eq!(found(&recount(&[entry(1, owing)])), [Invariant::F4]);
    let mut balance = good();
    balance.postings[1].balance = -4;
    assert_eq!(found(&recount(&[balance])), [Invariant::F7]);
    let gift = vec![
        posted(1, 10, AccountKind::Bank, 5, 5),
        posted(2, 11, AccountKind::InKind, -5, -5),
    ];
    assert_eq!(found(&recount(&[entry(1, gift)])), [Invariant::F10]);
}

#[test]
fn a_late_posting_in_a_closed_period_is_found() {
    let through = NaiveDate::from_ymd_opt(2026, 9, 30).expect("a day");
    for (at, count) in [(999, 1), (1_000, 0)] {
        let closes = vec![Closed { through, at }];
        let mut recount = Recount::new(uuid(1), "F".to_owned(), closes);
        recount.pass(&good());
        assert_eq!(recount.findings().len(), count);
    }
}
