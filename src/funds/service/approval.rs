//! Approval: a mandate for a season's budget makes an assessment billable; nothing else does.

use serde_json::json;
use uuid::Uuid;

use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::state::FundState;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::Fund;
use crate::funds::service::funds;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;

/// Reacts to mandates.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer {
        topic: mandates::ISSUED,
        name: "funds.approve_assessment",
        run: |ctx, event| Box::pin(async move { on_mandate(&ctx, &event).await }),
    }]
}

async fn on_mandate(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let subject = event.payload["subject_id"].as_str();
    let id: Option<AssessmentId> = subject.and_then(|text| text.parse().ok());
    let ours = event.payload["matter"] == Matter::SeasonBudget.as_str();
    let (true, Some(id), Some(alliance)) = (ours, id, event.alliance) else {
        return Ok(());
    };
    act::perform_as_system(ctx, "approve_assessment", async |act| {
        let seen = repo::assessments::find(act.tx(), id).await?;
        let Some(seen) = seen.filter(|row| row.alliance_id == alliance) else {
            return Ok(());
        };
        let mut fund = visible::locked(act, seen.fund_id).await?;
        let row = repo::assessments::lock(act.tx(), id).await?;
        // Run twice, or issued meanwhile: there is nothing left to approve.
        match row.filter(|row| row.state == AssessmentState::Proposed.as_str()) {
            Some(mut row) => approve(act, &mut fund, &mut row).await,
            None => Ok(()),
        }
    })
    .await?;
    Ok(())
}

/// Approves a proposed assessment by the mandate for exactly its content; the fund then counts as voted.
///
/// # Errors
/// 409 `mandate_missing`.
pub async fn approve(act: &Act<'_>, fund: &mut Fund, row: &mut Assessment) -> Result<(), Failure> {
    let subject: Uuid = row.id.0;
    let matter = Matter::SeasonBudget;
    let mandate =
        mandates::consume(act, row.alliance_id, matter, subject, &row.content_hash).await?;
    AssessmentState::Approved
        .as_str()
        .clone_into(&mut row.state);
    row.mandate_id = Some(mandate);
    row.version += 1;
    repo::assessments::update(act.tx(), row).await?;
    if fund.state == FundState::Planned.as_str() {
        funds::move_to(act, fund, FundState::Voted).await?;
    }
    let data = json!({ "mandate_id": mandate });
    act.record("assessment.approved", Some(row.alliance_id), subject, data)
        .await?;
    Ok(())
}
