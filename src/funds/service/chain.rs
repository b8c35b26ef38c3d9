//! The hash chain of a fund: hashing what is posted, and proving that nothing was rewritten.

use sea_orm::ConnectionTrait;

use crate::funds::domain::chain::Broken;
use crate::funds::domain::chain::Head;
use crate::funds::domain::chain::Leaf;
use crate::funds::domain::chain::Walk;
use crate::funds::domain::chain::link;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Posting;
use crate::funds::repo::Transaction;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;
use crate::platform::random::digest;

/// The text of a posting on the account `kind` of `party` that is hashed.
pub fn leaf_text(posting: &Posting, kind: &str, party: &str) -> String {
    let leaf = Leaf {
        id: posting.id.to_string(),
        sequence: posting.sequence,
        account_kind: kind,
        party,
        amount: posting.amount_minor,
        balance: posting.balance_minor,
    };
    leaf.text()
}

/// The leaf of a posting on the account `kind` of `party`.
pub fn leaf(posting: &Posting, kind: &str, party: &str) -> Vec<u8> {
    digest(leaf_text(posting, kind, party).as_bytes())
}

/// The text of a transaction without its postings that is hashed.
pub fn head_text(row: &Transaction) -> String {
    let head = Head {
        id: row.id.to_string(),
        fund: row.fund_id.to_string(),
        sequence: row.sequence,
        kind: &row.kind,
        document: row.document_ref.to_string(),
        mandate: row.mandate_id.map(|id| id.to_string()),
        reverses: row.reverses.map(|id| id.to_string()),
        narration: &row.narration,
        effective: row.effective_date.to_string(),
        recorded: row.recorded_at.to_string(),
    };
    head.text()
}

/// The hash that a transaction has by its content, the hash before it, and the leaves of its postings.
pub fn hash(row: &Transaction, leaves: &[Vec<u8>]) -> Vec<u8> {
    let head = digest(head_text(row).as_bytes());
    let leaves = leaves.iter().map(Vec::as_slice);
    link(digest, &row.previous_hash, &head, leaves)
}

/// What a walk over a whole chain found.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Transactions in the chain.
    pub transactions: i64,
    /// Hash of the newest one; zeros without any.
    pub hash: Vec<u8>,
    /// Where it breaks, if it does.
    pub broken: Option<Broken>,
}

/// Transactions that a walk reads at once.
const CHUNK: u64 = 200;

/// Walks over the whole chain of a fund and computes every hash anew; `None` where there is no such fund.
///
/// # Errors
/// When the database fails; a broken chain is an answer.
pub async fn verify_chain(
    c: &impl ConnectionTrait,
    fund: FundId,
) -> Result<Option<Verified>, Failure> {
    match repo::funds::find(c, fund).await? {
        Some(fund) => Ok(Some(verify(c, &fund).await?)),
        None => Ok(None),
    }
}

/// As [`verify_chain`], of a fund at hand.
///
/// # Errors
/// As [`verify_chain`].
pub async fn verify(c: &impl ConnectionTrait, fund: &Fund) -> Result<Verified, Failure> {
    let mut walk = Walk::default();
    loop {
        let rows = repo::ledger::chained(c, fund, walk.sequence(), CHUNK).await?;
        if rows.is_empty() {
            return Ok(verified(&walk, None));
        }
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let legs = repo::ledger::legs(c, &ids).await?;
        let mut leaves: std::collections::HashMap<_, Vec<Vec<u8>>> =
            std::collections::HashMap::with_capacity(rows.len());
        for (posting, account) in &legs {
            let own = leaves.entry(posting.transaction_id).or_default();
            own.push(leaf(posting, &account.kind, &account.party));
        }
        for row in rows {
            let own = leaves.remove(&row.id).unwrap_or_default();
            let computed = hash(&row, &own);
            let passed = walk.pass(row.sequence, &row.previous_hash, &row.hash, &computed);
            if let Err(broken) = passed {
                return Ok(verified(&walk, Some(broken)));
            }
        }
    }
}

fn verified(walk: &Walk, broken: Option<Broken>) -> Verified {
    Verified {
        transactions: walk.sequence(),
        hash: walk.hash().to_vec(),
        broken,
    }
}
