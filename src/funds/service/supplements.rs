//! Who joins in mid-season is billed for the days that are left, at the price that the founders paid; nobody else's
//! notice changes (fund.md 2.6).

use std::collections::HashSet;

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use num_traits::Zero;
use serde_json::json;

use crate::alliances;
use crate::alliances::Member;
use crate::funds::domain::due;
use crate::funds::domain::exact;
use crate::funds::domain::levy::Days;
use crate::funds::domain::plan;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Taken;
use crate::funds::domain::rounding::Mode;
use crate::funds::domain::state::AssessmentState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::day_in;
use crate::funds::service::lines;
use crate::funds::service::policies;
use crate::funds::service::roll;
use crate::funds::service::roll::Question;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
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
    let joiners = joiners(act, &fund).await?;
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
    let mut rows = Vec::with_capacity(joiners.len());
    let mut wrong = Vec::new();
    let roll = called.entries.iter().zip(&called.members).zip(&joiners);
    for ((entry, member), (_, from)) in roll {
        let days = Days {
            liable: (fund.season_to - *from).num_days() + 1,
            period: (fund.season_to - fund.season_from).num_days() + 1,
        };
        match plan::joining(&known.plan, price(&base), member, days) {
            Ok(None) => {}
            Ok(Some(charge)) => {
                let blank = lines::blank(act, &row, entry, member);
                rows.push(line(blank, charge, *from)?);
            }
            Err(refusal) => wrong.push((member.id.clone(), refusal)),
        }
    }
    if !wrong.is_empty() {
        return Err(called.explain(plan::ChargeRefusal::Members(wrong)));
    }
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

/// The active members that no standing assessment of the fund charges, with their first day in the season.
async fn joiners(act: &Act<'_>, fund: &Fund) -> Result<Vec<(Member, NaiveDate)>, Failure> {
    let mut billed: HashSet<MembershipId> = HashSet::new();
    for row in repo::assessments::standing(act.tx(), fund).await? {
        let lines = repo::assessments::lines(act.tx(), &row).await?;
        billed.extend(lines.into_iter().map(|line| line.membership_id));
    }
    let alliance = alliances::alliance(act.tx(), fund.alliance_id).await?;
    let zone = alliance.map(|a| a.time_zone).unwrap_or_default();
    let members = alliances::active_members(act.tx(), fund.alliance_id).await?;
    let joined = members
        .into_iter()
        .filter(|member| !billed.contains(&member.membership))
        .filter_map(|member| {
            let day = member.joined_at.map(|at| day_in(zone, at));
            let from = day.map_or(fund.season_from, |day| day.max(fund.season_from));
            (from <= fund.season_to).then_some((member, from))
        });
    Ok(joined.collect())
}

/// The price that the founders paid per unit of weight; nothing where all of them sit at a bound.
fn price(base: &Assessment) -> BigRational {
    let stored = base.unit_price.as_deref().and_then(exact::read);
    stored.map_or_else(BigRational::zero, |price| price.0)
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

fn line(
    mut line: AssessmentLine,
    charge: plan::Joining,
    from: NaiveDate,
) -> Result<AssessmentLine, Failure> {
    let amount = Mode::HalfUp.round(&charge.exact).to_i64();
    line.amount_minor = amount
        .filter(|amount| *amount <= MAX_AMOUNT)
        .ok_or(Overflow)?;
    line.exact = charge.exact.to_string();
    line.weight = Some(charge.weight.to_string());
    line.floor_minor = charge.floor;
    line.cap_minor = charge.cap;
    let days = Some(format!("{}/{}", charge.days.liable, charge.days.period));
    let mut steps = charge.steps;
    steps.push(Taken::new("prorate_days", days, &charge.exact));
    line.steps = Some(json!(steps));
    line.liable_from = Some(from);
    Ok(line)
}
