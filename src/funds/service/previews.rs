//! What if: everybody's amount under a policy that is stored or only drafted, and two policies side by side.
//! Nothing is stored.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Member;
use crate::funds::domain::plan::ChargeRefusal;
use crate::funds::domain::plan::Line;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::service::policies;
use crate::funds::service::roll;
use crate::funds::service::roll::Entry;
use crate::funds::service::roll::Question;
use crate::funds::service::roll::Roll;
use crate::funds::service::roll::Uncharged;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::platform::act::Look;

/// A policy to try.
#[derive(Debug, Clone)]
pub enum Tried {
    Stored(LevyPolicyId),
    Draft(Box<Plan>),
}

/// What is tried on whom.
#[derive(Debug, Clone)]
pub struct Trial {
    pub tried: Tried,
    /// What a budget policy splits.
    pub budget_minor: Option<i64>,
    pub snapshot_date: NaiveDate,
    /// First and last day of the season, for rules that charge by the day.
    pub season: Option<(NaiveDate, NaiveDate)>,
}

/// One member: what it would pay, or why it cannot be charged.
#[derive(Debug, Clone)]
pub struct Row {
    pub entry: Entry,
    pub class: Option<String>,
    pub owner: Option<String>,
    pub outcome: Result<Line, Option<Uncharged>>,
}

impl Row {
    /// The amount, where there is one.
    pub fn amount(&self) -> Option<i64> {
        self.outcome.as_ref().ok().map(|line| line.amount)
    }
}

/// What everybody would pay.
#[derive(Debug, Clone)]
pub struct Preview {
    pub plan: Plan,
    pub alliance: Alliance,
    pub known_at: Instant,
    pub rows: Vec<Row>,
    /// Of those who can be charged; none where a budget cannot be split because of others.
    pub total_minor: Option<i64>,
    pub price: Option<String>,
}

/// Passes whoever may try policies on everybody.
///
/// # Errors
/// 404, 403.
pub async fn admit(look: &Look<'_>, alliance: AllianceId) -> Result<(), Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(())
}

/// Tries a policy.
///
/// # Errors
/// 404, 403; 422 for an unsound policy and for a budget that cannot be split. What is wrong with single members
/// is in their rows.
pub async fn preview(
    look: &Look<'_>,
    alliance: AllianceId,
    trial: &Trial,
) -> Result<Preview, Failure> {
    let c = look.reader();
    let standing = alliances::admit(c, look.asker(), alliance).await?;
    let members = alliances::active_members(c, alliance).await?;
    tried(look, standing.alliance, trial, members).await
}

async fn tried(
    look: &Look<'_>,
    alliance: Alliance,
    trial: &Trial,
    members: Vec<Member>,
) -> Result<Preview, Failure> {
    let c = look.reader();
    let plan = match &trial.tried {
        Tried::Stored(id) => policies::find(c, alliance.id, *id).await?.plan,
        Tried::Draft(plan) => {
            policies::check(c, &alliance, plan).await?;
            Plan::clone(plan)
        }
    };
    let known_at = c.now().await?;
    let question = Question {
        alliance: &alliance,
        plan: &plan,
        day: trial.snapshot_date,
        known_at,
        season: trial.season,
    };
    let mut roll = roll::call(c, question, members).await?;
    let (lines, wrong, price) = lines(&plan, trial.budget_minor, &mut roll).await?;
    let total_minor = match wrong.is_empty() || matches!(plan.method, Method::Rate(_)) {
        true => Some(sum(lines.values().map(|line| line.amount))?),
        false => None,
    };
    Ok(Preview {
        rows: rows(roll, lines, wrong),
        plan,
        alliance,
        known_at,
        total_minor,
        price,
    })
}

type Lines = BTreeMap<usize, Line>;

/// The lines of those who can be charged, and everybody else. Where single members are in the way, a rate is
/// charged to the others; a budget is not, because everybody's share depends on all.
async fn lines(
    plan: &Plan,
    budget: Option<i64>,
    roll: &mut Roll,
) -> Result<(Lines, Vec<Uncharged>, Option<String>), Failure> {
    let refused = match roll::charge(plan, budget, roll).await? {
        Ok(charged) => {
            let price = charged.price.map(|price| price.to_string());
            let lines = charged.lines.into_iter().enumerate();
            return Ok((lines.collect(), Vec::new(), price));
        }
        Err(ChargeRefusal::Members(members)) => members,
        Err(other) => return Err(other.into()),
    };
    let wrong = roll.uncharged(refused);
    if matches!(plan.method, Method::Budget(_)) {
        return Ok((Lines::new(), wrong, None));
    }
    let out: Vec<usize> = wrong.iter().map(|one| one.place).collect();
    let places: Vec<usize> = (0..roll.entries.len())
        .filter(|place| !out.contains(place))
        .collect();
    let mut rest = Roll {
        entries: Vec::new(),
        members: places.iter().map(|at| roll.members[*at].clone()).collect(),
    };
    if rest.members.is_empty() {
        return Ok((Lines::new(), wrong, None));
    }
    let charged = roll::charge(plan, budget, &mut rest).await??;
    Ok((places.into_iter().zip(charged.lines).collect(), wrong, None))
}

fn rows(roll: Roll, mut lines: Lines, wrong: Vec<Uncharged>) -> Vec<Row> {
    let mut wrong: BTreeMap<usize, Uncharged> =
        wrong.into_iter().map(|one| (one.place, one)).collect();
    let members = roll.entries.into_iter().zip(roll.members).enumerate();
    members
        .map(|(place, (entry, member))| Row {
            entry,
            class: member.subject.class,
            owner: member.owner,
            outcome: lines.remove(&place).ok_or_else(|| wrong.remove(&place)),
        })
        .collect()
}

/// One member under two policies.
#[derive(Debug, Clone)]
pub struct Change {
    pub membership: MembershipId,
    pub name: String,
    pub left_minor: Option<i64>,
    pub right_minor: Option<i64>,
}

impl Change {
    /// What the right policy costs more; none where one of both has no amount.
    pub fn difference(&self) -> Option<i64> {
        Some(self.right_minor? - self.left_minor?)
    }
}

/// Two policies side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub left: Preview,
    pub right: Preview,
    /// Everybody, in the order of the memberships.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// How many pay more, less, and the same under the right policy.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(i64) -> bool| {
            let found = self.changes.iter().filter_map(Change::difference);
            found.filter(|difference| wanted(*difference)).count()
        };
        (count(|d| d > 0), count(|d| d < 0), count(|d| d == 0))
    }

    /// The largest changes, either way, larger ones first.
    pub fn biggest(&self, most: usize) -> Vec<&Change> {
        let mut changes: Vec<&Change> = self
            .changes
            .iter()
            .filter(|change| change.difference().is_some_and(|d| d != 0))
            .collect();
        changes.sort_by_key(|change| {
            let size = change.difference().map_or(0, i64::unsigned_abs);
            (std::cmp::Reverse(size), change.membership)
        });
        changes.truncate(most);
        changes
    }
}

/// Tries two policies on the same members.
///
/// # Errors
/// As [`preview`], for either of both.
pub async fn compare(
    look: &Look<'_>,
    alliance: AllianceId,
    left: &Trial,
    right: &Trial,
) -> Result<Comparison, Failure> {
    let c = look.reader();
    let standing = alliances::admit(c, look.asker(), alliance).await?;
    let members = alliances::active_members(c, alliance).await?;
    let left = tried(look, standing.alliance.clone(), left, members.clone()).await?;
    let right = tried(look, standing.alliance, right, members).await?;
    let both = left.rows.iter().zip(&right.rows);
    let changes = both
        .map(|(left, right)| Change {
            membership: left.entry.member.membership,
            name: left.entry.member.name.clone(),
            left_minor: left.amount(),
            right_minor: right.amount(),
        })
        .collect();
    Ok(Comparison {
        left,
        right,
        changes,
    })
}
