//! Discounts and surcharges of classes.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::rational::Exact;

/// The weights of a class are multiplied; the others carry the difference, and the budget stays the same.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyClassFactor)]
pub struct ClassFactor {
    /// Whose weight.
    #[schema(max_length = 60)]
    pub class: String,
    /// `0.8` is a discount of a fifth.
    pub factor: Exact,
}
