//! A ballot's rule as data: by-laws store it, a ballot freezes its copy when it is published.

use crate::alliances::domain::ballot_matter::BallotMatter;
use crate::alliances::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::rational::Exact;
use crate::words;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

words! {
    /// What is counted: members, or their weights.
    pub enum Measure { Head = "head", Weight = "weight" }
}

words! {
    /// The whole that a test takes its fraction of.
    pub enum Base {
        /// Votes for and against.
        ForAgainst = "for_against",
        /// Votes for, against and abstentions.
        Cast = "cast",
        /// The whole electorate.
        Eligible = "eligible",
    }
}

words! {
    /// Which votes help to reach a quorum.
    pub enum Turnout {
        /// Votes for and against; blanks do not help.
        ForAgainst = "for_against",
        /// Every vote, abstentions included.
        Cast = "cast",
    }
}

words! {
    /// What happens when a test stands exactly on its threshold.
    pub enum Tie {
        /// The motion is lost.
        Lost = "lost",
        /// The chair has a casting vote.
        Chair = "chair",
    }
}

words! {
    /// Who sees votes, and when.
    pub enum Secrecy {
        /// Everybody, at once.
        Open = "open",
        /// Everybody, after the close.
        SecretUntilClose = "secret_until_close",
        /// Nobody; totals and receipts only.
        Secret = "secret",
    }
}

words! {
    /// Whether a ballot may close before its time.
    pub enum EarlyClose {
        /// It runs to its closing instant.
        Never = "never",
        /// It closes when no completion of the votes can change the result.
        WhenDecided = "when_decided",
    }
}

words! {
    /// Which contribution of the last season gives the weight.
    pub enum ContributionBasis { Billed = "billed", Paid = "paid" }
}

/// Where the weights of the electorate come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightBasis {
    /// Every member weighs one.
    #[default]
    Equal,
    /// Contributions of the last season; in the first season the proposed notice amount.
    Contribution(ContributionBasis),
    /// A size measure, by its name.
    Size(String),
}

/// A part of the electorate that has to take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// Members or weights.
    pub by: Measure,
    /// Fraction of the eligible that is enough; reaching it exactly suffices.
    pub min: Exact,
    /// The votes that count towards it.
    pub counts: Turnout,
}

/// A part of a base that has to be in favour. A motion carries if all tests pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Members or weights.
    pub by: Measure,
    /// The whole of which the threshold is a fraction.
    pub base: Base,
    /// Fraction between 0 and 1.
    pub threshold: Exact,
    /// `true`: more than the threshold; `false`: at least the threshold, and at least something.
    pub strict: bool,
}

/// How members may vote for each other. A proxy is never passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyRule {
    /// Appointments that one member may hold.
    #[schema(minimum = 0, maximum = 1000)]
    pub max_per_holder: u32,
    /// Hours before the close at which appointments end.
    #[schema(minimum = 0, maximum = 8760)]
    pub deadline_hours: u32,
}

/// The rule of one ballot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BallotRule {
    /// A label for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// All of them must be reached; none means that any turnout is enough.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub quorum: Vec<Quorum>,
    /// All of them must pass; at least one.
    #[schema(min_items = 1, max_items = 8)]
    pub tests: Vec<Test>,
    /// Where weights come from.
    #[serde(default)]
    pub weight: WeightBasis,
    /// No member weighs more than this fraction of all effective weights together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_cap: Option<Exact>,
    /// Who sees votes.
    #[serde(default = "open")]
    pub secrecy: Secrecy,
    /// Whether a member may change its vote until the close; the last one counts.
    #[serde(default = "yes")]
    pub revote: bool,
    /// Whether the ballot may close early.
    #[serde(default = "never")]
    pub early_close: EarlyClose,
    /// Absent: nobody may vote for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxies: Option<ProxyRule>,
    /// What a result exactly on the threshold means.
    #[serde(default = "lost")]
    pub tie: Tie,
}

fn open() -> Secrecy {
    Secrecy::Open
}

fn yes() -> bool {
    true
}

fn never() -> EarlyClose {
    EarlyClose::Never
}

fn lost() -> Tie {
    Tie::Lost
}

/// A rule that cannot be adopted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefused {
    /// A part of the rule is out of its range or contradicts another part.
    #[error("{reason}")]
    Invalid {
        /// The part at fault, such as `tests`.
        part: &'static str,
        /// The broken condition in words.
        reason: &'static str,
    },
    /// A part of the rule asks for less than it must.
    #[error("'{part}' asks for less than a ballot on '{matter}' needs.")]
    Loosened {
        /// What is decided.
        matter: BallotMatter,
        /// The part, such as `quorum`.
        part: &'static str,
    },
}

impl Refusal for RuleRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Invalid { .. } => &problems::BALLOT_RULE_INVALID,
            Self::Loosened { .. } => &problems::RULE_LOOSENED,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = Map::new();
        match self {
            Self::Invalid { part, .. } => {
                params.insert("part".to_owned(), Value::from(*part));
            }
            Self::Loosened { matter, part } => {
                params.insert("matter".to_owned(), Value::from(matter.as_str()));
                params.insert("part".to_owned(), Value::from(*part));
            }
        }
        params
    }
}

/// More parts than this are a mistake, not a by-law.
const MOST_PARTS: usize = 8;

impl BallotRule {
    /// Checks what the types cannot say: fractions in range, at least one test, and early closing
    /// only where votes are final and open (closing a secret ballot early leaks its direction).
    ///
    /// # Errors
    /// [`RuleRefused::Invalid`] with the part at fault.
    pub fn validate(&self) -> Result<(), RuleRefused> {
        let refuse = |part, reason| Err(RuleRefused::Invalid { part, reason });
        if self.tests.is_empty() || self.tests.len() > MOST_PARTS {
            return refuse("tests", "A rule has one to eight tests.");
        }
        if self.quorum.len() > MOST_PARTS {
            return refuse("quorum", "A rule has at most eight quorums.");
        }
        if !self.tests.iter().all(|test| within_one(&test.threshold)) {
            return refuse("tests", "A threshold lies between 0 and 1.");
        }
        if !self.quorum.iter().all(|quorum| within_one(&quorum.min)) {
            return refuse("quorum", "A quorum lies between 0 and 1.");
        }
        if self
            .weight_cap
            .as_ref()
            .is_some_and(|cap| !within_one(cap) || *cap == Exact::whole(0))
        {
            return refuse("weight_cap", "A cap lies above 0 and at most at 1.");
        }
        if self.early_close == EarlyClose::WhenDecided
            && (self.revote || self.secrecy != Secrecy::Open)
        {
            return refuse(
                "early_close",
                "A ballot closes early only if votes are final and open.",
            );
        }
        Ok(())
    }
}

fn within_one(fraction: &Exact) -> bool {
    (Exact::whole(0)..=Exact::whole(1)).contains(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(extra: serde_json::Value) -> BallotRule {
        let mut rule = json!({"tests": [
            {"by": "head", "base": "for_against", "threshold": "1/2", "strict": true}
        ]});
        let fields = rule.as_object_mut().expect("an object");
        for (key, value) in extra.as_object().expect("an object") {
            fields.insert(key.clone(), value.clone());
        }
        serde_json::from_value(rule).expect("a rule")
    }

    #[test]
    fn early_closing_needs_final_and_open_votes() {
        let refused = |extra| rule(extra).validate().is_err();
        assert!(refused(json!({"early_close": "when_decided"})));
        assert!(refused(
            json!({"early_close": "when_decided", "revote": false, "secrecy": "secret"})
        ));
        assert!(!refused(
            json!({"early_close": "when_decided", "revote": false})
        ));
    }

    #[test]
    fn fractions_stay_between_nothing_and_all() {
        assert!(rule(json!({"weight_cap": "0"})).validate().is_err());
        assert!(rule(json!({"weight_cap": "5/4"})).validate().is_err());
        assert!(rule(json!({"weight_cap": "1"})).validate().is_ok());
        assert!(rule(json!({"tests": []})).validate().is_err());
        let quorum = json!({"quorum": [{"by": "head", "min": "-1/4", "counts": "cast"}]});
        assert!(rule(quorum).validate().is_err());
    }

    #[test]
    fn a_weight_basis_reads_as_a_word_or_a_word_with_its_measure() {
        let parsed = rule(json!({"weight": {"contribution": "paid"}})).weight;
        assert_eq!(parsed, WeightBasis::Contribution(ContributionBasis::Paid));
        assert_eq!(rule(json!({})).weight, WeightBasis::Equal);
    }
}
