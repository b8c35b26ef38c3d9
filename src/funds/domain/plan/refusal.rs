//! Why a policy charges nobody: everything that is wrong with single members at once, or the split as a whole.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::mix::MixRefusal;
use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// No amounts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChargeRefusal {
    /// The policy itself is unsound.
    #[error(transparent)]
    Rule(LevyRefusal),
    /// Members that cannot be charged, each with its reason; never empty.
    #[error("{} members cannot be charged; the first of them: {}", .0.len(), first(.0))]
    Members(Vec<(String, LevyRefusal)>),
    #[error(transparent)]
    Split(#[from] SplitRefusal),
    #[error(transparent)]
    Mix(#[from] MixRefusal),
    #[error("this policy splits a budget, and none is given")]
    BudgetMissing,
    #[error("this policy charges by a rate; its total is an outcome")]
    BudgetGiven,
    #[error("owners are capped one after the other in more than {limit} rounds")]
    TooManyRounds { limit: usize },
}

fn first(members: &[(String, LevyRefusal)]) -> String {
    members
        .first()
        .map(|(_, refusal)| refusal.to_string())
        .unwrap_or_default()
}

impl From<Overflow> for ChargeRefusal {
    fn from(overflow: Overflow) -> Self {
        Self::Split(overflow.into())
    }
}

impl Refusal for ChargeRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Rule(refusal) => refusal.kind(),
            Self::Members(members) => members
                .first()
                .map_or(&kinds::OUT_OF_RANGE, |(_, refusal)| refusal.kind()),
            Self::Split(refusal) => refusal.kind(),
            Self::Mix(refusal) => refusal.kind(),
            Self::BudgetMissing => &problems::BUDGET_MISSING,
            Self::BudgetGiven => &problems::BUDGET_GIVEN,
            Self::TooManyRounds { .. } => &kinds::TOO_COMPLEX,
        }
    }

    fn params(&self) -> Map<String, Value> {
        match self {
            Self::Rule(refusal) => refusal.params(),
            Self::Members(members) => {
                let mut params = members
                    .first()
                    .map(|(_, refusal)| refusal.params())
                    .unwrap_or_default();
                let all: Vec<Value> = members
                    .iter()
                    .map(|(member, refusal)| {
                        json!({ "membership_id": member, "code": refusal.kind().code, "params": refusal.params() })
                    })
                    .collect();
                params.insert("members".into(), all.into());
                params
            }
            Self::Split(refusal) => refusal.params(),
            Self::Mix(refusal) => refusal.params(),
            Self::TooManyRounds { limit } => {
                Map::from_iter([("limit".to_owned(), (*limit).into())])
            }
            Self::BudgetMissing | Self::BudgetGiven => Map::new(),
        }
    }
}
