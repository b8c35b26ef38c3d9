//! The open ledger: every posting of a fund with the balance after it.
//!
//! Organizers, treasurers and observers read all of it. A member reads the fund's own accounts and those in its
//! own name; what other members owe and pay stays theirs, the bank and the totals do not.

use std::collections::HashMap;

use crate::funds::domain::ledger;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Account;
use crate::funds::repo::Fund;
use crate::funds::repo::Posting;
use crate::funds::repo::Transaction;
use crate::funds::service::visible;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PostingId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;

/// A posting with its transaction and its account.
#[derive(Debug, Clone)]
pub struct Line {
    pub posting: Posting,
    pub transaction: Transaction,
    pub account: Account,
}

/// Postings that the export reads at once.
const CHUNK: u64 = 1_000;

struct Readable {
    fund: Fund,
    accounts: HashMap<AccountId, Account>,
    /// `None`: all of them.
    only: Option<Vec<AccountId>>,
}

async fn readable(look: &Look<'_>, id: FundId) -> Result<Readable, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), id).await?;
    let mine = visible::lines_of(&standing);
    let mut accounts = repo::ledger::accounts(look.reader(), &fund).await?;
    let only = mine.map(|mine| {
        accounts.retain(|account| may_read(account, &mine));
        accounts.iter().map(|account| account.id).collect()
    });
    Ok(Readable {
        fund,
        accounts: accounts.into_iter().map(|a| (a.id, a)).collect(),
        only,
    })
}

fn may_read(account: &Account, mine: &[MembershipId]) -> bool {
    let of_member = AccountKind::parse(&account.kind).is_none_or(AccountKind::is_of_member);
    !of_member || mine.iter().any(|id| id.to_string() == account.party)
}

impl Readable {
    async fn lines(&self, look: &Look<'_>, after: i64, limit: u64) -> Result<Vec<Line>, Failure> {
        let only = self.only.as_deref();
        let rows = repo::ledger::postings(look.reader(), &self.fund, only, after, limit).await?;
        Ok(rows
            .into_iter()
            .filter_map(|(posting, transaction)| {
                let account = self.accounts.get(&posting.account_id)?.clone();
                Some(Line {
                    posting,
                    transaction,
                    account,
                })
            })
            .collect())
    }
}

/// One page of a fund's postings, oldest first.
///
/// # Errors
/// 404 for strangers.
pub async fn page(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<Line>), Failure> {
    let readable = readable(look, fund).await?;
    let after = match page.after {
        None => 0,
        Some(id) => {
            let sequence =
                repo::ledger::sequence_of(look.reader(), &readable.fund, PostingId(id)).await?;
            sequence.unwrap_or(i64::MAX)
        }
    };
    let lines = readable.lines(look, after, page.limit + 1).await?;
    Ok((
        readable.fund,
        Slice::cut(lines, page, |line| line.posting.id.0),
    ))
}

/// All postings as CSV (RFC 4180): amounts in minor units, and no text that a spreadsheet takes for a formula.
///
/// # Errors
/// 404 for strangers.
pub async fn csv(look: &Look<'_>, fund: FundId) -> Result<(Fund, Vec<u8>), Failure> {
    let readable = readable(look, fund).await?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(HEADER).map_err(anyhow::Error::new)?;
    let mut after = 0;
    loop {
        let lines = readable.lines(look, after, CHUNK).await?;
        let Some(last) = lines.last() else { break };
        after = last.posting.sequence;
        for line in &lines {
            let record = record(&readable.fund, line);
            writer.write_record(record).map_err(anyhow::Error::new)?;
        }
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok((readable.fund, bytes))
}

const HEADER: [&str; 13] = [
    "sequence",
    "transaction_id",
    "effective_date",
    "recorded_at",
    "kind",
    "document_ref",
    "mandate_id",
    "account",
    "account_id",
    "currency",
    "amount_minor",
    "balance_minor",
    "narration",
];

fn record(fund: &Fund, line: &Line) -> [String; 13] {
    let (posting, transaction) = (&line.posting, &line.transaction);
    [
        posting.sequence.to_string(),
        transaction.id.to_string(),
        transaction.effective_date.to_string(),
        transaction.recorded_at.to_string(),
        transaction.kind.clone(),
        transaction.document_ref.to_string(),
        transaction
            .mandate_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        ledger::cell(&account_name(fund, &line.account)),
        posting.account_id.to_string(),
        fund.currency.clone(),
        posting.amount_minor.to_string(),
        posting.balance_minor.to_string(),
        ledger::cell(&transaction.narration),
    ]
}

/// The name of an account: `Assets:Bank:D11-2026`.
pub fn account_name(fund: &Fund, account: &Account) -> String {
    AccountKind::parse(&account.kind).map_or_else(
        || account.kind.clone(),
        |kind| kind.name(&fund.code, &account.party),
    )
}

/// One page of the accounts of a fund that the caller may read, with their balances.
///
/// # Errors
/// 404 for strangers.
pub async fn balances(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<Account>), Failure> {
    let readable = readable(look, fund).await?;
    let mut rows: Vec<Account> = readable.accounts.into_values().collect();
    rows.sort_unstable_by_key(|account| account.id);
    rows.retain(|account| page.after.is_none_or(|after| account.id.0 > after));
    rows.truncate(usize::try_from(page.limit + 1).unwrap_or(usize::MAX));
    Ok((
        readable.fund,
        Slice::cut(rows, page, |account| account.id.0),
    ))
}
