//! Rate direction: what one member owes under a rule of one base and ordered steps.
//!
//! Exemptions are tested first. Then the base gives an exact value, the steps change it in the order written, and
//! rounding happens once at the end. The value after each step is kept, so that a notice can show its arithmetic.

mod base;
mod check;
pub mod examples;
mod owner_cap;
mod refusal;
mod rule;
mod steps;

#[cfg(test)]
mod tests;

use num_rational::BigRational;
use num_traits::Signed;
use num_traits::ToPrimitive;
use num_traits::Zero;

use crate::funds::domain::sizes::Sizes;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;

pub use owner_cap::OwnerCapRefusal;
pub use owner_cap::Unit;
pub use owner_cap::cap_owners;
pub use refusal::LevyRefusal;
pub use rule::Band;
pub use rule::Base;
pub use rule::Bracket;
pub use rule::RateBand;
pub use rule::Rounding;
pub use rule::Rule;
pub use rule::Step;

/// What a rule may ask of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Size by measure: minor units for money, whole or decimal units for counts.
    pub sizes: Sizes,
    /// The member's class, where the rule tells classes apart.
    pub class: Option<String>,
    /// Full years since the rule began, for indexing.
    pub years_elapsed: i64,
    /// Days of liability and days of the period, where the rule charges by the day.
    pub days: Option<Days>,
}

/// Days of liability within a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub liable: i64,
    pub period: i64,
}

impl Subject {
    /// The size in `measure`, which is never negative.
    pub fn size(&self, measure: &str) -> Result<&BigRational, LevyRefusal> {
        match self.sizes.get(measure) {
            None => Err(LevyRefusal::MeasureMissing {
                measure: measure.into(),
            }),
            Some(size) if size.0.is_negative() => Err(LevyRefusal::NegativeSize {
                measure: measure.into(),
            }),
            Some(size) => Ok(&size.0),
        }
    }

    fn is_of(&self, class: Option<&String>) -> bool {
        class.is_none_or(|class| self.class.as_ref() == Some(class))
    }
}

/// A levy with the arithmetic behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Minor units to pay, rounded.
    pub amount: i64,
    /// The value before rounding.
    pub exact: BigRational,
    /// The step that exempts the member, by its place in the rule.
    pub exempt_by: Option<usize>,
    /// The value of the base; zero for an exempt member.
    pub base: BigRational,
    /// Each step that changed the value, by its place in the rule, with the value after it.
    pub applied: Vec<(usize, BigRational)>,
}

/// Charges one member under a checked rule.
///
/// # Errors
/// A [`LevyRefusal`]: a rule that contradicts itself, a size or class that the rule needs and the member lacks, or
/// an amount beyond the range.
pub fn assess(rule: &Rule, subject: &Subject) -> Result<Assessment, LevyRefusal> {
    rule.check()?;
    charge(rule, subject)
}

/// [`assess`] for a rule that has been checked.
fn charge(rule: &Rule, subject: &Subject) -> Result<Assessment, LevyRefusal> {
    if let Some(step) = steps::exempting(&rule.steps, subject)? {
        return Ok(Assessment {
            amount: 0,
            exact: BigRational::zero(),
            exempt_by: Some(step),
            base: BigRational::zero(),
            applied: Vec::new(),
        });
    }
    let base = base::value(&rule.base, subject)?;
    let mut exact = base.clone();
    let mut applied = Vec::new();
    for (place, step) in rule.steps.iter().enumerate() {
        let after = steps::apply(step, &exact, subject)?;
        if after != exact {
            applied.push((place, after.clone()));
            exact = after;
        }
    }
    let rounded = rule.round.mode.round_to(&exact, rule.round.quantum);
    let amount = rounded
        .to_i64()
        .filter(|amount| *amount <= MAX_AMOUNT)
        .ok_or(Overflow)?;
    Ok(Assessment {
        amount,
        exact,
        exempt_by: None,
        base,
        applied,
    })
}
