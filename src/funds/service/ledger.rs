//! The open ledger: every posting of a fund with the balance after it.
//!
//! Organizers, treasurers and observers read all of it. A member reads the fund's own accounts and those in its
//! own name; other members' lines as the fund's policies let it, by amount, by band, or added up per transaction and
//! kind of account, so that every transaction still balances and the totals are everybody's.

use std::collections::HashMap;

use uuid::Uuid;

use crate::funds::domain::books::code;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::Transaction;
use crate::funds::repo::books::Leg;
use crate::funds::service::book_names;
use crate::funds::service::book_names::Names;
use crate::funds::service::sight;
use crate::funds::service::sight::Sight;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::PostingId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;
use crate::platform::db::Reader;

/// A leg with its transaction and the names of what it touches.
#[derive(Debug, Clone)]
pub struct Line {
    /// The posting's; of added-up legs one of their own.
    pub id: Uuid,
    pub leg: Leg,
    pub transaction: Transaction,
    /// The account with its party as it is stored, and as the books write it.
    pub account: String,
    pub book_account: String,
    /// Whom the last part of the account's name stands for.
    pub label: String,
    pub supplier: Option<String>,
    pub narration: String,
}

/// Transactions that a member's page reads at once.
const CHUNK: u64 = 25;

/// One page of a fund's postings, oldest first.
///
/// # Errors
/// 404 for strangers.
pub async fn page(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<Line>), Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let reader = look.reader();
    let sight = Sight::of(reader, &standing, &fund).await?;
    let lines = match sight.named() {
        None => whole(reader, &fund, &sight, page).await?,
        Some(_) => of_member(reader, &fund, &sight, page).await?,
    };
    Ok((fund, Slice::cut(lines, page, |line| line.id)))
}

/// Every posting by its place.
async fn whole(
    reader: &Reader,
    fund: &Fund,
    sight: &Sight,
    page: Page,
) -> Result<Vec<Line>, Failure> {
    let after = match page.after {
        None => 0,
        Some(id) => repo::ledger::sequence_of(reader, fund, PostingId(id))
            .await?
            .unwrap_or(i64::MAX),
    };
    let legs = repo::books::legs_after(reader, fund, after, page.limit + 1).await?;
    let mut ids: Vec<LedgerTransactionId> = legs.iter().map(|leg| leg.transaction_id).collect();
    ids.dedup();
    let transactions = repo::books::transactions(reader, fund, &ids).await?;
    joined(reader, fund, sight, transactions, legs).await
}

/// Whole transactions in the order of the chain, with other members' legs added up.
async fn of_member(
    reader: &Reader,
    fund: &Fund,
    sight: &Sight,
    page: Page,
) -> Result<Vec<Line>, Failure> {
    let (mut after, mut skip) = match page.after {
        None => (0, None),
        Some(id) => match transaction_of_line(reader, fund, id).await? {
            Some(row) => (row.sequence - 1, Some(id)),
            None => (i64::MAX, None),
        },
    };
    let wanted = usize::try_from(page.limit + 1).unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    while lines.len() < wanted {
        let rows = repo::ledger::chained(reader, fund, after, CHUNK).await?;
        let Some(newest) = rows.last() else { break };
        after = newest.sequence;
        let ids: Vec<LedgerTransactionId> = rows.iter().map(|row| row.id).collect();
        let mut legs = sight.legs(reader, &ids).await?;
        // Stable: within a transaction the legs keep their order.
        let place: HashMap<_, _> = rows.iter().map(|row| (row.id, row.sequence)).collect();
        legs.sort_by_key(|leg| place.get(&leg.transaction_id).copied());
        let found = joined(reader, fund, sight, rows, legs).await?;
        for line in found {
            match skip {
                Some(id) if line.id == id => skip = None,
                Some(_) => {}
                None => lines.push(line),
            }
        }
    }
    Ok(lines)
}

/// The transaction of a line that was shown: of a posting, or of legs that were added up.
async fn transaction_of_line(
    reader: &Reader,
    fund: &Fund,
    line: Uuid,
) -> Result<Option<Transaction>, Failure> {
    if let Some(id) = repo::books::transaction_of(reader, fund, PostingId(line)).await? {
        return Ok(repo::ledger::transaction(reader, fund.id, id).await?);
    }
    let candidates: Vec<LedgerTransactionId> = AccountKind::ALL
        .iter()
        .map(|kind| LedgerTransactionId(of_kind(line, *kind)))
        .collect();
    let found = repo::books::transactions(reader, fund, &candidates).await?;
    Ok(found.into_iter().next())
}

/// The id of the legs of a kind that were added up in a transaction, and back again.
fn of_kind(id: Uuid, kind: AccountKind) -> Uuid {
    let mut bytes = *id.as_bytes();
    let place = AccountKind::ALL.iter().position(|known| *known == kind);
    let mark = place
        .and_then(|n| u8::try_from(n + 1).ok())
        .unwrap_or(u8::MAX);
    if let Some(last) = bytes.last_mut() {
        *last ^= mark;
    }
    Uuid::from_bytes(bytes)
}

async fn joined(
    reader: &Reader,
    fund: &Fund,
    sight: &Sight,
    transactions: Vec<Transaction>,
    legs: Vec<Leg>,
) -> Result<Vec<Line>, Failure> {
    let names = book_names::names_of(reader, fund.alliance_id, sight::parties(&legs)).await?;
    let documents: Vec<Uuid> = transactions.iter().map(|row| row.document_ref).collect();
    let suppliers = repo::books::suppliers(reader, fund.alliance_id, &documents).await?;
    let hidden: std::collections::HashSet<LedgerTransactionId> = legs
        .iter()
        .filter(|leg| !sight.tells(leg))
        .map(|leg| leg.transaction_id)
        .collect();
    let by_id: HashMap<_, _> = transactions.into_iter().map(|row| (row.id, row)).collect();
    let line = |leg: Leg| {
        let transaction = by_id.get(&leg.transaction_id)?.clone();
        let kind = AccountKind::parse(&leg.kind)?;
        let party = leg.party.as_deref().unwrap_or(code::OTHERS);
        let (book_account, label) = match &leg.party {
            Some(party) => book_names::account_name(fund, &leg.kind, party, &names),
            None => (
                kind.name(&fund.code, code::OTHERS),
                sight::bands(&leg, &names),
            ),
        };
        Some(Line {
            id: leg
                .id
                .map_or_else(|| of_kind(leg.transaction_id.0, kind), |id| id.0),
            account: kind.name(&fund.code, party),
            book_account,
            label,
            supplier: suppliers.get(&transaction.document_ref).cloned(),
            narration: book_names::narration(&transaction, hidden.contains(&transaction.id)),
            transaction,
            leg,
        })
    };
    Ok(legs.into_iter().filter_map(line).collect())
}

/// An account that the caller may read, with its names.
#[derive(Debug, Clone)]
pub struct Balance {
    pub account: Account,
    /// With its party as it is stored, and as the books write it.
    pub name: String,
    pub book_name: String,
    pub label: String,
}

/// One page of the accounts of a fund that the caller may read, with their balances.
///
/// # Errors
/// 404 for strangers.
pub async fn balances(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<Balance>), Failure> {
    let reader = look.reader();
    let (fund, standing) = visible::fund(reader, look.asker(), fund).await?;
    let sight = Sight::of(reader, &standing, &fund).await?;
    let rows = repo::books::accounts(reader, &fund, sight.named(), page).await?;
    let parties = rows.iter().map(|row| row.party.as_str());
    let names: Names = book_names::names_of(reader, fund.alliance_id, parties).await?;
    let named = |account: Account| {
        let (book_name, label) =
            book_names::account_name(&fund, &account.kind, &account.party, &names);
        let kind = AccountKind::parse(&account.kind);
        Balance {
            name: kind.map_or_else(String::new, |kind| kind.name(&fund.code, &account.party)),
            book_name,
            label,
            account,
        }
    };
    let slice = Slice::cut(
        rows.into_iter().map(named).collect(),
        page,
        |b: &Balance| b.account.id.0,
    );
    Ok((fund, slice))
}
