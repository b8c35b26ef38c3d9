//! Calculator `instalments`: an amount in equal parts.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::kernel::problem::Failure;

/// An amount and the number of parts.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"total": 100_000, "n": 3}))]
pub struct InstalmentsRequest {
    /// Always `instalments`.
    pub kind: Option<InstalmentsKind>,
    /// Minor units to pay in all.
    pub total: i64,
    /// How many instalments.
    #[schema(minimum = 1, maximum = 120)]
    pub n: i64,
}

/// The kind of an instalment plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstalmentsKind {
    Instalments,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstalmentsAnswer {
    /// Minor units per instalment, larger ones first.
    #[schema(max_items = 120)]
    pub instalments: Vec<i64>,
}

/// Splits an amount into instalments.
///
/// # Errors
/// `out_of_range` for a negative total or a number of parts outside 1 to 120.
pub fn instalments(request: InstalmentsRequest) -> Result<InstalmentsAnswer, Failure> {
    bounds::amounts(&[("total", request.total)])?;
    let parts = crate::funds::domain::instalments::instalments(request.total, request.n)?;
    Ok(InstalmentsAnswer { instalments: parts })
}
