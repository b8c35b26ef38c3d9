//! What somebody pays who joins in mid-season: the locked price, for the days that are left.

use std::collections::HashMap;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::Member;
use super::Method;
use super::Plan;
use super::Taken;
use super::weigh;
use super::work;
use crate::funds::domain::levy::Days;
use crate::funds::domain::levy::LevyRefusal;
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

/// Charges a member for `days` at `price` per unit of weight; `None` where it is exempt.
///
/// The weights of a mix cannot be locked, because they depend on everybody's sizes: its joiners are weighed by the
/// true-up alone, and pay their floor until then.
///
/// # Errors
/// A size or class that the policy needs and the member lacks.
pub fn joining(
    plan: &Plan,
    price: BigRational,
    member: &Member,
    days: Days,
) -> Result<Option<Joining>, LevyRefusal> {
    let part = BigRational::new(BigInt::from(days.liable), BigInt::from(days.period.max(1)));
    let method = match &plan.method {
        Method::Budget(method) => method,
        Method::Rate(rate) => {
            let mut whole = member.clone();
            whole.subject.days = Some(Days {
                liable: days.period,
                period: days.period,
            });
            let line = work::rated(rate, &whole)?;
            if line.exempt {
                return Ok(None);
            }
            return Ok(Some(Joining {
                exact: &line.exact * part,
                weight: line.exact,
                floor: 0,
                cap: None,
                days,
                steps: line.steps,
            }));
        }
    };
    if weigh::exemption(method, member)?.is_some() {
        return Ok(None);
    }
    let mut steps = Vec::new();
    let weight = weigh::weight_of(method, member)?;
    let weight = weight.unwrap_or_else(|| Exact::whole(0));
    steps.push(Taken::new("weight", None, &weight.0));
    let weight = weigh::discounted(method, member, weight, &mut steps).0;
    let overrides: HashMap<String, _> = method
        .overrides
        .iter()
        .map(|own| (own.membership_id.to_string(), own))
        .collect();
    let (floor, cap) = weigh::bounds(method, member, &overrides);
    let whole = |amount: i64| BigRational::from_integer(amount.into());
    let mut season = (price.clone() * &weight).max(whole(floor));
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
