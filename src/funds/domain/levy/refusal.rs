//! Why a levy cannot be charged.

use serde_json::Map;
use serde_json::Value;

use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// The rule and the member do not give an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevyRefusal {
    #[error("the rule is wrong at {at}: {reason}")]
    RuleInvalid { at: String, reason: &'static str },
    #[error("the rule has {parts} parts, more than {limit}")]
    RuleTooComplex { parts: usize, limit: usize },
    #[error("the member has no size in '{measure}'")]
    MeasureMissing { measure: String },
    #[error("the member's size in '{measure}' is negative")]
    NegativeSize { measure: String },
    #[error("the member's size in '{measure}' of {value} needs evidence from {from} on")]
    EvidenceMissing {
        measure: String,
        value: i64,
        from: i64,
    },
    #[error("the member's size in '{measure}' is stated in {unit}, not in {expected}")]
    UnitMismatch {
        measure: String,
        unit: String,
        expected: String,
    },
    #[error("the rule has no amount for the member's class")]
    ClassUnknown { class: Option<String> },
    #[error("the member's size in '{measure}' of {value} is below the first band")]
    BelowFirstBand { measure: String, value: String },
    #[error("the rule charges by the day, and the member's days are not given")]
    DaysMissing,
    #[error("{days} days of a period of {period_days} are out of range")]
    DaysOutOfRange { days: i64, period_days: i64 },
    #[error("{years_elapsed} years are out of range")]
    YearsOutOfRange { years_elapsed: i64 },
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for LevyRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::RuleInvalid { .. } => &problems::RULE_INVALID,
            Self::RuleTooComplex { .. } => &kinds::TOO_COMPLEX,
            Self::MeasureMissing { .. } => &problems::MEASURE_MISSING,
            Self::NegativeSize { .. } => &problems::NEGATIVE_SIZE,
            Self::EvidenceMissing { .. } => &problems::EVIDENCE_MISSING,
            Self::UnitMismatch { .. } => &problems::MEASURE_UNIT_MISMATCH,
            Self::ClassUnknown { .. } => &problems::CLASS_UNKNOWN,
            Self::BelowFirstBand { .. } => &problems::BELOW_FIRST_BAND,
            Self::DaysMissing => &problems::DAYS_MISSING,
            Self::DaysOutOfRange { .. } | Self::YearsOutOfRange { .. } => &kinds::OUT_OF_RANGE,
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match self {
            Self::RuleInvalid { at, reason } => {
                vec![("at", at.as_str().into()), ("reason", (*reason).into())]
            }
            Self::RuleTooComplex { parts, limit } => {
                vec![("parts", (*parts).into()), ("limit", (*limit).into())]
            }
            Self::MeasureMissing { measure } | Self::NegativeSize { measure } => {
                vec![("measure", measure.as_str().into())]
            }
            Self::EvidenceMissing {
                measure,
                value,
                from,
            } => vec![
                ("measure", measure.as_str().into()),
                ("value", (*value).into()),
                ("from_value", (*from).into()),
            ],
            Self::UnitMismatch {
                measure,
                unit,
                expected,
            } => vec![
                ("measure", measure.as_str().into()),
                ("unit", unit.as_str().into()),
                ("expected", expected.as_str().into()),
            ],
            Self::ClassUnknown { class } => vec![("cls", class.clone().into())],
            Self::BelowFirstBand { measure, value } => vec![
                ("measure", measure.as_str().into()),
                ("value", value.as_str().into()),
            ],
            Self::DaysOutOfRange { days, period_days } => vec![
                ("days", (*days).into()),
                ("period_days", (*period_days).into()),
            ],
            Self::YearsOutOfRange { years_elapsed } => {
                vec![("years_elapsed", (*years_elapsed).into())]
            }
            Self::DaysMissing | Self::Overflow(_) => vec![],
        };
        pairs.into_iter().map(|(k, v)| (k.into(), v)).collect()
    }
}
