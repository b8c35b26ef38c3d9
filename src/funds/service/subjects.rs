//! The documents of funds that wait for a decision, as subjects of ballots: one arm per matter.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::funds::domain::state::AssessmentState;
use crate::funds::repo;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::mandates::Matter;
use crate::mandates::Subject;

/// The subject `id` of a decision on `matter`; `None` where the alliance has none that is still to be decided.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: Matter,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    match matter {
        Matter::SeasonBudget => assessment(c, alliance, AssessmentId(id)).await,
        _ => Ok(None),
    }
}

/// A proposed assessment; it weighs by what each member would be billed.
async fn assessment(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: AssessmentId,
) -> Result<Option<Subject>, Failure> {
    let proposed = AssessmentState::Proposed.as_str();
    let row = repo::assessments::find(c, id).await?;
    let Some(row) = row.filter(|a| a.alliance_id == alliance && a.state == proposed) else {
        return Ok(None);
    };
    let Some(fund) = repo::funds::find(c, row.fund_id).await? else {
        return Ok(None);
    };
    let budget = format_minor(row.budget_minor, visible::currency_of(&fund)?);
    let lines = repo::assessments::lines(c, &row).await?;
    Ok(Some(Subject {
        title: format!("{}: {budget} {}", fund.code, fund.currency),
        content_hash: row.content_hash,
        weights: lines
            .into_iter()
            .map(|line| (line.membership_id, line.amount_minor))
            .collect(),
        ..Subject::default()
    }))
}
