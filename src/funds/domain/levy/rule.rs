//! The shape of a levy rule: plain data, as a policy stores it and as a request brings it.
//!
//! Amounts are minor units. A rate is minor units per unit of the measure: 1 % of a money measure is `0.01`, and
//! 11.55 per room is `1155`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::funds::domain::rounding::Mode;
use crate::kernel::money::Currency;
use crate::kernel::rational::Exact;

/// A rule: one base, ordered steps, one rounding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyRule)]
pub struct Rule {
    /// Currency of every amount in the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Where the value comes from.
    pub base: Base,
    /// What changes it, in this order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// How the last value becomes an amount.
    #[serde(default)]
    pub round: Rounding,
}

/// Rounding, once, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyRounding)]
pub struct Rounding {
    /// Amounts are multiples of this many minor units.
    #[serde(default = "one")]
    #[schema(default = 1)]
    pub quantum: i64,
    /// Where fractions go.
    #[serde(default)]
    pub mode: Mode,
}

impl Default for Rounding {
    fn default() -> Self {
        Self {
            quantum: one(),
            mode: Mode::default(),
        }
    }
}

const fn one() -> i64 {
    1
}

/// Where a levy's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = LevyBase)]
pub enum Base {
    /// The same for everybody.
    Flat { amount: i64 },
    /// The size times a rate.
    Rate { measure: String, rate: Exact },
    /// The amount of the band that holds the size.
    Bands { measure: String, bands: Vec<Band> },
    /// The whole size times the rate of the band that holds `select`, by default the measure itself.
    WholeBandRate {
        measure: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        select: Option<String>,
        bands: Vec<RateBand>,
    },
    /// An amount, and a rate on each part of the size between two brackets.
    Marginal {
        measure: String,
        #[serde(default)]
        base: i64,
        brackets: Vec<Bracket>,
    },
    /// An amount per class.
    Class { amounts: BTreeMap<String, i64> },
    /// All terms added up.
    Sum {
        #[schema(no_recursion)]
        terms: Vec<Base>,
    },
    /// The largest term.
    MaxOf {
        #[schema(no_recursion)]
        terms: Vec<Base>,
    },
    /// The smallest term.
    MinOf {
        #[schema(no_recursion)]
        terms: Vec<Base>,
    },
}

/// A band with an amount; its lower bound is included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyBand)]
pub struct Band {
    /// Smallest size in the band.
    pub from: Exact,
    /// Amount for the band.
    pub amount: i64,
    /// Size above which `extra_rate` applies; by default the band's lower bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_above: Option<Exact>,
    /// Added per unit of the size above `extra_above`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_rate: Option<Exact>,
}

/// A band with a rate on the whole size; its lower bound is included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyRateBand)]
pub struct RateBand {
    /// Smallest size in the band.
    pub from: Exact,
    /// Rate on the whole size.
    pub rate: Exact,
}

/// A rate on the part of a size above a bound, up to the next bracket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyBracket)]
pub struct Bracket {
    /// Where the bracket begins.
    pub above: Exact,
    /// Rate within it.
    pub rate: Exact,
}

/// One change of the value. A class narrows a step to the members of that class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = LevyStep)]
pub enum Step {
    /// Nothing is owed below a size. Tested before everything else.
    ExemptBelow { measure: String, value: Exact },
    /// Nothing is owed by some classes. Tested before everything else.
    ExemptClass { classes: Vec<String> },
    /// Times a factor: a discount or a surcharge.
    Multiply {
        factor: Exact,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<String>,
    },
    /// Times a factor for each full year.
    Index { factor: Exact },
    /// At least an amount.
    Floor {
        amount: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<String>,
    },
    /// At most an amount.
    Cap {
        amount: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        class: Option<String>,
    },
    /// Times the days of liability by the days of the period.
    ProrateDays {},
}
