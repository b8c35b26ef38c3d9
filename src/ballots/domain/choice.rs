//! Choosing among options, such as the bids of a tender: an absolute majority, else a run-off.
//! There is no lot and no preference for an early bid.

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::RuleRefused;
use crate::kernel::rational::Exact;
use num_bigint::BigInt;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The word that is no option.
pub const ABSTAIN: &str = "abstain";

/// How a choice ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// One option has more than the majority of the votes for options.
    Elected { option: String },
    /// None has; the two strongest go on, with all that tie at the cut, in ballot order.
    Runoff { finalists: Vec<String> },
    /// Nobody voted for an option.
    NoVotes,
}

/// The votes of each option, and the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceCount {
    /// Votes of every option, also of those without any.
    pub counts: BTreeMap<String, u64>,
    /// The end.
    pub choice: Choice,
}

/// Counts votes (option names or [`ABSTAIN`]), one per member. O(n log n).
///
/// # Errors
/// Repeated or missing options, a vote for none of them, or a majority below a half (two options
/// could have it) or not below one (none could).
pub fn count<'v>(
    options: &[String],
    votes: impl IntoIterator<Item = &'v str>,
    majority: &Exact,
) -> Result<ChoiceCount, BallotRefused> {
    check_options(options)?;
    let half = Exact::parse("1/2").expect("a literal fraction");
    if *majority < half || *majority >= Exact::whole(1) {
        let reason = "A majority is at least a half and below one.";
        let part = "majority";
        return Err(RuleRefused::Invalid { part, reason }.into());
    }
    let mut counts: BTreeMap<String, u64> = options.iter().map(|o| (o.clone(), 0)).collect();
    let mut cast = 0_u64;
    for vote in votes.into_iter().filter(|vote| *vote != ABSTAIN) {
        let count = counts
            .get_mut(vote)
            .ok_or_else(|| BallotRefused::OptionUnknown {
                option: vote.to_owned(),
            })?;
        *count += 1;
        cast += 1;
    }
    let choice = decide(options, &counts, cast, majority);
    Ok(ChoiceCount { counts, choice })
}

fn check_options(options: &[String]) -> Result<(), BallotRefused> {
    let mut seen = BTreeSet::new();
    let twice = options
        .iter()
        .find(|o| *o == ABSTAIN || o.is_empty() || !seen.insert(*o));
    match twice {
        Some(option) => Err(BallotRefused::OptionsInvalid {
            option: option.clone(),
        }),
        None if options.is_empty() => Err(BallotRefused::OptionsInvalid {
            option: String::new(),
        }),
        None => Ok(()),
    }
}

fn decide(
    options: &[String],
    counts: &BTreeMap<String, u64>,
    cast: u64,
    majority: &Exact,
) -> Choice {
    if cast == 0 {
        return Choice::NoVotes;
    }
    let votes_of = |option: &String| counts.get(option).copied().unwrap_or(0);
    let needed = majority.0.numer() * BigInt::from(cast);
    let elected = options
        .iter()
        .find(|option| BigInt::from(votes_of(option)) * majority.0.denom() > needed);
    if let Some(option) = elected {
        return Choice::Elected {
            option: option.clone(),
        };
    }
    let mut ranked: Vec<u64> = counts.values().copied().collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    // Without an absolute majority at least two options have votes, so the cut is above zero.
    let cut = ranked.get(1).copied().unwrap_or(0).max(1);
    Choice::Runoff {
        finalists: options
            .iter()
            .filter(|option| votes_of(option) >= cut)
            .cloned()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn half() -> Exact {
        Exact::parse("1/2").expect("a fraction")
    }

    fn options(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn options_that_cannot_be_told_apart_are_refused() {
        for bad in [&["x", "x"][..], &["abstain"], &[""], &[]] {
            let refused = count(&options(bad), [], &half());
            assert!(matches!(refused, Err(BallotRefused::OptionsInvalid { .. })));
        }
        let refused = count(&options(&["x"]), ["y"], &half());
        assert!(matches!(refused, Err(BallotRefused::OptionUnknown { .. })));
    }

    #[test]
    fn a_majority_that_two_or_none_could_have_is_refused() {
        for bad in ["49/100", "1", "0", "-1"] {
            let majority = Exact::parse(bad).expect("a fraction");
            assert!(count(&options(&["x"]), ["x"], &majority).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_end_is_what_the_counts_say(votes in prop::collection::vec(0_usize..5, 0..15)) {
            let names = ["w", "x", "y", "z", ABSTAIN];
            let papers: Vec<&str> = votes.iter().map(|v| names[*v]).collect();
            let counted = count(&options(&names[..4]), papers.iter().copied(), &half()).expect("valid");
            let of = |name: &str| papers.iter().filter(|p| **p == name).count();
            let cast = papers.len() - of(ABSTAIN);
            for (name, votes) in &counted.counts {
                prop_assert_eq!(u64::try_from(of(name)).expect("few"), *votes);
            }
            match counted.choice {
                Choice::Elected { option } => prop_assert!(of(&option) * 2 > cast),
                Choice::NoVotes => prop_assert_eq!(cast, 0),
                Choice::Runoff { finalists } => {
                    prop_assert!(cast > 0 && finalists.len() >= 2);
                    let weakest = finalists.iter().map(|f| of(f)).min().expect("two");
                    let others = names[..4].iter().filter(|n| !finalists.contains(&(**n).to_owned()));
                    for other in others {
                        prop_assert!(of(other) < weakest);
                    }
                    let above = finalists.iter().filter(|f| of(f) > weakest).count();
                    prop_assert!(above <= 1);
                    prop_assert!(names[..4].iter().all(|n| of(n) * 2 <= cast));
                }
            }
        }
    }
}
