//! Who joins in mid-season is billed for the days that are left, at the price that the founders paid; nobody else's
//! notice changes (fund.md 2.6).

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Member;
use crate::funds::domain::due;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::state::AssessmentState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::joiners;
use crate::funds::service::policies;
use crate::funds::service::roll;
use crate::funds::service::roll::Question;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;

/// How joiners are billed.
#[derive(Debug, Clone, Copy)]
pub struct NewSupplement {
    /// Sizes count as of this day.
    pub snapshot_date: NaiveDate,
    pub due_on: NaiveDate,
}

/// Bills every active member that the fund has not billed yet for the days of the season from its joining on. The
/// decision on the season's assessment covers it: the price and the policy are the same, so that it is approved at
/// once and waits for the treasurer.
///
/// # Errors
/// 409 `illegal_transition` before the season's assessment is issued; 422 `not_offered` where the policy locks no
/// price, `nothing_to_bill` where nobody joined, and members that cannot be charged.
pub async fn propose(
    act: &Act<'_>,
    id: AssessmentId,
    new: NewSupplement,
) -> Result<Assessed, Failure> {
    let (fund, base, standing) = assessments::to_change(act, id).await?;
    act.enter(None).await?;
    let known = policies::find(act.tx(), fund.alliance_id, base.policy_id).await?;
    if !known.plan.terms.lock_unit_price {
        let detail = "This policy locks no price: who joins is billed by the true-up at the close.";
        return Err(Refused::new(&kinds::NOT_OFFERED, detail).into());
    }
    let season_issued = base.kind == "season" && base.state == AssessmentState::Issued.as_str();
    if !season_issued {
        return Err(Refused::illegal_transition(&base.state, "supplement", &[]).into());
    }
    visible::require_event(&fund, "assess")?;
    let active = alliances::active_members(act.tx(), fund.alliance_id).await?;
    let known_bills = repo::assessments::standing(act.tx(), &fund).await?;
    let (plan, alliance) = (&known.plan, &standing.alliance);
    let joiners = joiners::unbilled(act.tx(), &fund, alliance, &known_bills, active).await?;
    let founders = repo::assessments::lines(act.tx(), &base).await?;
    let locked = joiners::locked(act.tx(), alliance, &base, plan, &founders).await?;
    let question = Question {
        alliance: &standing.alliance,
        plan: &known.plan,
        day: new.snapshot_date,
        known_at: act.now(),
        season: Some((fund.season_from, fund.season_to)),
    };
    let members: Vec<Member> = joiners.iter().map(|(member, _)| member.clone()).collect();
    let called = roll::call(act.tx(), question, members).await?;
    let mut row = supplement(act, &base, new, &known.plan);
    row.created_by = standing.user;
    let from: Vec<NaiveDate> = joiners.iter().map(|(_, from)| *from).collect();
    let rows = joiners::charged(act, &fund, &row, (plan, &locked), &called, &from)?;
    row.budget_minor = sum(rows.iter().map(|line| line.amount_minor))?;
    if row.budget_minor < 1 {
        let detail =
            "Nobody joined whom the fund has not billed yet, or nobody would owe anything.";
        return Err(Refused::new(&problems::NOTHING_TO_BILL, detail).into());
    }
    let shares: Vec<(MembershipId, i64)> = rows
        .iter()
        .map(|line| (line.membership_id, line.amount_minor))
        .collect();
    assessments::store(act, row, &shares, rows.into_iter(), known.policy).await
}

fn supplement(act: &Act<'_>, base: &Assessment, new: NewSupplement, plan: &Plan) -> Assessment {
    let days = due::monthly(new.due_on, plan.terms.instalments);
    Assessment {
        id: act.fresh(),
        budget_minor: 0,
        budget_lines: json!([]),
        snapshot_date: new.snapshot_date,
        due_on: new.due_on,
        unit_price: base
            .unit_price
            .clone()
            .filter(|_| matches!(plan.method, Method::Budget(_))),
        state: AssessmentState::Approved.as_str().to_owned(),
        version: 1,
        created_at: act.now(),
        issued_at: None,
        kind: "supplement".to_owned(),
        supplements: Some(base.id),
        instalments: (days.len() > 1).then(|| json!(days)),
        tax: None,
        ..base.clone()
    }
}
