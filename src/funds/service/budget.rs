//! The lines of a fund's voted budget: money is spent on what was decided.

use sea_orm::ConnectionTrait;

use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;

/// Passes a line of the voted budget; where the budgets that were voted name no lines, any.
///
/// # Errors
/// 422 `budget_line_unknown` with the lines that there are.
pub async fn require_line(
    c: &impl ConnectionTrait,
    fund: &Fund,
    line: &str,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for budget in repo::assessments::voted_budgets(c, fund).await? {
        let named: Vec<(String, i64)> = serde_json::from_value(budget)
            .map_err(|error| anyhow::anyhow!("budget lines of fund {}: {error}", fund.id))?;
        lines.extend(named.into_iter().map(|(name, _)| name));
    }
    if lines.is_empty() || lines.iter().any(|known| known == line) {
        return Ok(());
    }
    let detail = format!("The voted budget has no line '{line}'.");
    let at = FieldError::new("#/line", "budget_line_unknown", detail.clone());
    Err(Refused::new(&problems::BUDGET_LINE_UNKNOWN, detail)
        .with("line", line)
        .with("lines", lines)
        .with_errors(vec![at])
        .into())
}
