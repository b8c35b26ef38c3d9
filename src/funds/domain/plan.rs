//! What a levy policy says, as data: one of two directions, and the terms that hold for both.
//!
//! In the rate direction each amount depends on the member alone, and the total is an outcome. In the budget
//! direction a total is split exactly by weights, within bounds. Both end in whole amounts, one per member.

mod check;
mod explain;
mod factor;
mod joining;
mod jumps;
mod method;
mod owners;
mod refusal;
mod weigh;
mod work;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::alliances::Visibility;
use crate::funds::domain::true_up::LeaverLiability;

pub use explain::Taken;
pub use factor::ClassFactor;
pub use joining::Joining;
pub use joining::Locked;
pub use joining::joining;
pub use jumps::Jump;
pub use method::BandPoint;
pub use method::Bounds;
pub use method::Budget;
pub use method::ClassBounds;
pub use method::ExemptBelow;
pub use method::Method;
pub use method::Rate;
pub use method::Weights;
pub use owners::Owned;
pub use owners::OwnedShare;
pub use owners::split_owned;
pub use refusal::ChargeRefusal;
pub use work::Charged;
pub use work::Line;
pub use work::Member;
pub use work::charge;
pub use work::of_full_season;

crate::words! {
    /// Sizes that count where there is no verified one, in this order.
    pub enum Accept {
        /// Stated by the member.
        Declared = "declared",
        /// Guessed by the alliance.
        Estimated = "estimated",
    }
}

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub method: Method,
    pub terms: Terms,
}

/// What holds in both directions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = LevyTerms)]
pub struct Terms {
    /// Sizes that count where there is no verified one.
    #[schema(max_items = 2)]
    pub accept: BTreeSet<Accept>,
    /// Sizes for members without any, by measure; without an entry such a member is an error.
    pub fallback: BTreeMap<String, i64>,
    /// Most that the units of one owner pay together, in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub owner_cap_minor: Option<i64>,
    /// Parts in which a notice may be paid, 1 to 120.
    #[schema(minimum = 1, maximum = 120)]
    pub instalments: i64,
    /// For which days somebody who leaves still pays.
    pub leaver_liability: LeaverLiability,
    /// Whether who joins later pays the founders' price for the days that are left.
    pub lock_unit_price: bool,
    /// What members see of each other's lines; the by-laws' level where absent.
    pub visibility: Option<Visibility>,
    /// Whether a member's gift in kind may pay what the member owes; as the by-laws say where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_kind_counts: Option<bool>,
    /// From when full years are counted for `index` steps.
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    pub indexed_from: Option<NaiveDate>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            accept: BTreeSet::new(),
            fallback: BTreeMap::new(),
            owner_cap_minor: None,
            instalments: 1,
            leaver_liability: LeaverLiability::FullSeason,
            lock_unit_price: true,
            visibility: None,
            in_kind_counts: None,
            indexed_from: None,
        }
    }
}

impl Plan {
    /// The measures that the policy asks for, each once, in the order of their keys.
    pub fn measures(&self) -> BTreeSet<&str> {
        self.method.measures()
    }

    /// The measure that a notice names first; none where sizes do not matter.
    pub fn first_measure(&self) -> Option<&str> {
        self.method.first_measure()
    }
}
