//! Proving from a file that a ledger was not rewritten: the chain of a fund, one transaction on a line.
//!
//! A line says what is hashed: the text of the transaction's head and of each leg, or, where the reader may not see
//! them, their hashes alone. Whoever has a file of last month's can compare the hash that it ended with.

use serde::Deserialize;
use serde::Serialize;

use crate::funds::domain::chain::Broken;
use crate::funds::domain::chain::Walk;
use crate::funds::domain::chain::link;

/// What is hashed, or its hash in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The text that is hashed.
    Text(String),
    /// The hash of a text that the reader may not see.
    Hash(String),
}

/// A line: the chain of a fund begins, or goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ProofLine {
    /// The next transaction.
    Link {
        sequence: i64,
        previous_hash: String,
        hash: String,
        head: Shown,
        legs: Vec<Shown>,
    },
    /// The chain of a fund begins.
    Fund { fund: String, custodian: String },
}

/// A chain that was walked to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub fund: String,
    pub transactions: i64,
    /// In hexadecimal digits; zeros without any transaction.
    pub hash: String,
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    #[error("line {line} is not of a ledger's chain: {cause}")]
    NotALine { line: usize, cause: String },
    #[error("line {line}: a transaction stands before the name of its fund")]
    NoFund { line: usize },
    #[error("line {line}, fund {fund}: {broken}")]
    Broken {
        line: usize,
        fund: String,
        broken: Broken,
    },
}

/// Walks over a file line by line.
#[derive(Debug, Default)]
pub struct Prover {
    line: usize,
    at: Option<(String, Walk)>,
    proven: Vec<Proven>,
}

impl Prover {
    /// Passes the next line; `digest` is SHA-256.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn pass(&mut self, text: &str, digest: impl Fn(&[u8]) -> Vec<u8>) -> Result<(), Unproven> {
        self.line += 1;
        let line = self.line;
        let parsed: ProofLine = serde_json::from_str(text).map_err(|cause| Unproven::NotALine {
            line,
            cause: cause.to_string(),
        })?;
        match parsed {
            ProofLine::Fund { fund, .. } => {
                self.end_fund();
                self.at = Some((fund, Walk::default()));
                Ok(())
            }
            ProofLine::Link {
                sequence,
                previous_hash,
                hash,
                head,
                legs,
            } => {
                let (fund, walk) = self.at.as_mut().ok_or(Unproven::NoFund { line })?;
                let hidden = |shown: &Shown| match shown {
                    Shown::Text(text) => digest(text.as_bytes()),
                    Shown::Hash(hash) => bytes(hash),
                };
                let leaves: Vec<Vec<u8>> = legs.iter().map(hidden).collect();
                let leaves = leaves.iter().map(Vec::as_slice);
                let computed = link(&digest, walk.hash(), &hidden(&head), leaves);
                walk.pass(sequence, &bytes(&previous_hash), &bytes(&hash), &computed)
                    .map_err(|broken| Unproven::Broken {
                        line,
                        fund: fund.clone(),
                        broken,
                    })
            }
        }
    }

    /// What was proven, fund by fund.
    pub fn end(mut self) -> Vec<Proven> {
        self.end_fund();
        self.proven
    }

    fn end_fund(&mut self) {
        if let Some((fund, walk)) = self.at.take() {
            self.proven.push(Proven {
                fund,
                transactions: walk.sequence(),
                hash: hex(walk.hash()),
            });
        }
    }
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of hexadecimal digits; none of anything else, which no hash equals.
fn bytes(hex: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2));
    digits
        .unwrap_or_default()
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect()
}
