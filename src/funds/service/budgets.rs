//! What other slices may know of the money that pays for their plans.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde::Deserialize;

use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::state::FundState;
use crate::funds::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;

/// A fund in short.
#[derive(Debug, Clone)]
pub struct FundBrief {
    pub id: FundId,
    pub state: FundState,
}

/// An assessment in short.
#[derive(Debug, Clone)]
pub struct AssessmentBrief {
    pub fund: FundId,
    /// Last day on which its notices may be paid.
    pub due_on: NaiveDate,
    /// In minor units.
    pub budget_minor: i64,
    pub lines: Vec<BudgetLine>,
}

/// A line of a budget, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BudgetLine {
    pub line: String,
    pub amount_minor: i64,
}

impl FundBrief {
    /// Whether it still pays for something new.
    pub const fn takes_plans(&self) -> bool {
        !matches!(
            self.state,
            FundState::Closing | FundState::Settled | FundState::Closed
        )
    }
}

/// A fund of an alliance.
///
/// # Errors
/// When the database fails.
pub async fn fund_brief(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: FundId,
) -> Result<Option<FundBrief>, Failure> {
    let row = repo::funds::find(c, id).await?;
    let Some(row) = row.filter(|row| row.alliance_id == alliance) else {
        return Ok(None);
    };
    let state = FundState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("fund {id} has the state '{}'", row.state))?;
    Ok(Some(FundBrief { id, state }))
}

/// An assessment of an alliance that was not given up.
///
/// # Errors
/// When the database fails.
pub async fn assessment_brief(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: AssessmentId,
) -> Result<Option<AssessmentBrief>, Failure> {
    let row = repo::assessments::find(c, id).await?;
    let lives = |row: &repo::Assessment| {
        row.alliance_id == alliance && row.state != AssessmentState::Cancelled.as_str()
    };
    Ok(row.filter(lives).map(|row| AssessmentBrief {
        fund: row.fund_id,
        due_on: row.due_on,
        budget_minor: row.budget_minor,
        lines: serde_json::from_value(row.budget_lines).unwrap_or_default(),
    }))
}
