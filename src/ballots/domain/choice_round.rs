//! One round of a choice ballot: quorum, counts, and whether one option is elected, some go on, or a tie stays.

use crate::ballots::domain::choice;
use crate::ballots::domain::choice::ABSTAIN;
use crate::ballots::domain::choice::Choice;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::RuleRefused;
use crate::ballots::domain::tally::Side;
use crate::ballots::domain::tally::Sides;
use std::collections::BTreeMap;

/// How a round ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// One option has the majority.
    Elected(String),
    /// The strongest go on to another round.
    RunOff(Vec<String>),
    /// A run-off ended as it began: there is no lot, so the rule on ties decides.
    Tied(Vec<String>),
    /// Too few took part.
    Inquorate,
    /// Nobody voted for an option.
    NoVotes,
}

/// A counted round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// The strongest option against the others, every member weighing one.
    pub sides: Sides,
    /// Votes of every option.
    pub counts: BTreeMap<String, u64>,
    /// Votes for none of them.
    pub abstain: u64,
    /// Whether every quorum is reached.
    pub quorate: bool,
    /// The end.
    pub end: End,
}

/// Counts round `number` (1, 2, …) of a choice; `votes` say an option or `abstain`. O(n log n).
///
/// # Errors
/// Options that cannot be told apart, a vote for none of them, a rule without a majority, more votes than members.
pub fn count<'v>(
    rule: &BallotRule,
    number: i64,
    eligible: usize,
    options: &[String],
    votes: impl IntoIterator<Item = &'v str>,
) -> Result<Round, BallotRefused> {
    let majority = rule.tests.first().ok_or(RuleRefused::Invalid {
        part: "tests",
        reason: "A choice has one test.",
    })?;
    let votes: Vec<&str> = votes.into_iter().collect();
    let counted = choice::count(options, votes.iter().copied(), &majority.threshold)?;
    let abstain = votes.iter().filter(|vote| **vote == ABSTAIN).count();
    let strongest = counted.counts.values().copied().max().unwrap_or(0);
    let cast: u64 = counted.counts.values().sum();
    let sides = Sides {
        in_favour: heads(strongest)?,
        against: heads(cast - strongest)?,
        abstain: heads(abstain)?,
        eligible: heads(eligible)?,
    };
    sides.validate()?;
    let quorate = rule.quorum.iter().all(|quorum| sides.meets(quorum));
    let end = match counted.choice {
        _ if !quorate => End::Inquorate,
        Choice::NoVotes => End::NoVotes,
        Choice::Elected { option } => End::Elected(option),
        Choice::Runoff { finalists } if number > 1 && finalists.len() == options.len() => {
            End::Tied(finalists)
        }
        Choice::Runoff { finalists } => End::RunOff(finalists),
    };
    Ok(Round {
        sides,
        counts: counted.counts,
        abstain: u64::try_from(abstain).map_err(|_| BallotRefused::Overflow)?,
        quorate,
        end,
    })
}

fn heads<N>(count: N) -> Result<Side, BallotRefused>
where
    i64: TryFrom<N>,
{
    let head = i64::try_from(count).map_err(|_| BallotRefused::Overflow)?;
    Ok(Side { head, weight: head })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ballots::domain::matter::BallotMatter;
    use proptest::prelude::*;

    fn round(number: i64, eligible: usize, options: &[&str], votes: &[&str]) -> Round {
        let options: Vec<String> = options.iter().map(|o| (*o).to_owned()).collect();
        let rule = BallotMatter::TenderAward.default_rule();
        count(&rule, number, eligible, &options, votes.iter().copied()).expect("counts")
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_majority_elects_and_else_the_strongest_go_on() {
        let papers = ["a", "a", "b", "abstain"];
        let ended = round(1, 4, &["a", "b", "c"], &papers);
        assert_eq!(ended.end, End::Elected("a".to_owned()));
        assert_eq!((ended.abstain, ended.sides.in_favour.head), (1, 2));
        let ended = round(1, 4, &["a", "b", "c"], &["a", "a", "b", "c"]);
        assert_eq!(ended.end, End::RunOff(names(&["a", "b", "c"])));
    }

    #[test]
    fn a_tie_may_be_run_off_once_and_then_it_stays() {
        let papers = ["a", "b"];
        let first = round(1, 2, &["a", "b"], &papers).end;
        assert_eq!(first, End::RunOff(names(&["a", "b"])));
        let second = round(2, 2, &["a", "b"], &papers).end;
        assert_eq!(second, End::Tied(names(&["a", "b"])));
    }

    #[test]
    fn too_few_votes_decide_nothing() {
        assert_eq!(round(1, 9, &["a", "b"], &["a", "a"]).end, End::Inquorate);
        let blank = ["abstain", "abstain"];
        assert_eq!(round(1, 8, &["a", "b"], &blank).end, End::NoVotes);
    }

    proptest! {
        #[test]
        fn rounds_end_whatever_is_voted(votes in prop::collection::vec(prop::collection::vec(0_usize..4, 1..9), 6)) {
            let mut options = names(&["a", "b", "c", "d"]);
            let rule = BallotMatter::TenderAward.default_rule();
            let mut rounds = 0;
            for (at, votes) in votes.iter().enumerate() {
                rounds = at + 1;
                let words: Vec<String> = options.iter().cloned().chain(["abstain".to_owned()]).collect();
                let papers: Vec<&str> = votes.iter().map(|v| words[v % words.len()].as_str()).collect();
                let number = i64::try_from(rounds).expect("few");
                let counted = count(&rule, number, 9, &options, papers).expect("counts");
                match counted.end {
                    End::RunOff(finalists) => {
                        prop_assert!(rounds == 1 || finalists.len() < options.len());
                        options = finalists;
                    }
                    _ => break,
                }
            }
            prop_assert!(rounds <= 4, "four options leave at most four rounds");
        }
    }
}
