//! The ballot paper: what a vote may say.

use crate::ballots::domain::choice::ABSTAIN;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally::Vote;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

/// Most options of one ballot.
pub const MOST_OPTIONS: usize = 50;
/// Longest key of an option, in bytes.
const LONGEST_KEY: usize = 100;

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BallotOption {
    /// What a vote says to choose it; not `abstain`.
    #[schema(min_length = 1, max_length = 100)]
    pub id: String,
    /// How people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
}

/// What a vote may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// For, against or abstain.
    Motion,
    /// One of the options, or abstain.
    Choice(Vec<BallotOption>),
}

impl Paper {
    /// Checks the options of a choice: one to fifty, each with a name of its own. One alone may be abstained from.
    ///
    /// # Errors
    /// `OptionsInvalid`, `TooMany`.
    pub fn check(&self) -> Result<(), BallotRefused> {
        let Self::Choice(options) = self else {
            return Ok(());
        };
        if options.len() > MOST_OPTIONS {
            return Err(BallotRefused::TooMany {
                what: "options",
                count: options.len(),
                limit: MOST_OPTIONS,
            });
        }
        let invalid = |option: &str| {
            Err(BallotRefused::OptionsInvalid {
                option: option.to_owned(),
            })
        };
        for (at, option) in options.iter().enumerate() {
            let again = options[..at].iter().any(|other| other.id == option.id);
            let key = option.id.as_str();
            if again || key.is_empty() || key.len() > LONGEST_KEY || key == ABSTAIN {
                return invalid(key);
            }
        }
        if options.is_empty() {
            return invalid("");
        }
        Ok(())
    }

    /// Every word that a vote may say, in the order of the paper; the last one is `abstain`.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Motion => Vote::ALL.iter().map(|vote| vote.as_str()).collect(),
            Self::Choice(options) => options
                .iter()
                .map(|option| option.id.as_str())
                .chain([ABSTAIN])
                .collect(),
        }
    }

    /// The place of a word on the paper.
    ///
    /// # Errors
    /// `OptionUnknown`.
    pub fn mark(&self, word: &str) -> Result<usize, BallotRefused> {
        let place = self.words().iter().position(|known| *known == word);
        place.ok_or_else(|| BallotRefused::OptionUnknown {
            option: word.chars().take(LONGEST_KEY).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(keys: &[&str]) -> Paper {
        let option = |key: &&str| BallotOption {
            id: (*key).to_owned(),
            title: "An option".to_owned(),
        };
        Paper::Choice(keys.iter().map(option).collect())
    }

    #[test]
    fn a_word_that_is_not_on_the_paper_is_refused() {
        assert_eq!(Paper::Motion.mark("against"), Ok(1));
        assert!(Paper::Motion.mark("north").is_err());
        let paper = choice(&["north", "south"]);
        assert_eq!(paper.mark("south"), Ok(1));
        assert_eq!(paper.mark("abstain"), Ok(2));
        let refused = paper.mark("for");
        assert!(matches!(refused, Err(BallotRefused::OptionUnknown { .. })));
    }

    #[test]
    fn options_have_names_of_their_own() {
        assert_eq!(choice(&["north", "south"]).check(), Ok(()));
        for bad in [&["x", "x"][..], &["abstain", "x"], &["", "x"], &[]] {
            assert!(choice(bad).check().is_err(), "{bad:?}");
        }
    }
}
