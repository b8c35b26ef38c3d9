//! Calculator `refund`: who gets what of the money that was not spent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::refund::Contribution;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::domain::refund::RefundLine;
use crate::kernel::problem::Failure;

/// What is left, and what everybody paid.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"unspent": 200_000, "members": [{"id": "a", "paid": 5_000_000}, {"id": "b", "paid": 400_000}]}))]
pub struct RefundRequest {
    /// Always `refund`.
    pub kind: Option<RefundKind>,
    /// Minor units to give back.
    pub unspent: i64,
    /// Below this many minor units a refund is not sent.
    #[serde(default)]
    pub de_minimis: i64,
    /// What happens below the limit.
    #[serde(default)]
    pub de_minimis_mode: DeMinimisMode,
    /// The members, in any order.
    #[schema(max_items = 100_000)]
    pub members: Vec<Contribution>,
}

/// The kind of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundKind {
    Refund,
}

/// The refund, in minor units: `cash_total + offset_total + rolled_over` is the unspent amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundAnswer {
    /// One entry per member.
    pub members: BTreeMap<String, RefundedMember>,
    /// What stays as the members' credit, or everything where nobody is refunded.
    pub rolled_over: i64,
    /// Paid out.
    pub cash_total: i64,
    /// Set off against arrears.
    pub offset_total: i64,
}

/// One member's refund in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefundedMember {
    /// The member's part of the unspent money.
    pub share: i64,
    /// Set off against arrears.
    pub offset: i64,
    /// Paid out.
    pub cash: i64,
    /// Kept as credit.
    pub carried: i64,
}

/// Divides unspent money.
///
/// # Errors
/// `too_complex`, `out_of_range`, `negative_unspent`, `refund_exceeds_paid`, `negative_amount`,
/// `duplicate_member`.
pub fn refund(request: RefundRequest) -> Result<RefundAnswer, Failure> {
    bounds::at_most(request.members.len(), bounds::MAX_MEMBERS, "members")?;
    bounds::amounts(&[("unspent", request.unspent)])?;
    let found = crate::funds::domain::refund::refund(
        request.unspent,
        &request.members,
        request.de_minimis,
        request.de_minimis_mode,
    )?;
    Ok(RefundAnswer {
        members: found.lines.into_iter().map(entry).collect(),
        rolled_over: found.rolled_over,
        cash_total: found.cash_total,
        offset_total: found.offset_total,
    })
}

fn entry(line: RefundLine) -> (String, RefundedMember) {
    let refunded = RefundedMember {
        share: line.share,
        offset: line.offset,
        cash: line.cash,
        carried: line.carried,
    };
    (line.id, refunded)
}
