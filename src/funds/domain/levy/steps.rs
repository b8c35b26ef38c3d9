//! The steps after the base: exemptions, factors, bounds, days.

use num_rational::BigRational;
use num_traits::ToPrimitive;

use super::LevyRefusal;
use super::Step;
use super::Subject;
use crate::kernel::money::Overflow;
use crate::kernel::rational::Exact;

/// Longest indexing: a century.
const MAX_YEARS: i64 = 100;

/// An exact value's denominator stays below two to this power, so that work stays bounded.
const PRECISION_BITS: u64 = 1024;

/// The first step that frees the member of the levy, by its place in the rule.
pub(super) fn exempting(steps: &[Step], subject: &Subject) -> Result<Option<usize>, LevyRefusal> {
    for (place, step) in steps.iter().enumerate() {
        let exempt = match step {
            Step::ExemptBelow { measure, value } => *subject.size(measure)? < value.0,
            Step::ExemptClass { classes } => {
                subject.class.as_ref().is_some_and(|c| classes.contains(c))
            }
            _ => false,
        };
        if exempt {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

/// The value after one step.
pub(super) fn apply(
    step: &Step,
    value: &BigRational,
    subject: &Subject,
) -> Result<BigRational, LevyRefusal> {
    let whole = |amount: &i64| BigRational::from_integer((*amount).into());
    let after = match step {
        Step::Multiply { factor, class } if subject.is_of(class.as_ref()) => value * &factor.0,
        Step::Index { factor } => value * indexed(factor, subject.years_elapsed)?,
        Step::Floor { amount, class } if subject.is_of(class.as_ref()) => {
            value.max(&whole(amount)).clone()
        }
        Step::Cap { amount, class } if subject.is_of(class.as_ref()) => {
            value.min(&whole(amount)).clone()
        }
        Step::ProrateDays {} => value * part_of_period(subject)?,
        Step::ExemptBelow { .. }
        | Step::ExemptClass { .. }
        | Step::Multiply { .. }
        | Step::Floor { .. }
        | Step::Cap { .. } => value.clone(),
    };
    if after.denom().bits() > PRECISION_BITS {
        return Err(Overflow.into());
    }
    Ok(after)
}

fn indexed(factor: &Exact, years_elapsed: i64) -> Result<BigRational, LevyRefusal> {
    if !(0..=MAX_YEARS).contains(&years_elapsed) {
        return Err(LevyRefusal::YearsOutOfRange { years_elapsed });
    }
    let years = years_elapsed.to_i32().ok_or(Overflow)?;
    Ok(factor.0.pow(years))
}

fn part_of_period(subject: &Subject) -> Result<BigRational, LevyRefusal> {
    let days = subject.days.ok_or(LevyRefusal::DaysMissing)?;
    if days.period < 1 || !(0..=days.period).contains(&days.liable) {
        return Err(LevyRefusal::DaysOutOfRange {
            days: days.liable,
            period_days: days.period,
        });
    }
    Ok(BigRational::new(days.liable.into(), days.period.into()))
}
