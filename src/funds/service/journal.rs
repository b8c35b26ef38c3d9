//! The one place that writes the ledger.
//!
//! A transaction is written whole or not at all: legs that balance (F1), accounts locked in the order of their
//! ids, a bank that covers what leaves it (F3), postings that are read back, and accounts of the fund that add
//! up to zero (F7), all before the commit and in every build. A document is posted once per kind of
//! transaction; the client's own id for it is the idempotency key, whose answer is kept (F6).

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::funds::domain::ledger;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::LedgerBreach;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::Posting;
use crate::funds::repo::Transaction;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;

/// A transaction to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    pub kind: TransactionKind,
    /// What it is written for: an assessment, a payment, an expense …
    pub document: Uuid,
    pub mandate: Option<MandateId>,
    pub effective: NaiveDate,
    pub narration: String,
    pub legs: Vec<Leg>,
}

/// Writes a transaction of a fund that the caller has locked.
///
/// # Errors
/// 409 `fund_overdrawn` with `by_minor`; 409 `conflict` where the document is posted already; `overflow`.
pub async fn post(
    act: &Act<'_>,
    fund: &Fund,
    entry: Entry,
) -> Result<LedgerTransactionId, Failure> {
    ledger::check(&entry.legs).map_err(breach)?;
    let accounts = open(act, fund, &entry.legs).await?;
    let id = insert_transaction(act, fund, &entry).await?;
    let mut legs: Vec<(&Account, &Leg)> = entry
        .legs
        .iter()
        .filter_map(|leg| {
            let name = (leg.kind.as_str().to_owned(), leg.party.clone());
            accounts.get(&name).map(|account| (account, leg))
        })
        .collect();
    legs.sort_unstable_by_key(|(account, _)| account.id);
    let mut sequence = repo::ledger::newest_sequence(act.tx(), fund.id).await?;
    let mut postings = Vec::with_capacity(legs.len());
    for (account, leg) in legs {
        sequence += 1;
        postings.push(Posting {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            fund_id: fund.id,
            transaction_id: id,
            account_id: account.id,
            sequence,
            amount_minor: leg.amount,
            balance_minor: move_balance(act, account, leg).await?,
        });
    }
    repo::ledger::insert_postings(act.tx(), &postings).await?;
    assert_whole(act, fund, id, entry.legs.len()).await?;
    let data = json!({ "transaction_id": id, "kind": entry.kind });
    act.record(
        "ledger.posted",
        Some(fund.alliance_id),
        entry.document,
        data,
    )
    .await?;
    Ok(id)
}

fn breach(breach: LedgerBreach) -> Failure {
    anyhow::Error::new(breach).into()
}

/// The accounts of all legs, opened where needed, locked in the order of their ids.
async fn open(
    act: &Act<'_>,
    fund: &Fund,
    legs: &[Leg],
) -> Result<HashMap<(String, String), Account>, Failure> {
    let fresh: Vec<Account> = legs
        .iter()
        .map(|leg| Account {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            fund_id: fund.id,
            kind: leg.kind.as_str().to_owned(),
            party: leg.party.clone(),
            balance_minor: 0,
        })
        .collect();
    repo::ledger::open_accounts(act.tx(), &fresh).await?;
    let parties: Vec<&str> = legs.iter().map(|leg| leg.party.as_str()).collect();
    let locked = repo::ledger::lock_accounts(act.tx(), fund, &parties).await?;
    let by_name = |account: Account| ((account.kind.clone(), account.party.clone()), account);
    Ok(locked.into_iter().map(by_name).collect())
}

async fn insert_transaction(
    act: &Act<'_>,
    fund: &Fund,
    entry: &Entry,
) -> Result<LedgerTransactionId, Failure> {
    let row = Transaction {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        kind: entry.kind.as_str().to_owned(),
        document_ref: entry.document,
        mandate_id: entry.mandate,
        reverses: None,
        narration: entry.narration.clone(),
        effective_date: entry.effective,
        recorded_at: act.now(),
    };
    let id = row.id;
    if repo::ledger::insert_transaction(act.tx(), row).await? {
        return Ok(id);
    }
    let detail = "This document is posted already.";
    Err(Refused::new(&kinds::CONFLICT, detail).into())
}

/// Moves the balance of a locked account and answers the new one.
async fn move_balance(act: &Act<'_>, account: &Account, leg: &Leg) -> Result<i64, Failure> {
    let balance = ledger::moved(account.balance_minor, leg.amount)?;
    let covered = leg.kind == AccountKind::Bank && leg.amount < 0;
    if repo::ledger::move_balance(act.tx(), account.id, leg.amount, covered).await? {
        return Ok(balance);
    }
    let detail = format!(
        "The fund holds {}, {} less than that.",
        account.balance_minor, -balance
    );
    Err(Refused::new(&problems::FUND_OVERDRAWN, detail)
        .with("by_minor", -balance)
        .with("balance_minor", account.balance_minor)
        .into())
}

/// Reads back what was written.
async fn assert_whole(
    act: &Act<'_>,
    fund: &Fund,
    id: LedgerTransactionId,
    wanted: usize,
) -> Result<(), Failure> {
    let (stored, sum) = repo::ledger::stored(act.tx(), id).await?;
    if usize::try_from(stored) != Ok(wanted) {
        return Err(breach(LedgerBreach::NotStored { wanted, stored }));
    }
    if sum != 0 {
        return Err(breach(LedgerBreach::Unbalanced { by: sum.into() }));
    }
    let (_, total) = repo::ledger::total(act.tx(), fund.id).await?;
    if total != 0 {
        return Err(breach(LedgerBreach::FundUnbalanced { by: total.into() }));
    }
    Ok(())
}

/// Asserts that every account of a fund reads zero.
///
/// # Errors
/// A broken invariant, which rolls the close back.
pub async fn assert_closed(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    let accounts = repo::ledger::accounts(act.tx(), fund).await?;
    match accounts.iter().find(|account| account.balance_minor != 0) {
        None => Ok(()),
        Some(account) => Err(breach(LedgerBreach::NotClosed {
            account: format!("{} {}", account.kind, account.party),
            balance: account.balance_minor,
        })),
    }
}
