//! Assessments: a budget becomes shares that may be decided on; nobody owes anything yet.

use chrono::NaiveDate;
use serde_json::json;
use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Member;
use crate::alliances::Standing;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::Split;
use crate::funds::domain::apportion::split;
use crate::funds::domain::state;
use crate::funds::domain::state::AssessmentState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::repo::Policy;
use crate::funds::service::policies;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::rational::Exact;
use crate::mandates;
use crate::merchants;
use crate::merchants::Size;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is to be split.
#[derive(Debug, Clone)]
pub struct NewAssessment<'a> {
    pub budget_minor: i64,
    pub policy: LevyPolicyId,
    pub snapshot_date: NaiveDate,
    pub due_on: NaiveDate,
    /// Lines of spending, by name; empty where the budget is one sum.
    pub lines: &'a [(String, i64)],
}

/// An assessment as its readers see it.
#[derive(Debug, Clone)]
pub struct Assessed {
    pub assessment: Assessment,
    pub policy: Policy,
    /// Shares of everybody.
    pub members: usize,
    /// The shares that the reader may see.
    pub lines: Vec<AssessmentLine>,
}

/// Splits a budget among the active members and stores the proposed shares.
///
/// # Errors
/// 404 for a policy of another alliance; 422 for lines that do not add up, members without a size, and every
/// refusal of the split; 409 in a fund that is closing.
pub async fn propose(
    act: &Act<'_>,
    fund: FundId,
    new: &NewAssessment<'_>,
) -> Result<Assessed, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    let policy = repo::policies::find(act.tx(), fund.alliance_id, new.policy)
        .await?
        .ok_or_else(|| Refused::not_found("levy policy"))?;
    act.enter(None).await?;
    check_lines(new)?;
    let members = alliances::active_members(act.tx(), fund.alliance_id).await?;
    let sizes = sizes(act, &policy, &members, new.snapshot_date).await?;
    let payers = payers(&policy, &members, &sizes)?;
    let found = split(new.budget_minor, policy.quantum_minor, &payers)?;
    visible::require_event(&fund, "assess")?;
    let mut row = Assessment {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        policy_id: policy.id,
        budget_minor: new.budget_minor,
        budget_lines: json!(new.lines),
        snapshot_date: new.snapshot_date,
        due_on: new.due_on,
        unit_price: found.price.as_ref().map(ToString::to_string),
        content_hash: Vec::new(),
        state: AssessmentState::Proposed.as_str().to_owned(),
        mandate_id: None,
        version: 1,
        created_by: standing.user,
        created_at: act.now(),
        issued_at: None,
    };
    let lines = lines(act, &row, &members, &sizes, &payers, &found);
    row.content_hash = content_hash(&row, &lines);
    repo::assessments::insert(act.tx(), row.clone(), lines.clone()).await?;
    let data = json!({ "fund_id": fund.id, "budget_minor": new.budget_minor });
    act.record(
        "assessment.proposed",
        Some(fund.alliance_id),
        row.id.0,
        data,
    )
    .await?;
    Ok(Assessed {
        assessment: row,
        policy,
        members: lines.len(),
        lines,
    })
}

fn check_lines(new: &NewAssessment<'_>) -> Result<(), Failure> {
    let total = sum(new.lines.iter().map(|(_, amount)| *amount))?;
    if new.lines.is_empty() || total == new.budget_minor {
        return Ok(());
    }
    let detail = format!(
        "The lines add up to {total}, the budget is {}.",
        new.budget_minor
    );
    Err(Refused::new(&problems::BUDGET_LINES_MISMATCH, detail)
        .with("lines_minor", total)
        .with("budget_minor", new.budget_minor)
        .into())
}

/// The size of every member on the day, as it is known now.
async fn sizes(
    act: &Act<'_>,
    policy: &Policy,
    members: &[Member],
    day: NaiveDate,
) -> Result<Vec<Size>, Failure> {
    let mut sizes = Vec::with_capacity(members.len());
    let mut missing = Vec::new();
    for member in members {
        let size = merchants::size_on(
            act.tx(),
            member.merchant,
            &policy.measure,
            day,
            act.now(),
            policy.accept_declared,
        )
        .await?;
        match size {
            Some(size) => sizes.push(size),
            None => {
                missing.push(json!({ "membership_id": member.membership, "name": member.name }))
            }
        }
    }
    if missing.is_empty() {
        return Ok(sizes);
    }
    let detail = format!(
        "{} members have no {} on {day}.",
        missing.len(),
        policy.measure
    );
    Err(Refused::new(&problems::MEASURE_MISSING, detail)
        .with("measure", policy.measure.as_str())
        .with("members", missing)
        .into())
}

fn payers(policy: &Policy, members: &[Member], sizes: &[Size]) -> Result<Vec<Payer>, Failure> {
    let overrides: HashMap<_, _> = policies::overrides(policy)?
        .into_iter()
        .map(|bounds| (bounds.membership_id, bounds))
        .collect();
    let payer = |(member, size): (&Member, &Size)| {
        let own = overrides.get(&member.membership);
        Payer {
            id: member.membership.to_string(),
            weight: Exact::whole(size.value),
            floor: own
                .and_then(|b| b.floor_minor)
                .or(policy.floor_minor)
                .unwrap_or(0),
            cap: own.and_then(|b| b.cap_minor).or(policy.cap_minor),
        }
    };
    Ok(members.iter().zip(sizes).map(payer).collect())
}

fn lines(
    act: &Act<'_>,
    assessment: &Assessment,
    members: &[Member],
    sizes: &[Size],
    payers: &[Payer],
    split: &Split,
) -> Vec<AssessmentLine> {
    let line = |(index, share): (usize, &crate::funds::domain::apportion::Share)| {
        let (member, size, payer) = (&members[index], &sizes[index], &payers[index]);
        let exact = split.exact(index, &payer.weight).map(Exact);
        AssessmentLine {
            id: act.fresh(),
            alliance_id: assessment.alliance_id,
            assessment_id: assessment.id,
            membership_id: member.membership,
            merchant_name: member.name.clone(),
            size: size.value,
            size_fact_id: size.id,
            size_status: size.status.as_str().to_owned(),
            floor_minor: payer.floor,
            cap_minor: payer.cap,
            exact: exact
                .unwrap_or_else(|| Exact::whole(share.amount))
                .to_string(),
            amount_minor: share.amount,
        }
    };
    split.shares.iter().enumerate().map(line).collect()
}

/// What a decision on an assessment decides: everything that the notices will say.
fn content_hash(row: &Assessment, lines: &[AssessmentLine]) -> Vec<u8> {
    let shares: Vec<_> = lines
        .iter()
        .map(|line| json!({ "membership_id": line.membership_id, "amount_minor": line.amount_minor }))
        .collect();
    mandates::content_hash(&json!({
        "assessment_id": row.id,
        "fund_id": row.fund_id,
        "policy_id": row.policy_id,
        "budget_minor": row.budget_minor,
        "budget_lines": row.budget_lines,
        "snapshot_date": row.snapshot_date,
        "due_on": row.due_on,
        "shares": shares,
    }))
}

/// Gives up an assessment before anything was billed.
///
/// # Errors
/// 409 once it is issued or cancelled.
pub async fn cancel(act: &Act<'_>, id: AssessmentId) -> Result<Assessed, Failure> {
    let (_, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "cancel")?;
    AssessmentState::Cancelled
        .as_str()
        .clone_into(&mut row.state);
    row.version += 1;
    repo::assessments::update(act.tx(), &row).await?;
    act.record(
        "assessment.cancelled",
        Some(row.alliance_id),
        row.id.0,
        json!({}),
    )
    .await?;
    assessed(act.tx(), row, &standing).await
}

/// An assessment and its fund, both locked, as the caller may change them.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn to_change(
    act: &Act<'_>,
    id: AssessmentId,
) -> Result<(Fund, Assessment, Standing), Failure> {
    let none = || Refused::not_found("assessment");
    let seen = repo::assessments::find(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::assessments::lock(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    Ok((fund, row, standing))
}

/// Passes an event that the assessment's state allows.
///
/// # Errors
/// `illegal_transition`.
pub fn require_event(row: &Assessment, event: &str) -> Result<(), Failure> {
    let state = AssessmentState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("assessment {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

/// The assessments of a fund, without their shares.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Assessment>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::assessments::list(look.reader(), fund.alliance_id, fund.id, page).await?)
}

/// An assessment with the shares that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: AssessmentId) -> Result<Assessed, Failure> {
    let row = repo::assessments::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("assessment"))?;
    let standing = alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    assessed(look.reader(), row, &standing).await
}

/// Joins an assessment with its policy and the shares that the caller may see.
///
/// # Errors
/// When the database fails.
pub async fn assessed(
    c: &impl ConnectionTrait,
    assessment: Assessment,
    standing: &Standing,
) -> Result<Assessed, Failure> {
    let policy = repo::policies::find(c, assessment.alliance_id, assessment.policy_id)
        .await?
        .ok_or_else(|| anyhow::anyhow!("assessment {} has no policy", assessment.id))?;
    let mut lines = repo::assessments::lines(c, &assessment).await?;
    let members = lines.len();
    if let Some(mine) = visible::lines_of(standing) {
        lines.retain(|line| mine.contains(&line.membership_id));
    }
    Ok(Assessed {
        assessment,
        policy,
        members,
        lines,
    })
}
