//! The one place that writes the ledger.
//!
//! A transaction is written whole or not at all: legs that balance (F1), a day that is not closed (F2), a bank and
//! credits that cover what leaves them (F3, F4), postings first and the transaction last, which seals them: the
//! database adds them up and refuses what does not balance (F1), moves an account elsewhere (F7) or stands beside
//! the chain. A document is posted once per kind of transaction; the client's own id for it is the idempotency
//! key, whose answer is kept (F6). The caller has locked the fund.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::funds::domain::chain::GENESIS;
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
use crate::funds::service::chain;
use crate::funds::service::periods;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
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
/// 409 `period_closed` with `closed_through`; 409 `fund_overdrawn` and `credit_spent` with `by_minor`;
/// 409 `conflict` where the document is posted already; `overflow`.
pub async fn post(
    act: &Act<'_>,
    fund: &Fund,
    entry: Entry,
) -> Result<LedgerTransactionId, Failure> {
    write(act, fund, entry, None).await
}

/// Takes a transaction back, once: a new one with every leg turned round, which names the original and, where no other
/// is given, its document.
///
/// # Errors
/// 409 `already_reversed` with `reversal_id`; else as [`post`].
pub async fn reverse(
    act: &Act<'_>,
    fund: &Fund,
    original: LedgerTransactionId,
    kind: TransactionKind,
    effective: NaiveDate,
    narration: String,
    document: Option<Uuid>,
) -> Result<LedgerTransactionId, Failure> {
    let found = repo::ledger::transaction(act.tx(), fund.id, original).await?;
    let found = found.ok_or_else(|| Refused::not_found("transaction"))?;
    if let Some(reversal) = repo::ledger::reversal_of(act.tx(), original).await? {
        return Err(already_reversed(reversal).into());
    }
    let legs = legs_of(act, original).await?;
    let entry = Entry {
        kind,
        document: document.unwrap_or(found.document_ref),
        mandate: found.mandate_id,
        effective,
        narration,
        legs: ledger::reversed(&legs),
    };
    write(act, fund, entry, Some(original)).await
}

/// 409: a transaction is taken back once.
pub fn already_reversed(reversal: LedgerTransactionId) -> Refused {
    let detail = "This transaction was taken back already.";
    Refused::new(&problems::ALREADY_REVERSED, detail).with("reversal_id", reversal.to_string())
}

/// The legs of a transaction as it was posted.
///
/// # Errors
/// When the database fails.
pub async fn legs_of(act: &Act<'_>, id: LedgerTransactionId) -> Result<Vec<Leg>, Failure> {
    let rows = repo::ledger::legs(act.tx(), &[id]).await?;
    rows.into_iter()
        .map(|(posting, account)| {
            let kind = AccountKind::parse(&account.kind)
                .ok_or_else(|| anyhow::anyhow!("account {} is '{}'", account.id, account.kind))?;
            Ok(Leg::new(kind, account.party, posting.amount_minor))
        })
        .collect()
}

/// Writes one balanced transaction in each of several funds that the caller has locked: money that moves between
/// funds leaves one bank and arrives at another (F1 holds in each fund, and the banks together do not change).
///
/// # Errors
/// As [`post`]; nothing is written in any fund then.
pub async fn post_across(
    act: &Act<'_>,
    entries: Vec<(&Fund, Entry)>,
) -> Result<Vec<LedgerTransactionId>, Failure> {
    let banks = entries.iter().flat_map(|(_, entry)| &entry.legs);
    let banks = banks.filter(|leg| leg.kind == AccountKind::Bank);
    let by: i128 = banks.map(|leg| i128::from(leg.amount)).sum();
    if by != 0 {
        return Err(breach(LedgerBreach::FundsUnbalanced { by }));
    }
    let mut ids = Vec::with_capacity(entries.len());
    for (fund, entry) in entries {
        ids.push(post(act, fund, entry).await?);
    }
    Ok(ids)
}

async fn write(
    act: &Act<'_>,
    fund: &Fund,
    entry: Entry,
    reverses: Option<LedgerTransactionId>,
) -> Result<LedgerTransactionId, Failure> {
    ledger::check(&entry.legs).map_err(breach)?;
    periods::require_open(act.tx(), fund, entry.effective).await?;
    let id: LedgerTransactionId = act.fresh();
    let moved = move_accounts(act, fund, &entry.legs).await?;
    let postings = postings(act, fund, id, &entry.legs, &moved).await?;
    repo::ledger::insert_postings(act.tx(), &postings).await?;
    seal(act, fund, &entry, reverses, &postings).await?;
    assert_whole(act, id, entry.legs.len()).await?;
    let data = json!({ "transaction_id": id, "kind": entry.kind, "reverses": reverses });
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

type Balances = HashMap<(String, String), (AccountId, i64)>;

/// Moves the accounts of all legs, opening those that are new, and answers their balances.
async fn move_accounts(act: &Act<'_>, fund: &Fund, legs: &[Leg]) -> Result<Balances, Failure> {
    let moves: Vec<(&str, &str, i64)> = legs
        .iter()
        .map(|leg| (leg.kind.as_str(), leg.party.as_str(), leg.amount))
        .collect();
    let moved = repo::ledger::move_balances(act.tx(), fund.id, &moves).await?;
    let mut balances: Balances = moved
        .into_iter()
        .map(|row| ((row.kind, row.party), (row.id, row.balance_minor)))
        .collect();
    let mut fresh = Vec::new();
    for leg in legs {
        let name = (leg.kind.as_str().to_owned(), leg.party.clone());
        if balances.contains_key(&name) {
            continue;
        }
        require_covered(act, fund, leg).await?;
        let account = Account {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            fund_id: fund.id,
            kind: leg.kind.as_str().to_owned(),
            party: leg.party.clone(),
            balance_minor: leg.amount,
        };
        balances.insert(name, (account.id, leg.amount));
        fresh.push(account);
    }
    repo::ledger::open_accounts(act.tx(), &fresh).await?;
    let out = |(_, balance): &(AccountId, i64)| balance.unsigned_abs() > MAX_AMOUNT.unsigned_abs();
    if balances.values().any(out) {
        return Err(Overflow.into());
    }
    Ok(balances)
}

/// Refuses a leg that did not move its account because the account does not cover it.
async fn require_covered(act: &Act<'_>, fund: &Fund, leg: &Leg) -> Result<(), Failure> {
    let kind = leg.kind;
    if !kind.is_covered() {
        return Ok(());
    }
    let held = repo::ledger::balance_of(act.tx(), fund.id, kind.as_str(), &leg.party).await?;
    let held = held.unwrap_or(0);
    let after = ledger::moved(held, leg.amount)?;
    if kind.admits(after) {
        return Ok(());
    }
    let (held, by) = (held.abs(), after.abs());
    let refused = if kind == AccountKind::Bank {
        let detail = format!("The fund holds {held}, {by} less than that.");
        Refused::new(&problems::FUND_OVERDRAWN, detail)
    } else {
        let detail = format!("The member's credit is {held}, {by} less than that.");
        Refused::new(&problems::CREDIT_SPENT, detail)
    };
    Err(refused
        .with("by_minor", by)
        .with("balance_minor", held)
        .into())
}

/// The postings of the legs, in their order.
async fn postings(
    act: &Act<'_>,
    fund: &Fund,
    id: LedgerTransactionId,
    legs: &[Leg],
    moved: &Balances,
) -> Result<Vec<Posting>, Failure> {
    let newest = repo::ledger::newest_sequence(act.tx(), fund.id).await?;
    let posting = |(sequence, leg): (i64, &Leg)| {
        let name = (leg.kind.as_str().to_owned(), leg.party.clone());
        let Some((account_id, balance_minor)) = moved.get(&name).copied() else {
            let account = leg.kind.name(&fund.code, &leg.party);
            let balance = leg.amount;
            return Err(breach(LedgerBreach::Unmoved { account, balance }));
        };
        Ok(Posting {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            fund_id: fund.id,
            transaction_id: id,
            account_id,
            sequence,
            amount_minor: leg.amount,
            balance_minor,
        })
    };
    (newest + 1..).zip(legs).map(posting).collect()
}

/// Writes the transaction over its postings, at the end of the fund's chain.
async fn seal(
    act: &Act<'_>,
    fund: &Fund,
    entry: &Entry,
    reverses: Option<LedgerTransactionId>,
    postings: &[Posting],
) -> Result<(), Failure> {
    let id = postings.first().map(|posting| posting.transaction_id);
    let id = id.ok_or_else(|| breach(LedgerBreach::TooFewPostings { count: 0 }))?;
    let newest = repo::ledger::head(act.tx(), fund.id).await?;
    let (place, previous_hash) = newest.map_or((0, GENESIS.to_vec()), |t| (t.sequence, t.hash));
    let mut row = Transaction {
        id,
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        kind: entry.kind.as_str().to_owned(),
        document_ref: entry.document,
        mandate_id: entry.mandate,
        reverses,
        narration: entry.narration.clone(),
        effective_date: entry.effective,
        recorded_at: act.now(),
        sequence: place + 1,
        postings: i64::try_from(postings.len()).map_err(|_| Overflow)?,
        previous_hash,
        hash: Vec::new(),
    };
    let leaves: Vec<Vec<u8>> = postings
        .iter()
        .zip(&entry.legs)
        .map(|(posting, leg)| chain::leaf(posting, leg.kind.as_str(), &leg.party))
        .collect();
    row.hash = chain::hash(&row, &leaves);
    if repo::ledger::insert_transaction(act.tx(), row).await? {
        return Ok(());
    }
    let detail = "This document is posted already.";
    Err(Refused::new(&kinds::CONFLICT, detail).into())
}

/// Reads back what was written.
async fn assert_whole(
    act: &Act<'_>,
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
