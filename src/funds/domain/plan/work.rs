//! Charging everybody under a policy.

use std::collections::BTreeMap;
use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::Budget;
use super::ChargeRefusal;
use super::Method;
use super::Plan;
use super::Rate;
use super::Taken;
use super::explain;
use super::owners::OwnedShare;
use super::owners::split_owned;
use super::weigh::bounds;
use super::weigh::discounted;
use super::weigh::exemption;
use super::weigh::weigh;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::funds::domain::levy::Days;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::levy::Subject;
use crate::funds::domain::levy::assess;
use crate::kernel::money::sum;
use crate::kernel::rational::Exact;

/// A member as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The membership; it decides ties.
    pub id: String,
    /// Whose unit it is; a member without an owner stands alone.
    pub owner: Option<String>,
    /// Sizes, class, years and days.
    pub subject: Subject,
}

/// What one member pays, with the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub amount: i64,
    /// The share before rounding.
    pub exact: BigRational,
    /// The weight of a split.
    pub weight: Option<Exact>,
    pub floor: i64,
    pub cap: Option<i64>,
    /// Nothing is owed, and the member is not in the list.
    pub exempt: bool,
    pub steps: Vec<Taken>,
}

/// What everybody pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// In the order of the members.
    pub lines: Vec<Line>,
    pub total: i64,
    /// Minor units per unit of weight, in the budget direction.
    pub price: Option<BigRational>,
}

/// Charges `members`; `budget` is what a budget policy splits, and absent for a rate.
///
/// # Errors
/// All members that cannot be charged at once, or the split's refusal.
pub fn charge(
    plan: &Plan,
    budget: Option<i64>,
    members: &[Member],
) -> Result<Charged, ChargeRefusal> {
    match (&plan.method, budget) {
        (Method::Budget(method), Some(budget)) => {
            by_budget(method, plan.terms.owner_cap_minor, budget, members)
        }
        (Method::Budget(_), None) => Err(ChargeRefusal::BudgetMissing),
        (Method::Rate(_), Some(_)) => Err(ChargeRefusal::BudgetGiven),
        (Method::Rate(rate), None) => by_rate(rate, plan.terms.owner_cap_minor, members),
    }
}

/// Keeps what could be found for everybody, or all reasons why not.
fn all<T>(members: &[Member], found: Vec<Result<T, LevyRefusal>>) -> Result<Vec<T>, ChargeRefusal> {
    let mut fine = Vec::with_capacity(found.len());
    let mut wrong = Vec::new();
    for (member, found) in members.iter().zip(found) {
        match found {
            Ok(value) => fine.push(value),
            Err(refusal) => wrong.push((member.id.clone(), refusal)),
        }
    }
    if wrong.is_empty() {
        Ok(fine)
    } else {
        Err(ChargeRefusal::Members(wrong))
    }
}

fn by_rate(
    rate: &Rate,
    owner_cap: Option<i64>,
    members: &[Member],
) -> Result<Charged, ChargeRefusal> {
    if members.is_empty() {
        return Err(SplitRefusal::NoMembers.into());
    }
    rate.rule.check().map_err(ChargeRefusal::Rule)?;
    let found = members.iter().map(|member| rated(rate, member)).collect();
    let mut lines = all(members, found)?;
    if let Some(cap) = owner_cap {
        cap_owners(&mut lines, members, cap)?;
    }
    let total = sum(lines.iter().map(|line| line.amount))?;
    Ok(Charged {
        lines,
        total,
        price: None,
    })
}

pub(super) fn rated(rate: &Rate, member: &Member) -> Result<Line, LevyRefusal> {
    let found = assess(&rate.rule, &member.subject)?;
    let named = |place: usize, value: &BigRational| {
        let (name, with) = explain::step(&rate.rule.steps[place]);
        Taken::new(name, with, value)
    };
    let steps = match found.exempt_by {
        Some(place) => vec![named(place, &found.exact)],
        None => {
            let base = Taken::new(explain::base(&rate.rule.base), None, &found.base);
            let applied = found.applied.iter().map(|(at, value)| named(*at, value));
            std::iter::once(base).chain(applied).collect()
        }
    };
    Ok(Line {
        amount: found.amount,
        exact: found.exact,
        weight: None,
        floor: 0,
        cap: None,
        exempt: found.exempt_by.is_some(),
        steps,
    })
}

/// What a rule charges for all days of the season: `exact` itself, unless the member is liable for a part of them.
/// The true-up weighs by it.
pub fn of_full_season(rate: &Rate, member: &Member, exact: &BigRational) -> BigRational {
    let part = member.subject.days.filter(|days| days.liable < days.period);
    let Some(days) = part else {
        return exact.clone();
    };
    let mut subject = member.subject.clone();
    subject.days = Some(Days {
        liable: days.period,
        period: days.period,
    });
    assess(&rate.rule, &subject).map_or_else(|_| exact.clone(), |whole| whole.exact)
}

/// Brings the units of an owner over the cap down to it in proportion, by largest remainder (fund.md 2.3).
fn cap_owners(lines: &mut [Line], members: &[Member], cap: i64) -> Result<(), ChargeRefusal> {
    let mut owned: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, member) in members.iter().enumerate() {
        // A unit without an owner stands alone, under its own id.
        let owner = member.owner.as_deref().unwrap_or(&member.id);
        owned.entry(owner).or_default().push(place);
    }
    for places in owned.into_values() {
        if sum(places.iter().map(|place| lines[*place].amount))? <= cap {
            continue;
        }
        let payer = |place: &usize| {
            Payer::new(
                members[*place].id.clone(),
                Exact::whole(lines[*place].amount),
            )
        };
        let payers: Vec<Payer> = places.iter().map(payer).collect();
        let found = split(cap, 1, &payers)?;
        for (index, place) in places.into_iter().enumerate() {
            let exact = found.exact(index, &payers[index].weight);
            let line = &mut lines[place];
            line.amount = found.shares[index].amount;
            line.exact = exact.unwrap_or_else(BigRational::zero);
            line.steps
                .push(Taken::new("owner_cap", Some(cap.to_string()), &line.exact));
        }
    }
    Ok(())
}

fn by_budget(
    method: &Budget,
    owner_cap: Option<i64>,
    budget: i64,
    members: &[Member],
) -> Result<Charged, ChargeRefusal> {
    let exempt = members.iter().map(|m| Ok(exemption(method, m)?.is_some()));
    let exempt = all(members, exempt.collect())?;
    let listed: Vec<usize> = (0..members.len()).filter(|at| !exempt[*at]).collect();
    let weighed = weigh(method, members, &listed)?;
    let overrides: HashMap<String, _> = method
        .overrides
        .iter()
        .map(|own| (own.membership_id.to_string(), own))
        .collect();
    let payer = |(at, weight): (&usize, Exact)| {
        let member = &members[*at];
        let (floor, cap) = bounds(method, member, &overrides);
        Payer {
            id: member.id.clone(),
            weight: discounted(method, member, weight, &mut Vec::new()),
            floor,
            cap,
        }
    };
    let payers: Vec<Payer> = listed
        .iter()
        .zip(weighed.iter().cloned())
        .map(payer)
        .collect();
    let owners: Vec<Option<String>> = listed.iter().map(|at| members[*at].owner.clone()).collect();
    let found = split_owned(budget, method.quantum_minor, &payers, &owners, owner_cap)?;
    let mut shares = payers.into_iter().zip(weighed).zip(found.shares);
    let mut lines = Vec::with_capacity(members.len());
    for (member, exempt) in members.iter().zip(exempt) {
        if exempt {
            lines.push(exempted(exemption(method, member).unwrap_or_default()));
        } else if let Some(((payer, weight), share)) = shares.next() {
            let mut steps = vec![Taken::new("weight", None, &weight.0)];
            discounted(method, member, weight, &mut steps);
            steps.extend(last_step(&payer, &share, owner_cap, found.price.as_ref()));
            lines.push(Line {
                amount: share.amount,
                exact: share.exact,
                weight: Some(payer.weight),
                floor: payer.floor,
                cap: payer.cap,
                exempt: false,
                steps,
            });
        }
    }
    let total = sum(lines.iter().map(|line| line.amount))?;
    Ok(Charged {
        lines,
        total,
        price: found.price,
    })
}

/// What made the share of the weight: a cap, a floor, or the price.
fn last_step(
    payer: &Payer,
    share: &OwnedShare,
    owner_cap: Option<i64>,
    price: Option<&BigRational>,
) -> Option<Taken> {
    let whole = |amount: i64| BigRational::from_integer(amount.into());
    let (step, with) = if share.capped {
        ("owner_cap", owner_cap.map(|cap| cap.to_string()))
    } else if let Some(cap) = payer.cap.filter(|cap| share.exact == whole(*cap)) {
        ("cap", Some(cap.to_string()))
    } else if payer.floor > 0 && share.exact == whole(payer.floor) {
        ("floor", Some(payer.floor.to_string()))
    } else {
        ("unit_price", Some(price?.to_string()))
    };
    Some(Taken::new(step, with, &share.exact))
}

fn exempted(by: Option<Taken>) -> Line {
    Line {
        amount: 0,
        exact: BigRational::zero(),
        weight: None,
        floor: 0,
        cap: None,
        exempt: true,
        steps: by.into_iter().collect(),
    }
}
