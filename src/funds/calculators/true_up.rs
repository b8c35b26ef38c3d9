//! Calculator `true-up`: bills during a season, final amounts at its close, and the notes between them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::true_up::LeaverLiability;
use crate::funds::domain::true_up::Stay;
use crate::funds::domain::true_up::TrueUpLine;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;

/// A season and who was in it when.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"budget": 1_200_000, "season_days": 120, "members": [{"id": "a", "weight": 3, "from_day": 1, "to_day": 120}, {"id": "b", "weight": 1, "from_day": 61, "to_day": 120}]}))]
pub struct TrueUpRequest {
    /// Always `true_up`.
    pub kind: Option<TrueUpKind>,
    /// Minor units to split.
    pub budget: i64,
    /// Length of the season.
    pub season_days: i64,
    /// For which days somebody who leaves still pays; by default until the exit.
    pub leaver_liability: Option<LeaverLiability>,
    /// The members, in any order.
    #[schema(max_items = 100_000)]
    pub members: Vec<Stay>,
}

/// The kind of a true-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrueUpKind {
    TrueUp,
}

/// Minor units by member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrueUpAnswer {
    /// Billed during the season.
    pub provisional: BTreeMap<String, i64>,
    /// Owed in the end; adds up to the budget.
    #[serde(rename = "final")]
    pub last: BTreeMap<String, i64>,
    /// Final less provisional: positive is a debit note, negative a credit note.
    pub adjustment: BTreeMap<String, i64>,
    /// All adjustments together.
    pub adjustment_sum: i64,
}

/// Trues up a season.
///
/// # Errors
/// `too_complex`, `out_of_range`, `days_out_of_season`, and every refusal of the split.
pub fn true_up(request: TrueUpRequest) -> Result<TrueUpAnswer, Failure> {
    bounds::at_most(request.members.len(), bounds::MAX_MEMBERS, "members")?;
    bounds::amounts(&[("budget", request.budget)])?;
    let liability = request
        .leaver_liability
        .unwrap_or(LeaverLiability::UntilExit);
    let lines = crate::funds::domain::true_up::true_up(
        request.budget,
        request.season_days,
        &request.members,
        liability,
    )?;
    let by_id = |amount: fn(&TrueUpLine) -> i64| {
        let pair = |line: &TrueUpLine| (line.id.clone(), amount(line));
        lines.iter().map(pair).collect::<BTreeMap<_, _>>()
    };
    Ok(TrueUpAnswer {
        provisional: by_id(|line| line.provisional),
        last: by_id(|line| line.last),
        adjustment: by_id(|line| line.adjustment),
        adjustment_sum: sum(lines.iter().map(|line| line.adjustment))?,
    })
}
