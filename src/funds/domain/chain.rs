//! A hash chain over the transactions of a fund (fund.md 3.4): whoever keeps one hash can prove later that nothing
//! before it was rewritten.
//!
//! Each posting has a leaf of its own, so that a reader from whom other members' postings are hidden can still
//! check the chain from their leaves: `hash = SHA-256(previous || SHA-256(head) || leaf 1 || leaf 2 …)`. The id of
//! a posting is part of its leaf and is hidden with it, so that nobody can try out amounts until one fits.

use serde_json::json;

/// The hash before the first transaction.
pub const GENESIS: [u8; 32] = [0; 32];

/// What a transaction says of itself, without its postings. Ids as lower-case UUIDs.
#[derive(Debug, Clone)]
pub struct Head<'a> {
    pub id: String,
    pub fund: String,
    pub sequence: i64,
    pub kind: &'a str,
    pub document: String,
    pub mandate: Option<String>,
    pub reverses: Option<String>,
    pub narration: &'a str,
    /// `YYYY-MM-DD`.
    pub effective: String,
    /// RFC 3339 with milliseconds.
    pub recorded: String,
}

/// One posting.
#[derive(Debug, Clone)]
pub struct Leaf<'a> {
    pub id: String,
    pub sequence: i64,
    pub account_kind: &'a str,
    pub party: &'a str,
    /// Minor units: debit positive.
    pub amount: i64,
    pub balance: i64,
}

impl Head<'_> {
    /// The text that is hashed: a JSON array without blanks.
    pub fn text(&self) -> String {
        json!([
            self.id,
            self.fund,
            self.sequence,
            self.kind,
            self.document,
            self.mandate,
            self.reverses,
            self.narration,
            self.effective,
            self.recorded
        ])
        .to_string()
    }
}

impl Leaf<'_> {
    /// The text that is hashed: a JSON array without blanks.
    pub fn text(&self) -> String {
        json!([
            self.id,
            self.sequence,
            self.account_kind,
            self.party,
            self.amount,
            self.balance
        ])
        .to_string()
    }
}

/// The hash of a transaction, by the hash before it, that of its head, and the leaves of its postings in their order.
pub fn link<'a>(
    digest: impl Fn(&[u8]) -> Vec<u8>,
    previous: &[u8],
    head: &[u8],
    leaves: impl Iterator<Item = &'a [u8]>,
) -> Vec<u8> {
    let mut bytes = previous.to_vec();
    bytes.extend_from_slice(head);
    for leaf in leaves {
        bytes.extend_from_slice(leaf);
    }
    digest(&bytes)
}

/// Where a chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chain breaks at transaction {sequence}: {what}")]
pub struct Broken {
    pub sequence: i64,
    pub what: &'static str,
}

/// Walks a chain: each transaction must stand next to the one before it, and carry the hash of its content.
#[derive(Debug, Clone)]
pub struct Walk {
    sequence: i64,
    hash: Vec<u8>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: GENESIS.to_vec(),
        }
    }
}

impl Walk {
    /// The place of the newest transaction that was walked over; 0 before the first.
    pub const fn sequence(&self) -> i64 {
        self.sequence
    }

    /// Its hash.
    pub fn hash(&self) -> &[u8] {
        &self.hash
    }

    /// Passes the next transaction: its place, the previous hash that it names, the hash that it carries, and the
    /// hash that its content has on top of the chain so far.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn pass(
        &mut self,
        sequence: i64,
        previous: &[u8],
        carried: &[u8],
        computed: &[u8],
    ) -> Result<(), Broken> {
        let broken = |what| Err(Broken { sequence, what });
        if sequence != self.sequence + 1 {
            return broken("a transaction is missing before it");
        }
        if previous != self.hash {
            return broken("it names another transaction before it");
        }
        if carried != computed {
            return broken("its content was rewritten");
        }
        self.sequence = sequence;
        carried.clone_into(&mut self.hash);
        Ok(())
    }
}
