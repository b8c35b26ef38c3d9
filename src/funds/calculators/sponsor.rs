//! Calculators `sponsor-match` and `fund-closing`: a sponsor's money coming in and going back.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::sponsor;
use crate::funds::domain::sponsor::Closing;
use crate::funds::domain::sponsor::ReturnOrder;
use crate::kernel::problem::Failure;
use crate::kernel::rational::Exact;

/// What the members paid, and the sponsor's deal.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"eligible": 4_876_459, "ratio": "1/2", "cap": 2_000_000}))]
pub struct SponsorMatchRequest {
    /// Always `sponsor_match`.
    pub kind: Option<SponsorMatchKind>,
    /// Cash levies received, in minor units.
    pub eligible: i64,
    /// What the sponsor adds per unit received.
    pub ratio: Exact,
    /// Most the sponsor adds, in minor units.
    pub cap: Option<i64>,
    /// What the sponsor's programme has accrued, in minor units.
    pub accrued: Option<i64>,
}

/// The kind of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SponsorMatchKind {
    SponsorMatch,
}

/// What the sponsor adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct SponsorMatchAnswer {
    /// Minor units.
    #[serde(rename = "match")]
    pub matched: i64,
}

/// Computes a sponsor's match.
///
/// # Errors
/// `out_of_range`, `negative_amount`, `overflow`.
pub fn sponsor_match(request: SponsorMatchRequest) -> Result<SponsorMatchAnswer, Failure> {
    bounds::amounts(&[
        ("eligible", request.eligible),
        ("cap", request.cap.unwrap_or(0)),
        ("accrued", request.accrued.unwrap_or(0)),
    ])?;
    let matched = sponsor::sponsor_match(
        request.eligible,
        &request.ratio,
        request.cap,
        request.accrued,
    )?;
    bounds::amounts(&[("match", matched)])?;
    Ok(SponsorMatchAnswer { matched })
}

/// What came into a fund and what was spent, in minor units.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"members_cash": 4_876_459, "sponsor_cash": 2_000_000, "spent": 5_461_111}))]
pub struct FundClosingRequest {
    /// Always `close_fund`.
    pub kind: Option<FundClosingKind>,
    /// Cash from members.
    pub members_cash: i64,
    /// Cash from the sponsor.
    pub sponsor_cash: i64,
    /// Cash spent.
    pub spent: i64,
    /// Whose money comes back first.
    #[serde(default)]
    pub order: ReturnOrder,
}

/// The kind of a closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundClosingKind {
    CloseFund,
}

/// Divides what is left of a fund between sponsor and members.
///
/// # Errors
/// `out_of_range`, `negative_amount`, `overspent`.
pub fn fund_closing(request: FundClosingRequest) -> Result<Closing, Failure> {
    bounds::amounts(&[
        ("members_cash", request.members_cash),
        ("sponsor_cash", request.sponsor_cash),
        ("spent", request.spent),
    ])?;
    let closing = sponsor::close_fund(
        request.members_cash,
        request.sponsor_cash,
        request.spent,
        request.order,
    )?;
    Ok(closing)
}
