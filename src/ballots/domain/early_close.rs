//! Closing before time: only when no completion of the votes can change the result.

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::EarlyClose;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Roll;
use crate::ballots::domain::tally::Vote;
use crate::ballots::domain::tally::judge;
use std::collections::BTreeMap;
use std::fmt::Display;

/// The result that every completion of these final votes leads to, or `None` while it is open.
///
/// `Lost` here includes inquorate: it says that the motion cannot carry any more.
/// Thresholds are at most one, so votes for never hurt a test and votes against hurt it most; the
/// two extremes bound every mixture. Staying away is the exception: it can only hurt the quorum,
/// hence a favourable result needs the quorum now.
///
/// # Errors
/// As for counting.
pub fn decided<K: Ord + Display>(
    rule: &BallotRule,
    electorate: &BTreeMap<K, i64>,
    votes: &BTreeMap<K, Vote>,
) -> Result<Option<Outcome>, BallotRefused> {
    let roll = Roll::new(rule, electorate)?;
    let best = judge(rule, &roll.sides(votes, Some(Vote::For))?).result;
    if matches!(best, Outcome::Lost | Outcome::Inquorate) {
        return Ok(Some(Outcome::Lost));
    }
    if !judge(rule, &roll.sides(votes, None)?).quorate {
        return Ok(None);
    }
    let worst = judge(rule, &roll.sides(votes, Some(Vote::Against))?).result;
    Ok((best == worst).then_some(best))
}

/// As [`decided`], for a running ballot: `None` unless its rule closes early at all.
///
/// # Errors
/// As for counting.
pub fn closes_now<K: Ord + Display>(
    rule: &BallotRule,
    electorate: &BTreeMap<K, i64>,
    votes: &BTreeMap<K, Vote>,
) -> Result<Option<Outcome>, BallotRefused> {
    match rule.early_close {
        EarlyClose::Never => Ok(None),
        EarlyClose::WhenDecided => decided(rule, electorate, votes),
    }
}
