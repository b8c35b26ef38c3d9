//! Who came after a season was billed: the members that no assessment charges, and what they owe at the price that
//! the founders paid.

use std::collections::BTreeMap;
use std::collections::HashSet;

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use num_traits::Zero;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Member;
use crate::funds::domain::exact;
use crate::funds::domain::levy::Days;
use crate::funds::domain::plan;
use crate::funds::domain::plan::Locked;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Taken;
use crate::funds::domain::plan::Weights;
use crate::funds::domain::rounding::Mode;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::service::day_in;
use crate::funds::service::lines;
use crate::funds::service::roll::Roll;
use crate::funds::service::roll::Used;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// A member that is not billed yet, with its first day in the season.
pub type Joiner = (Member, NaiveDate);

/// Those of `members` that none of the fund's `assessments` charges and that came before the season was over, in their
/// order.
///
/// # Errors
/// When the database fails.
pub async fn unbilled(
    c: &impl ConnectionTrait,
    fund: &Fund,
    alliance: &Alliance,
    assessments: &[Assessment],
    members: Vec<Member>,
) -> Result<Vec<Joiner>, Failure> {
    let mut billed: HashSet<MembershipId> = HashSet::new();
    for row in assessments {
        let lines = repo::assessments::lines(c, row).await?;
        billed.extend(lines.into_iter().map(|line| line.membership_id));
    }
    let zone = alliance.time_zone;
    let joined = members
        .into_iter()
        .filter(|member| !billed.contains(&member.membership))
        .filter_map(|member| {
            let day = member.joined_at.map(|at| day_in(zone, at));
            let from = day.map_or(fund.season_from, |day| day.max(fund.season_from));
            let left = member.ended_at.map(|at| day_in(zone, at));
            let was_there = left.is_none_or(|left| left >= from);
            (was_there && from <= fund.season_to).then_some((member, from))
        });
    Ok(joined.collect())
}

/// Everybody who may owe a part of a season that an assessment billed at its time: the active members, and those who
/// came later and left.
///
/// # Errors
/// When the database fails.
pub async fn since(c: &impl ConnectionTrait, base: &Assessment) -> Result<Vec<Member>, Failure> {
    let mut members = alliances::active_members(c, base.alliance_id).await?;
    let known: HashSet<MembershipId> = members.iter().map(|m| m.membership).collect();
    let later = alliances::members_since(c, base.alliance_id, base.created_at).await?;
    members.extend(later.into_iter().filter(|m| !known.contains(&m.membership)));
    members.sort_unstable_by_key(|member| member.membership);
    Ok(members)
}

/// What the split of a season fixed for whoever joins it: the price per unit of weight, and in a mix the founders'
/// sizes together; `lines` are those of the assessment.
///
/// # Errors
/// When the database holds sizes that are none.
pub async fn locked(
    c: &impl ConnectionTrait,
    alliance: &Alliance,
    base: &Assessment,
    plan: &Plan,
    lines: &[AssessmentLine],
) -> Result<Locked, Failure> {
    let stored = base.unit_price.as_deref().and_then(exact::read);
    let mut locked = Locked {
        price: stored.map_or_else(BigRational::zero, |price| price.0),
        totals: BTreeMap::new(),
    };
    let is_mix =
        matches!(&plan.method, Method::Budget(b) if matches!(b.weights, Weights::Mix { .. }));
    if !is_mix {
        return Ok(locked);
    }
    let measures = alliances::measures(c, alliance.id, alliance.currency).await?;
    for line in lines.iter().filter(|line| line.assessment_id == base.id) {
        let Some(facts) = &line.facts else { continue };
        let used: Vec<Used> = serde_json::from_value(facts.clone())
            .map_err(|error| anyhow::anyhow!("sizes of line {}: {error}", line.id))?;
        for size in used {
            if let Some(measure) = measures.get(&size.measure) {
                let total = locked.totals.entry(size.measure);
                *total.or_insert_with(BigRational::zero) += measure.exact(size.value).0;
            }
        }
    }
    Ok(locked)
}

/// The lines of joiners on a roll, each from its first day on; who is exempt has none.
///
/// # Errors
/// All members that cannot be charged at once.
pub fn charged(
    act: &Act<'_>,
    fund: &Fund,
    assessment: &Assessment,
    (plan, locked): (&Plan, &Locked),
    called: &Roll,
    from: &[NaiveDate],
) -> Result<Vec<AssessmentLine>, Failure> {
    let mut rows = Vec::with_capacity(from.len());
    let mut wrong = Vec::new();
    for ((entry, member), from) in called.entries.iter().zip(&called.members).zip(from) {
        let days = Days {
            liable: (fund.season_to - *from).num_days() + 1,
            period: (fund.season_to - fund.season_from).num_days() + 1,
        };
        match plan::joining(plan, locked, member, days) {
            Ok(None) => {}
            Ok(Some(charge)) => {
                let blank = lines::blank(act, assessment, entry, member);
                rows.push(line(blank, charge, *from)?);
            }
            Err(refusal) => wrong.push((member.id.clone(), refusal)),
        }
    }
    if wrong.is_empty() {
        return Ok(rows);
    }
    Err(called.explain(plan::ChargeRefusal::Members(wrong)))
}

/// A line with what a joiner is charged, half a minor unit upwards.
///
/// # Errors
/// `overflow`.
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
