//! Assessments: a policy becomes shares that may be decided on; nobody owes anything yet.

use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::due;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::state;
use crate::funds::domain::state::AssessmentState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::repo::Policy;
use crate::funds::service::lines;
use crate::funds::service::policies;
use crate::funds::service::roll;
use crate::funds::service::roll::Question;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mandates;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Shares that an answer holds; the rest is read page by page.
pub const SHARES_SHOWN: usize = 1_000;

/// A tax line that notices print; the amounts are data, nothing is computed (fund.md 7.9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    pub label: String,
    pub rate: String,
    /// Tax contained in or due with each notice, by membership.
    pub amounts: Vec<(MembershipId, i64)>,
}

/// What is to be charged.
#[derive(Debug, Clone)]
pub struct NewAssessment<'a> {
    /// What a budget policy splits; absent for a rate.
    pub budget_minor: Option<i64>,
    pub policy: LevyPolicyId,
    pub snapshot_date: NaiveDate,
    /// When the first part is due.
    pub due_on: NaiveDate,
    /// When each part is due; a month apart where empty.
    pub instalments_due_on: &'a [NaiveDate],
    /// Lines of spending, by name; empty where the budget is one sum.
    pub lines: &'a [(String, i64)],
    pub tax: Option<&'a Tax>,
}

/// An assessment as its readers see it.
#[derive(Debug, Clone)]
pub struct Assessed {
    pub assessment: Assessment,
    pub policy: Policy,
    /// Shares of everybody.
    pub members: usize,
    /// The first of the shares that the reader may see.
    pub lines: Vec<AssessmentLine>,
}

/// Charges the active members under a policy and stores the proposed shares.
///
/// # Errors
/// 404 for a policy of another alliance; 422 for lines that do not add up, members that cannot be charged, and
/// every refusal of the split; 409 in a fund that is closing, or `policy_not_adopted`.
pub async fn propose(
    act: &Act<'_>,
    fund: FundId,
    new: &NewAssessment<'_>,
) -> Result<Assessed, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    let known = policies::find(act.tx(), fund.alliance_id, new.policy).await?;
    act.enter(None).await?;
    let days = due_days(new, &known.plan)?;
    let question = Question {
        alliance: &standing.alliance,
        plan: &known.plan,
        day: new.snapshot_date,
        known_at: act.now(),
        season: Some((fund.season_from, fund.season_to)),
    };
    let members = alliances::active_members(act.tx(), fund.alliance_id).await?;
    let mut roll = roll::call(act.tx(), question, members).await?;
    let charged = roll::charge(&known.plan, new.budget_minor, &mut roll)
        .await?
        .map_err(|refusal| roll.explain(refusal))?;
    check_total(new, charged.total)?;
    visible::require_event(&fund, "assess")?;
    policies::require_usable(act.tx(), &known.policy).await?;
    let row = Assessment {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        policy_id: known.policy.id,
        budget_minor: charged.total,
        budget_lines: json!(new.lines),
        snapshot_date: new.snapshot_date,
        due_on: new.due_on,
        unit_price: charged.price.as_ref().map(ToString::to_string),
        content_hash: Vec::new(),
        state: AssessmentState::Proposed.as_str().to_owned(),
        mandate_id: None,
        version: 1,
        created_by: standing.user,
        created_at: act.now(),
        issued_at: None,
        kind: "season".to_owned(),
        supplements: None,
        instalments: (days.len() > 1).then(|| json!(days)),
        tax: new.tax.map(|tax| json!(tax)),
    };
    let by_rate = matches!(known.plan.method, Method::Rate(_));
    let shares: Vec<(MembershipId, i64)> = roll
        .entries
        .iter()
        .zip(&charged.lines)
        .filter(|(_, line)| by_rate || !line.exempt)
        .map(|(entry, line)| (entry.member.membership, line.amount))
        .collect();
    let about = row.clone();
    let lines = lines::lines(act, &about, &known.plan, roll, charged);
    store(act, row, &shares, lines, known.policy).await
}

/// Stores a new assessment with its lines, a few at a time, and answers it with the first of them; `shares` are the
/// amounts of all of them.
///
/// # Errors
/// When the database refuses, or the lines do not add up to the assessment (F8).
pub async fn store(
    act: &Act<'_>,
    mut row: Assessment,
    shares: &[(MembershipId, i64)],
    lines: impl Iterator<Item = AssessmentLine>,
    policy: Policy,
) -> Result<Assessed, Failure> {
    let total = sum(shares.iter().map(|(_, amount)| *amount))?;
    if total != row.budget_minor {
        return Err(anyhow::anyhow!("shares of {total} for {}", row.budget_minor).into());
    }
    row.content_hash = content_hash(&row, shares);
    repo::assessments::insert(act.tx(), &row).await?;
    let mut shown = Vec::new();
    let mut some = Vec::with_capacity(repo::INSERT_ROWS);
    for line in lines {
        if shown.len() < SHARES_SHOWN {
            shown.push(line.clone());
        }
        some.push(line);
        if some.len() == repo::INSERT_ROWS {
            repo::assessments::insert_lines(act.tx(), &some).await?;
            some.clear();
        }
    }
    repo::assessments::insert_lines(act.tx(), &some).await?;
    let data =
        json!({ "fund_id": row.fund_id, "budget_minor": row.budget_minor, "kind": row.kind });
    let alliance = Some(row.alliance_id);
    act.record("assessment.proposed", alliance, row.id.0, data)
        .await?;
    Ok(Assessed {
        assessment: row,
        policy,
        members: shares.len(),
        lines: shown,
    })
}

/// The days on which the parts of each notice are due.
fn due_days(new: &NewAssessment<'_>, plan: &Plan) -> Result<Vec<NaiveDate>, Failure> {
    let count = plan.terms.instalments;
    if new.instalments_due_on.is_empty() {
        return Ok(due::monthly(new.due_on, count));
    }
    let at = "#/instalments_due_on";
    let days = new.instalments_due_on;
    if i64::try_from(days.len()) != Ok(count) {
        let detail = format!("The policy has {count} instalments; name a day for each.");
        return Err(Refused::field(at, "wrong_number", detail).into());
    }
    let ascending = days.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || days.first() != Some(&new.due_on) {
        let detail = "The days ascend, and the first of them is 'due_on'.";
        return Err(Refused::field(at, "not_ascending", detail).into());
    }
    Ok(days.to_vec())
}

fn check_total(new: &NewAssessment<'_>, total: i64) -> Result<(), Failure> {
    if total < 1 {
        let detail = "Nobody would owe anything under this policy.";
        return Err(Refused::new(&problems::NOTHING_TO_BILL, detail).into());
    }
    let lines = sum(new.lines.iter().map(|(_, amount)| *amount))?;
    if new.lines.is_empty() || lines == total {
        return Ok(());
    }
    let detail = format!("The lines add up to {lines}, the budget is {total}.");
    Err(Refused::new(&problems::BUDGET_LINES_MISMATCH, detail)
        .with("lines_minor", lines)
        .with("budget_minor", total)
        .into())
}

/// What a decision on an assessment decides: everything that the notices will say.
fn content_hash(row: &Assessment, shares: &[(MembershipId, i64)]) -> Vec<u8> {
    let mut listed = String::with_capacity(shares.len() * 48);
    for (membership, amount) in shares {
        listed.push_str(&format!("{membership} {amount}\n"));
    }
    mandates::content_hash(&json!({
        "assessment_id": row.id,
        "fund_id": row.fund_id,
        "policy_id": row.policy_id,
        "budget_minor": row.budget_minor,
        "budget_lines": row.budget_lines,
        "snapshot_date": row.snapshot_date,
        "due_on": row.due_on,
        "instalments": row.instalments,
        "tax": row.tax,
        "shares": listed,
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

/// An assessment with the first of the shares that the caller may see.
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

/// Joins an assessment with its policy and the first of the shares that the caller may see.
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
    let page = Page {
        limit: SHARES_SHOWN as u64,
        after: None,
    };
    let mine = visible::lines_of(standing);
    let found = repo::assessments::page_of_lines(c, &assessment, mine.as_deref(), page).await?;
    Ok(Assessed {
        members: repo::assessments::count_lines(c, &assessment).await?,
        lines: found.items,
        assessment,
        policy,
    })
}
