//! Counting again: the invariants F1 to F10 of every fund, read in one snapshot of a live database.

use sea_orm::ConnectionTrait;

use crate::funds::domain::invariants::Closed;
use crate::funds::domain::invariants::Entry;
use crate::funds::domain::invariants::Finding;
use crate::funds::domain::invariants::Held;
use crate::funds::domain::invariants::Invariant;
use crate::funds::domain::invariants::Posted;
use crate::funds::domain::invariants::Recount;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::Posting;
use crate::funds::repo::Transaction;
use crate::funds::repo::invariants::Misfit;
use crate::funds::service::chain;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;

/// What was counted, and what was found.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Counted {
    pub funds: u64,
    pub transactions: u64,
    pub postings: u64,
    pub findings: Vec<Finding>,
}

/// Funds read at once.
const FUNDS: u64 = 100;
/// Transactions read at once.
const TRANSACTIONS: u64 = 200;

/// Counts the ledgers of all funds again. `c` is a snapshot, or a database that nobody writes.
///
/// # Errors
/// When the database fails; a violated invariant is an answer.
pub async fn verify(c: &impl ConnectionTrait) -> Result<Counted, Failure> {
    let mut counted = Counted::default();
    let mut after: Option<FundId> = None;
    loop {
        let funds = repo::invariants::funds_after(c, after, FUNDS).await?;
        let Some(last) = funds.last() else {
            return Ok(counted);
        };
        after = Some(last.id);
        for fund in funds {
            fund_again(c, &fund, &mut counted).await?;
        }
    }
}

async fn fund_again(
    c: &impl ConnectionTrait,
    fund: &Fund,
    counted: &mut Counted,
) -> Result<(), Failure> {
    let mut recount = begin(c, fund).await?;
    let mut sequence = 0;
    // A broken chain is walked on, by the places that the transactions claim.
    while let Some((newest, transactions, postings)) =
        go_on(c, fund, &mut recount, sequence).await?
    {
        sequence = newest;
        counted.transactions += transactions;
        counted.postings += postings;
    }
    check_documents(c, fund, &mut recount).await?;
    let accounts = repo::ledger::accounts(c, fund).await?;
    let accounts: Vec<Held> = accounts.into_iter().map(held).collect();
    counted.funds += 1;
    counted.findings.extend(recount.end(&accounts));
    Ok(())
}

/// Begins to count a fund.
///
/// # Errors
/// When the database fails.
pub async fn begin(c: &impl ConnectionTrait, fund: &Fund) -> Result<Recount, Failure> {
    let closes = repo::invariants::closes(c, fund).await?;
    let closes = closes.into_iter().map(|row| Closed {
        through: row.closed_through,
        at: row.closed_at.millis(),
    });
    Ok(Recount::new(fund.id.0, fund.code.clone(), closes.collect()))
}

/// Counts some more transactions after a place; the newest place, and how many transactions and postings. None: there
/// are no more.
///
/// # Errors
/// When the database fails.
pub async fn go_on(
    c: &impl ConnectionTrait,
    fund: &Fund,
    recount: &mut Recount,
    after: i64,
) -> Result<Option<(i64, u64, u64)>, Failure> {
    let rows = repo::ledger::chained(c, fund, after, TRANSACTIONS).await?;
    let Some(newest) = rows.last().map(|row| row.sequence) else {
        return Ok(None);
    };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut legs: std::collections::HashMap<_, Vec<(Posting, Account)>> =
        std::collections::HashMap::with_capacity(rows.len());
    let mut postings = 0;
    for leg in repo::ledger::legs(c, &ids).await? {
        postings += 1;
        legs.entry(leg.0.transaction_id).or_default().push(leg);
    }
    let mut transactions = 0;
    for row in rows {
        transactions += 1;
        let own = legs.remove(&row.id).unwrap_or_default();
        recount.pass(&entry(row, &own));
    }
    Ok(Some((newest, transactions, postings)))
}

fn entry(row: Transaction, legs: &[(Posting, Account)]) -> Entry {
    let leaves: Vec<Vec<u8>> = legs
        .iter()
        .map(|(posting, account)| chain::leaf(posting, &account.kind, &account.party))
        .collect();
    Entry {
        computed: chain::hash(&row, &leaves),
        sequence: row.sequence,
        claimed: row.postings,
        effective: row.effective_date,
        recorded: row.recorded_at.millis(),
        previous_hash: row.previous_hash,
        hash: row.hash,
        postings: legs.iter().map(posted).collect(),
    }
}

fn posted((posting, account): &(Posting, Account)) -> Posted {
    Posted {
        account: account.id.0,
        kind: AccountKind::parse(&account.kind),
        funds: (posting.fund_id.0, account.fund_id.0),
        sequence: posting.sequence,
        amount: posting.amount_minor,
        balance: posting.balance_minor,
    }
}

/// An account for the count.
pub fn held(account: Account) -> Held {
    Held {
        id: account.id.0,
        kind: AccountKind::parse(&account.kind),
        party: account.party,
        balance: account.balance_minor,
    }
}

/// F5, F6, F8, F9, and reversals (F2).
async fn check_documents(
    c: &impl ConnectionTrait,
    fund: &Fund,
    recount: &mut Recount,
) -> Result<(), Failure> {
    use repo::invariants as sql;
    let mut report = |invariant, found: Vec<Misfit>, what: &dyn Fn(i64, i64) -> String| {
        for (place, one, other) in found {
            recount.find(invariant, place, what(one, other));
        }
    };
    report(
        Invariant::F2,
        sql::wrong_reversals(c, fund).await?,
        &|one, other| format!("a reversal posts {one} where {other} would take back what it names"),
    );
    report(
        Invariant::F5,
        sql::strange_documents(c, fund).await?,
        &|_, _| "it has no document of this fund".to_owned(),
    );
    report(
        Invariant::F6,
        sql::posted_twice(c, fund).await?,
        &|one, _| format!("its document is posted {one} times"),
    );
    report(
        Invariant::F6,
        sql::posted_elsewhere(c, fund).await?,
        &|_, _| "a document names it that is posted otherwise".to_owned(),
    );
    report(
        Invariant::F8,
        sql::wrong_notices(c, fund).await?,
        &|one, other| format!("{one} were decided, the notices or shares sum to {other}"),
    );
    report(
        Invariant::F9,
        sql::refunded_too_much(c, fund).await?,
        &|one, other| format!("a member got {one} back and had paid {other}"),
    );
    Ok(())
}
