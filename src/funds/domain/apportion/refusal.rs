//! Why a budget cannot be split, with the arithmetic that shows it.

use serde_json::Map;
use serde_json::Value;

use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// The split has no answer, or the question is ill-posed. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitRefusal {
    #[error("the list of members is empty")]
    NoMembers,
    #[error("member '{member}' is listed twice")]
    DuplicateMember { member: String },
    #[error("the budget of {budget} is negative")]
    NegativeBudget { budget: i64 },
    #[error("the weight of member '{member}' is negative")]
    NegativeWeight { member: String },
    #[error("the floor of member '{member}' is negative")]
    NegativeFloor { member: String },
    #[error("member '{member}' has a floor of {floor} above its cap of {cap}")]
    FloorAboveCap {
        member: String,
        floor: i64,
        cap: i64,
    },
    #[error("the quantum of {quantum} is not positive")]
    QuantumNotPositive { quantum: i64 },
    #[error("the budget of {budget} is not a multiple of {quantum}")]
    QuantumMismatch { budget: i64, quantum: i64 },
    #[error("the floors add up to {floors}, {excess} more than the budget of {budget}")]
    FloorsExceedBudget {
        floors: i64,
        budget: i64,
        excess: i64,
    },
    #[error(
        "under the caps at most {maximum} comes in, {shortfall} less than the budget of {budget}"
    )]
    CapsBelowBudget {
        maximum: i64,
        budget: i64,
        shortfall: i64,
    },
    #[error("nobody has a weight, and {unallocated} would be left over")]
    AllWeightsZero { unallocated: i64 },
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for SplitRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NoMembers => &problems::NO_MEMBERS,
            Self::DuplicateMember { .. } => &problems::DUPLICATE_MEMBER,
            Self::NegativeBudget { .. } => &problems::NEGATIVE_BUDGET,
            Self::NegativeWeight { .. } => &problems::NEGATIVE_WEIGHT,
            Self::NegativeFloor { .. } => &problems::NEGATIVE_FLOOR,
            Self::FloorAboveCap { .. } => &problems::FLOOR_ABOVE_CAP,
            Self::QuantumNotPositive { .. } => &kinds::OUT_OF_RANGE,
            Self::QuantumMismatch { .. } => &problems::QUANTUM_MISMATCH,
            Self::FloorsExceedBudget { .. } => &problems::FLOORS_EXCEED_BUDGET,
            Self::CapsBelowBudget { .. } => &problems::CAPS_BELOW_BUDGET,
            Self::AllWeightsZero { .. } => &problems::ALL_WEIGHTS_ZERO,
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match self {
            Self::NoMembers | Self::Overflow(_) => vec![],
            Self::DuplicateMember { member }
            | Self::NegativeWeight { member }
            | Self::NegativeFloor { member } => vec![("member", member.as_str().into())],
            Self::NegativeBudget { budget } => vec![("budget", (*budget).into())],
            Self::FloorAboveCap { member, floor, cap } => vec![
                ("member", member.as_str().into()),
                ("floor", (*floor).into()),
                ("cap", (*cap).into()),
            ],
            Self::QuantumNotPositive { quantum } => vec![("quantum", (*quantum).into())],
            Self::QuantumMismatch { budget, quantum } => {
                vec![("budget", (*budget).into()), ("quantum", (*quantum).into())]
            }
            Self::FloorsExceedBudget {
                floors,
                budget,
                excess,
            } => vec![
                ("floors", (*floors).into()),
                ("budget", (*budget).into()),
                ("excess", (*excess).into()),
            ],
            Self::CapsBelowBudget {
                maximum,
                budget,
                shortfall,
            } => vec![
                ("maximum", (*maximum).into()),
                ("budget", (*budget).into()),
                ("shortfall", (*shortfall).into()),
            ],
            Self::AllWeightsZero { unallocated } => {
                vec![("unallocated", (*unallocated).into())]
            }
        };
        pairs.into_iter().map(|(k, v)| (k.into(), v)).collect()
    }
}
