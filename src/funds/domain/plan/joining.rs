//! What somebody pays who joins in mid-season: the locked price, for the days that are left.

use std::collections::BTreeMap;
use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use super::Member;
use super::Method;
use super::Plan;
use super::Rate;
use super::Taken;
use super::Weights;
use super::weigh;
use super::work;
use crate::funds::domain::levy::Days;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::mix::Part;
use crate::kernel::rational::Exact;

/// A joiner's charge, not rounded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// For the days that are left.
    pub exact: BigRational,
    /// The weight of a split, or what a rule charges for a whole season.
    pub weight: BigRational,
    pub floor: i64,
    pub cap: Option<i64>,
    pub days: Days,
    /// What led to the amount of a whole season.
    pub steps: Vec<Taken>,
}

/// What the founders' split has fixed for the season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// Minor units per unit of weight; zero where all founders sit at a bound.
    pub price: BigRational,
    /// The founders' sizes together, by measure: in a mix, a share of one of these is what a joiner's size weighs.
    pub totals: BTreeMap<String, BigRational>,
}

impl Locked {
    /// The weight of a size in a mix, by the founders' totals; zero where the founders had nothing of a measure.
    fn mixed(&self, parts: &[Part], member: &Member) -> Result<Exact, LevyRefusal> {
        let mut weight = BigRational::zero();
        for part in parts {
            let size = member.subject.size(&part.measure)?;
            let total = self.totals.get(&part.measure);
            if let Some(total) = total.filter(|total| !total.is_zero()) {
                weight += &part.share.0 * size / total;
            }
        }
        Ok(Exact(weight))
    }
}

/// Charges a member for `days` at the locked price per unit of weight (fund.md 2.6); `None` where it is exempt. In a
/// mix each component keeps its own price: the budget's part for a measure, by what the founders had of it together.
///
/// # Errors
/// A size or class that the policy needs and the member lacks.
pub fn joining(
    plan: &Plan,
    locked: &Locked,
    member: &Member,
    days: Days,
) -> Result<Option<Joining>, LevyRefusal> {
    let part = BigRational::new(BigInt::from(days.liable), BigInt::from(days.period.max(1)));
    let method = match &plan.method {
        Method::Budget(method) => method,
        Method::Rate(rate) => return by_rate(rate, part, member, days),
    };
    if weigh::exemption(method, member)?.is_some() {
        return Ok(None);
    }
    let mut steps = Vec::new();
    let weight = match (weigh::weight_of(method, member)?, &method.weights) {
        (None, Weights::Mix { parts }) => locked.mixed(parts, member)?,
        (weight, _) => weight.unwrap_or_else(|| Exact::whole(0)),
    };
    steps.push(Taken::new("weight", None, &weight.0));
    let weight = weigh::discounted(method, member, weight, &mut steps).0;
    let overrides: HashMap<String, _> = method
        .overrides
        .iter()
        .map(|own| (own.membership_id.to_string(), own))
        .collect();
    let (floor, cap) = weigh::bounds(method, member, &overrides);
    let whole = |amount: i64| BigRational::from_integer(amount.into());
    let price = &locked.price;
    let mut season = (price * &weight).max(whole(floor));
    if let Some(cap) = cap {
        season = season.min(whole(cap));
    }
    steps.push(Taken::new("unit_price", Some(price.to_string()), &season));
    Ok(Some(Joining {
        exact: season * part,
        weight,
        floor,
        cap,
        days,
        steps,
    }))
}

/// What a rule charges for the whole season, for the days that are left.
fn by_rate(
    rate: &Rate,
    part: BigRational,
    member: &Member,
    days: Days,
) -> Result<Option<Joining>, LevyRefusal> {
    let mut whole = member.clone();
    whole.subject.days = Some(Days {
        liable: days.period,
        period: days.period,
    });
    let line = work::rated(rate, &whole)?;
    if line.exempt {
        return Ok(None);
    }
    Ok(Some(Joining {
        exact: &line.exact * part,
        weight: line.exact,
        floor: 0,
        cap: None,
        days,
        steps: line.steps,
    }))
}
