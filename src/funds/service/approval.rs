//! Approval: a mandate for a season's budget makes an assessment billable; nothing else does.

use serde_json::json;
use uuid::Uuid;

use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;

use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::state::FundState;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::Fund;
use crate::funds::service::funds;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;

/// What a ballot on an assessment asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotSubject {
    /// The question in a few words.
    pub title: String,
    /// What exactly is decided; a mandate carries it.
    pub content_hash: Vec<u8>,
    /// Proposed notice amount of every member in minor units: the weights of an alliance's first season.
    pub weights: BTreeMap<MembershipId, i64>,
}

/// An assessment as the subject of a ballot; `None` where the alliance has none with this id that is still
/// to be decided.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: AssessmentId,
) -> Result<Option<BallotSubject>, Failure> {
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
    Ok(Some(BallotSubject {
        title: format!("{}: {budget} {}", fund.code, fund.currency),
        content_hash: row.content_hash,
        weights: lines
            .into_iter()
            .map(|line| (line.membership_id, line.amount_minor))
            .collect(),
    }))
}

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
