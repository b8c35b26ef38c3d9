//! The weights and bounds of a split: what each member brings, before anybody is charged.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::Bounds;
use super::Budget;
use super::ChargeRefusal;
use super::Member;
use super::Taken;
use super::Weights;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::mix::mixed_weights;
use crate::kernel::rational::Exact;

/// Why a member is not in the list at all.
pub(super) fn exemption(method: &Budget, member: &Member) -> Result<Option<Taken>, LevyRefusal> {
    let zero = BigRational::zero();
    let class = member.subject.class.as_ref();
    if let Some(class) = class.filter(|class| method.exempt_classes.contains(class)) {
        let with = Some(class.clone());
        return Ok(Some(Taken::new("exempt_class", with, &zero)));
    }
    for limit in &method.exempt_below {
        if *member.subject.size(&limit.measure)? < limit.value.0 {
            let with = Some(format!("{} {}", limit.measure, limit.value));
            return Ok(Some(Taken::new("exempt_below", with, &zero)));
        }
    }
    Ok(None)
}

/// The weights of the members in the list, before discounts.
pub(super) fn weigh(
    method: &Budget,
    members: &[Member],
    listed: &[usize],
) -> Result<Vec<Exact>, ChargeRefusal> {
    let listed: Vec<&Member> = listed.iter().map(|at| &members[*at]).collect();
    let each = |weight: &dyn Fn(&Member) -> Result<Exact, LevyRefusal>| {
        let mut fine = Vec::with_capacity(listed.len());
        let mut wrong = Vec::new();
        for member in &listed {
            match weight(member) {
                Ok(weight) => fine.push(weight),
                Err(refusal) => wrong.push((member.id.clone(), refusal)),
            }
        }
        if wrong.is_empty() {
            Ok(fine)
        } else {
            Err(ChargeRefusal::Members(wrong))
        }
    };
    let alone = each(&|member| Ok(weight_of(method, member)?.unwrap_or_else(|| Exact::whole(0))))?;
    let Weights::Mix { parts } = &method.weights else {
        return Ok(alone);
    };
    let sizes: Vec<_> = listed
        .iter()
        .map(|m| (m.id.as_str(), &m.subject.sizes))
        .collect();
    Ok(mixed_weights(parts, &sizes)?)
}

/// The weight of a member that depends on nobody else; `None` for a mix, whose sizes are there all the same.
pub(super) fn weight_of(method: &Budget, member: &Member) -> Result<Option<Exact>, LevyRefusal> {
    let subject = &member.subject;
    let weight = match &method.weights {
        Weights::Measure { measure } => Exact(subject.size(measure)?.clone()),
        Weights::Equal {} => Exact::whole(1),
        Weights::ClassPoints { points } => {
            let class = subject.class.as_ref();
            let found = class.and_then(|class| points.get(class)).cloned();
            found.ok_or_else(|| LevyRefusal::ClassUnknown {
                class: class.cloned(),
            })?
        }
        Weights::BandPoints { measure, bands } => {
            let size = subject.size(measure)?;
            let after = bands.partition_point(|band| band.from.0 <= *size);
            let band = after.checked_sub(1).and_then(|at| bands.get(at));
            let points = band.map(|band| band.points.clone());
            points.ok_or_else(|| LevyRefusal::BelowFirstBand {
                measure: measure.clone(),
                value: size.to_string(),
            })?
        }
        // A size that is missing is an error here, not a zero.
        Weights::Mix { parts } => {
            for part in parts {
                subject.size(&part.measure)?;
            }
            return Ok(None);
        }
    };
    Ok(Some(weight))
}

pub(super) fn discounted(
    method: &Budget,
    member: &Member,
    weight: Exact,
    taken: &mut Vec<Taken>,
) -> Exact {
    let Some(class) = &member.subject.class else {
        return weight;
    };
    let mut weight = weight;
    for factor in method
        .factors
        .iter()
        .filter(|factor| factor.class == *class)
    {
        weight = Exact(weight.0 * &factor.factor.0);
        let with = Some(format!("{} ({class})", factor.factor));
        taken.push(Taken::new("factor", with, &weight.0));
    }
    weight
}

/// The member's own bounds, else its class's, else everybody's.
pub(super) fn bounds(
    method: &Budget,
    member: &Member,
    overrides: &HashMap<String, &Bounds>,
) -> (i64, Option<i64>) {
    let own = overrides.get(&member.id);
    let class = member.subject.class.as_ref();
    let class = class.and_then(|class| method.class_bounds.iter().find(|b| b.class == *class));
    let floor = own
        .and_then(|own| own.floor_minor)
        .or_else(|| class.and_then(|class| class.floor_minor))
        .or(method.floor_minor);
    let cap = own
        .and_then(|own| own.cap_minor)
        .or_else(|| class.and_then(|class| class.cap_minor))
        .or(method.cap_minor);
    (floor.unwrap_or(0), cap)
}
