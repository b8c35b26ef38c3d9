//! The steps behind an amount, as a notice prints them.

use std::borrow::Cow;

use num_rational::BigRational;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::funds::domain::levy::Base;
use crate::funds::domain::levy::Step;
use crate::kernel::rational::Exact;

/// One step and what the value was after it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[schema(as = LevyStepTaken)]
pub struct Taken {
    /// The base, weight or step by its name.
    #[schema(value_type = String, max_length = 40)]
    pub step: Cow<'static, str>,
    /// What it was given: a rate, a factor, a class, a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub with: Option<String>,
    /// The value after it, as a whole number or a fraction.
    #[schema(max_length = 1000)]
    pub value: String,
}

impl Taken {
    /// A step with its value.
    pub fn new(step: &'static str, with: Option<String>, value: &BigRational) -> Self {
        Self {
            step: step.into(),
            with,
            value: value.to_string(),
        }
    }

    /// As people read it in a letter: `cap 200000 = 200000`.
    pub fn sentence(&self) -> String {
        match &self.with {
            Some(with) => format!("{} {with} = {}", self.step, self.value),
            None => format!("{} = {}", self.step, self.value),
        }
    }
}

/// The name of a base.
pub(super) const fn base(base: &Base) -> &'static str {
    match base {
        Base::Flat { .. } => "flat",
        Base::Rate { .. } => "rate",
        Base::Bands { .. } => "bands",
        Base::WholeBandRate { .. } => "whole_band_rate",
        Base::Marginal { .. } => "marginal",
        Base::Class { .. } => "class",
        Base::Sum { .. } => "sum",
        Base::MaxOf { .. } => "max_of",
        Base::MinOf { .. } => "min_of",
    }
}

/// The name of a step, and what it was given.
pub(super) fn step(step: &Step) -> (&'static str, Option<String>) {
    let of = |what: String, class: &Option<String>| match class {
        Some(class) => Some(format!("{what} ({class})")),
        None => Some(what),
    };
    match step {
        Step::ExemptBelow { measure, value } => (
            "exempt_below",
            Some(format!("{measure} {}", written(value))),
        ),
        Step::ExemptClass { .. } => ("exempt_class", None),
        Step::Multiply { factor, class } => ("multiply", of(written(factor), class)),
        Step::Index { factor } => ("index", Some(written(factor))),
        Step::Floor { amount, class } => ("floor", of(amount.to_string(), class)),
        Step::Cap { amount, class } => ("cap", of(amount.to_string(), class)),
        Step::ProrateDays {} => ("prorate_days", None),
    }
}

fn written(number: &Exact) -> String {
    number.to_string()
}
