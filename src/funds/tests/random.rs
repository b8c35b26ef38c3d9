//! Random operations on the ledger of a real database: what is refused and what the accounts hold is compared with the
//! model after each of them, and the ledger is counted again after every few.
//!
//! `GUILDHALL_MODEL_OPERATIONS` says how many (5,000), `GUILDHALL_MODEL_SEED` repeats a run: the seed is printed.
//! A failure is shrunk to the fewest operations that still fail, on funds of their own.

use proptest::test_runner::Config;
use proptest::test_runner::RngAlgorithm;
use proptest::test_runner::TestCaseError;
use proptest::test_runner::TestError;
use proptest::test_runner::TestRng;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use crate::funds::domain::invariants::Invariant;
use crate::funds::domain::invariants::Recount;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Period;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::verify;
use crate::funds::tests::ground::Ground;
use crate::funds::tests::ground::told;
use crate::funds::tests::model;
use crate::funds::tests::model::Model;
use crate::funds::tests::operation;
use crate::funds::tests::operation::Attempt;
use crate::funds::tests::operation::FUNDS;
use crate::funds::tests::operation::Operation;
use crate::funds::tests::operation::Refusal;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::problem::Failure;
use crate::platform::act;

/// Operations of one history; more histories make more operations.
const HISTORY: usize = 100;
/// Operations after which the whole ledger is counted again; the balances are compared after each.
const RECOUNTED: usize = 10;
/// Operations of a run.
const OPERATIONS: usize = 5_000;

#[actix_web::test]
async fn random_operations_do_what_the_model_does_on_sqlite() {
    run(Ground::on_sqlite().await).await;
}

#[actix_web::test]
async fn random_operations_do_what_the_model_does_on_postgres() {
    if let Some(ground) = Ground::on_postgres().await {
        run(ground).await;
    }
}

/// Histories are drawn and shrunk on a thread of their own, because proptest waits for each.
async fn run(ground: Ground) {
    let number = |name: &str| told(name).map(|text| text.parse::<u64>().expect("a number"));
    let operations = number("GUILDHALL_MODEL_OPERATIONS").map_or(OPERATIONS, |n| {
        usize::try_from(n).expect("a number of operations")
    });
    let seed = number("GUILDHALL_MODEL_SEED").unwrap_or_else(|| {
        let bytes: [u8; 8] = ground.ctx.random.bytes().expect("randomness");
        u64::from_be_bytes(bytes)
    });
    println!("GUILDHALL_MODEL_SEED={seed}, {operations} operations");
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel::<(Vec<Operation>, Reply)>();
    let histories = std::thread::spawn(move || draw(seed, operations, &ask));
    while let Some((history, reply)) = asked.recv().await {
        let outcome = live(&ground, &history).await;
        // The thread waits for it.
        reply.send(outcome).expect("somebody waits");
    }
    let outcome = histories.join().expect("a thread");
    if outcome.is_ok() {
        let snapshot = ground.ctx.db.snapshot().await.expect("a snapshot");
        let counted = verify::verify(&snapshot).await.expect("a count");
        drop(snapshot);
        // There are no documents here, and refunds of any size.
        let bare = [Invariant::F5, Invariant::F9];
        let mut found = counted.findings.iter();
        assert_eq!(
            found.find(|finding| !bare.contains(&finding.invariant)),
            None
        );
        assert!(counted.transactions > 0);
    }
    ground.end().await;
    if let Err(error) = outcome {
        panic!("seed {seed}: {error}");
    }
}

type Reply = std::sync::mpsc::Sender<Result<(), String>>;
type Ask = tokio::sync::mpsc::UnboundedSender<(Vec<Operation>, Reply)>;

fn draw(seed: u64, operations: usize, ask: &Ask) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let length = HISTORY.min(operations);
    let config = Config {
        cases: u32::try_from(operations.div_ceil(length)).expect("few histories"),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let histories = proptest::collection::vec(operation::operation(), length);
    let outcome = runner.run(&histories, |history| {
        let (reply, answer) = std::sync::mpsc::channel();
        ask.send((history, reply)).expect("somebody listens");
        let answer = answer.recv().expect("an answer");
        answer.map_err(TestCaseError::fail)
    });
    outcome.map_err(|error| match error {
        TestError::Fail(reason, fewest) => format!("{reason}, after {fewest:#?}"),
        TestError::Abort(reason) => reason.to_string(),
    })
}

/// What the test knows of a fund beside its model.
struct Known {
    fund: Fund,
    recount: Recount,
    /// Transactions with their documents, in their order.
    written: Vec<(LedgerTransactionId, Uuid)>,
}

/// Lives through one history on funds of its own.
async fn live(ground: &Ground, history: &[Operation]) -> Result<(), String> {
    let mut model = Model::default();
    let mut known = Vec::with_capacity(FUNDS);
    for fund in ground.funds(FUNDS).await {
        let recount = verify::begin(&ground.ctx.db.reader(), &fund).await;
        known.push(Known {
            recount: recount.map_err(|failure| format!("{failure:?}"))?,
            written: Vec::new(),
            fund,
        });
    }
    for (number, operation) in (1..).zip(history) {
        let told = |what: String| format!("operation {number}, {operation:?}: {what}");
        let mut touched = Vec::new();
        match operation {
            Operation::ClosePeriod { fund, day } => {
                let through = model::close_day(*day);
                if model.close_period(*fund, through) {
                    close(ground, &mut known[*fund], through)
                        .await
                        .map_err(told)?;
                }
            }
            other => {
                let attempts = model.attempts(other);
                touched.extend(attempts.iter().map(|attempt| attempt.fund));
                let expected = model.attempt(&attempts);
                let found = perform(ground, &mut known, &attempts).await;
                if found != expected {
                    return Err(told(format!(
                        "the ledger says {found:?}, the model {expected:?}"
                    )));
                }
            }
        }
        compare(ground, &model, &known, &touched)
            .await
            .map_err(told)?;
        if number % RECOUNTED == 0 || number == history.len() {
            recount(ground, &mut known).await.map_err(told)?;
        }
    }
    Ok(())
}

async fn close(
    ground: &Ground,
    known: &mut Known,
    through: chrono::NaiveDate,
) -> Result<(), String> {
    let row = Period {
        id: ground.ctx.ids.fresh(),
        alliance_id: known.fund.alliance_id,
        fund_id: known.fund.id,
        closed_through: through,
        closed_by: ground.ctx.ids.fresh(),
        closed_at: ground.ctx.clock.now(),
    };
    let closed = ground
        .ctx
        .db
        .write(async |tx| Ok(repo::periods::insert(tx, row.clone()).await?))
        .await;
    closed
        .map(|_| ())
        .map_err(|failure| format!("{failure:?}"))?;
    known
        .recount
        .closed(crate::funds::domain::invariants::Closed {
            through,
            at: row.closed_at.millis(),
        });
    Ok(())
}

/// Writes the transactions of one operation in one transaction of the database.
async fn perform(
    ground: &Ground,
    known: &mut [Known],
    attempts: &[Attempt],
) -> Result<(), Refusal> {
    let mut documents: Vec<Uuid> = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let of = |n: usize| known[attempt.fund].written[n].1;
        let document = attempt.reverses.or(attempt.again).map(of);
        documents.push(document.unwrap_or_else(|| ground.ctx.ids.fresh()));
    }
    let outcome = act::perform_as_system(&ground.ctx, "test", async |act| {
        let mut entries: Vec<(&Fund, Entry)> = Vec::with_capacity(attempts.len());
        for (attempt, document) in attempts.iter().zip(&documents) {
            let fund = &known[attempt.fund].fund;
            if let Some(n) = attempt.reverses {
                let original = known[attempt.fund].written[n].0;
                let written = journal::reverse(
                    act,
                    fund,
                    original,
                    attempt.kind,
                    attempt.day,
                    "taken back".to_owned(),
                    None,
                );
                return Ok(vec![written.await?]);
            }
            let leg =
                |(kind, party, amount): &operation::Leg| Leg::new(*kind, party.clone(), *amount);
            let entry = Entry {
                kind: attempt.kind,
                document: *document,
                mandate: None,
                effective: attempt.day,
                narration: "random".to_owned(),
                legs: attempt.legs.iter().map(leg).collect(),
            };
            entries.push((fund, entry));
        }
        match entries.len() {
            0 => Ok(Vec::new()),
            1 => {
                let (fund, entry) = entries.remove(0);
                Ok(vec![journal::post(act, fund, entry).await?])
            }
            _ => journal::post_across(act, entries).await,
        }
    })
    .await;
    match outcome {
        Ok(ids) => {
            for ((attempt, document), id) in attempts.iter().zip(documents).zip(ids) {
                known[attempt.fund].written.push((id, document));
            }
            Ok(())
        }
        Err(failure) => Err(refusal(&failure)),
    }
}

fn refusal(failure: &Failure) -> Refusal {
    let Failure::Refused(refused) = failure else {
        panic!("the ledger failed: {failure:?}");
    };
    let by = || {
        let params = refused.params();
        params
            .get("by_minor")
            .and_then(|by| by.as_i64())
            .unwrap_or(0)
    };
    match refused.kind().code {
        "fund_overdrawn" => Refusal::Overdrawn { by: by() },
        "credit_spent" => Refusal::CreditSpent { by: by() },
        "period_closed" => Refusal::PeriodClosed,
        "already_reversed" => Refusal::AlreadyReversed,
        "conflict" => Refusal::PostedAlready,
        other => panic!("the ledger refuses with {other}"),
    }
}

/// Compares the accounts of the funds that were touched with the model.
async fn compare(
    ground: &Ground,
    model: &Model,
    known: &[Known],
    touched: &[usize],
) -> Result<(), String> {
    let reader = ground.ctx.db.reader();
    for (number, known) in known.iter().enumerate() {
        if !touched.contains(&number) {
            continue;
        }
        let accounts = repo::ledger::accounts(&reader, &known.fund).await;
        let accounts = accounts.map_err(|error| error.to_string())?;
        let stored: std::collections::BTreeMap<(AccountKind, String), i64> = accounts
            .iter()
            .filter_map(|a| {
                Some((
                    (AccountKind::parse(&a.kind)?, a.party.clone()),
                    a.balance_minor,
                ))
            })
            .collect();
        if stored != *model.balances(number) {
            let expected = model.balances(number);
            return Err(format!(
                "fund {number} holds {stored:?}, the model {expected:?}"
            ));
        }
    }
    Ok(())
}

/// Counts what is new in every fund: its postings and its chain, and all that its accounts hold.
async fn recount(ground: &Ground, known: &mut [Known]) -> Result<(), String> {
    let reader = ground.ctx.db.reader();
    for known in known {
        let accounts = repo::ledger::accounts(&reader, &known.fund).await;
        let accounts = accounts.map_err(|error| error.to_string())?;
        let after = known.recount.sequence();
        verify::go_on(&reader, &known.fund, &mut known.recount, after)
            .await
            .map_err(|failure| format!("{failure:?}"))?;
        let held: Vec<_> = accounts.into_iter().map(verify::held).collect();
        known.recount.compare(&held);
        if let Some(finding) = known.recount.findings().first() {
            return Err(format!("{finding:?}"));
        }
    }
    Ok(())
}
