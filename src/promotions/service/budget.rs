//! The money behind a promotion: a fund of the alliance, and the assessment and line that pay for it.

use crate::funds;
use crate::funds::AssessmentBrief;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::db::Tx;
use crate::promotions::domain::terms::Terms;
use crate::promotions::problems;
use crate::promotions::repo::Promotion;

/// Checks what a promotion says about its money, and takes the due date of its levy over into the terms.
///
/// # Errors
/// `budget_unknown` for what the alliance does not have; `budget_too_large` with both amounts.
pub async fn check(tx: &Tx, row: &Promotion, terms: &mut Terms) -> Result<(), Failure> {
    if let Some(fund) = row.budget_fund_id {
        let found = funds::fund_brief(tx, row.alliance_id, fund).await?;
        if found.is_none() {
            return Err(unknown("#/budget_fund_id", "fund").into());
        }
    }
    let Some(id) = terms.budget_assessment_id else {
        return Ok(());
    };
    let found = funds::assessment_brief(tx, row.alliance_id, id).await?;
    let Some(assessment) = found.filter(|found| Some(found.fund) == row.budget_fund_id) else {
        return Err(unknown("#/budget_assessment_id", "assessment of this fund").into());
    };
    let most = available(&assessment, terms)?;
    if let Some(wanted) = terms.budget_minor.filter(|wanted| *wanted > most) {
        let detail = "The promotion may cost more than the assessment raises for it.";
        return Err(Refused::new(&problems::BUDGET_TOO_LARGE, detail)
            .with("budget_minor", wanted)
            .with("available_minor", most)
            .with("excess_minor", wanted - most)
            .into());
    }
    terms.levy_due = terms.levy_due.max(Some(assessment.due_on));
    Ok(())
}

/// What the named line has, or the whole budget.
fn available(assessment: &AssessmentBrief, terms: &Terms) -> Result<i64, Refused> {
    let Some(wanted) = &terms.budget_line else {
        return Ok(assessment.budget_minor);
    };
    let mut lines = assessment.lines.iter();
    lines
        .find(|line| &line.line == wanted)
        .map(|line| line.amount_minor)
        .ok_or_else(|| unknown("#/budget_line", "line in this budget"))
}

fn unknown(pointer: &str, what: &str) -> Refused {
    let detail = format!("The alliance has no such {what}.");
    let error =
        crate::kernel::problem::FieldError::new(pointer, problems::BUDGET_UNKNOWN.code, &*detail);
    Refused::new(&problems::BUDGET_UNKNOWN, detail).with_errors(vec![error])
}

/// Passes a promotion whose fund still takes plans, or that has none.
///
/// # Errors
/// 409 `fund_not_open`.
pub async fn require_open(tx: &Tx, row: &Promotion) -> Result<(), Failure> {
    let Some(id) = row.budget_fund_id else {
        return Ok(());
    };
    match funds::fund_brief(tx, row.alliance_id, id).await? {
        Some(fund) if !fund.takes_plans() => {
            let detail = "The fund of this promotion is being closed; name another.";
            Err(Refused::new(&problems::FUND_NOT_OPEN, detail)
                .with("fund_id", id.to_string())
                .with("state", fund.state.as_str())
                .into())
        }
        _ => Ok(()),
    }
}
