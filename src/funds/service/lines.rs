//! The lines of an assessment: one per member, with everything that its notice will print.

use serde_json::json;

use crate::funds::domain::plan;
use crate::funds::domain::plan::Charged;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::service::roll::Entry;
use crate::funds::service::roll::Roll;
use crate::platform::act::Act;

/// The lines of everybody who is charged, made as they are asked for.
pub fn lines<'a>(
    act: &'a Act<'_>,
    assessment: &'a Assessment,
    plan: &'a Plan,
    roll: Roll,
    charged: Charged,
) -> impl Iterator<Item = AssessmentLine> + 'a {
    let members = roll.entries.into_iter().zip(roll.members);
    members
        .zip(charged.lines)
        .filter_map(move |((entry, member), line)| {
            let weight = match &plan.method {
                // Who is exempt from a split is not in the list.
                Method::Budget(_) if line.exempt => return None,
                Method::Budget(_) => line.weight.map(|weight| weight.0),
                Method::Rate(rate) => Some(plan::of_full_season(rate, &member, &line.exact)),
            };
            let mut row = blank(act, assessment, &entry, &member);
            row.amount_minor = line.amount;
            row.exact = line.exact.to_string();
            row.weight = weight.map(|weight| weight.to_string());
            row.steps = Some(json!(line.steps));
            row.floor_minor = line.floor;
            row.cap_minor = line.cap;
            Some(row)
        })
}

/// A line with what is known of one member, and no amount yet.
pub fn blank(
    act: &Act<'_>,
    assessment: &Assessment,
    entry: &Entry,
    member: &plan::Member,
) -> AssessmentLine {
    let first = entry.used.first();
    AssessmentLine {
        id: act.fresh(),
        alliance_id: assessment.alliance_id,
        assessment_id: assessment.id,
        membership_id: entry.member.membership,
        merchant_name: entry.member.name.clone(),
        size: first.map(|used| used.value),
        size_fact_id: first.and_then(|used| used.fact_id),
        size_status: first.map(|used| used.status.clone()),
        floor_minor: 0,
        cap_minor: None,
        exact: "0".to_owned(),
        amount_minor: 0,
        class: member.subject.class.clone(),
        owner: member.owner.clone(),
        weight: None,
        facts: Some(json!(entry.used)),
        steps: None,
        liable_from: None,
    }
}
