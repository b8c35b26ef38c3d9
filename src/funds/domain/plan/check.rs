//! What makes a policy sound, before anybody is charged.

use std::collections::BTreeSet;

use num_traits::Signed;

use super::Budget;
use super::Method;
use super::Plan;
use super::Terms;
use super::Weights;
use crate::funds::domain::instalments::MAX_INSTALMENTS;
use crate::funds::domain::levy::LevyRefusal;
use crate::kernel::money::Currency;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::rational::Exact;

/// Most bands, classes and parts of one list of weights.
const MAX_WEIGHTS: usize = 2_000;

/// Longest name of a class.
const MAX_NAME: usize = 60;

impl Plan {
    /// Checks the policy for an alliance that counts in `currency`.
    ///
    /// # Errors
    /// [`LevyRefusal::RuleInvalid`] with a pointer into the policy, or [`LevyRefusal::RuleTooComplex`].
    pub fn check(&self, currency: Currency) -> Result<(), LevyRefusal> {
        self.terms.check()?;
        match &self.method {
            Method::Budget(budget) => budget.check(),
            Method::Rate(rate) => {
                if rate.rule.currency.is_some_and(|own| own != currency) {
                    return invalid("/method/rule/currency", "other_currency");
                }
                rate.rule.check()
            }
        }
    }
}

fn invalid(at: &str, reason: &'static str) -> Result<(), LevyRefusal> {
    let at = at.to_owned();
    Err(LevyRefusal::RuleInvalid { at, reason })
}

fn amount(amount: Option<i64>, at: &str) -> Result<(), LevyRefusal> {
    match amount {
        Some(amount) if amount < 0 => invalid(at, "negative"),
        Some(amount) if amount > MAX_AMOUNT => invalid(at, "too_large"),
        _ => Ok(()),
    }
}

fn number(number: &Exact, at: &str) -> Result<(), LevyRefusal> {
    if number.0.is_negative() {
        return invalid(at, "negative");
    }
    Ok(())
}

fn name(name: &str, at: &str) -> Result<(), LevyRefusal> {
    if name.is_empty() || name.chars().count() > MAX_NAME || name.trim() != name {
        return invalid(at, "name_invalid");
    }
    Ok(())
}

impl Terms {
    fn check(&self) -> Result<(), LevyRefusal> {
        if !(1..=MAX_INSTALMENTS).contains(&self.instalments) {
            return invalid("/terms/instalments", "out_of_range");
        }
        amount(self.owner_cap_minor, "/terms/owner_cap_minor")?;
        for value in self.fallback.values() {
            amount(Some(*value), "/terms/fallback")?;
        }
        Ok(())
    }
}

impl Budget {
    fn check(&self) -> Result<(), LevyRefusal> {
        if self.quantum_minor < 1 || self.quantum_minor > MAX_AMOUNT {
            return invalid("/method/quantum_minor", "not_positive");
        }
        self.weights.check()?;
        amount(self.floor_minor, "/method/floor_minor")?;
        amount(self.cap_minor, "/method/cap_minor")?;
        for (place, factor) in self.factors.iter().enumerate() {
            let at = format!("/method/factors/{place}");
            name(&factor.class, &at)?;
            number(&factor.factor, &at)?;
        }
        unique(
            self.factors.iter().map(|f| f.class.as_str()),
            "/method/factors",
        )?;
        for (place, bounds) in self.class_bounds.iter().enumerate() {
            let at = format!("/method/class_bounds/{place}");
            name(&bounds.class, &at)?;
            amount(bounds.floor_minor, &at)?;
            amount(bounds.cap_minor, &at)?;
        }
        let classes = self.class_bounds.iter().map(|b| b.class.as_str());
        unique(classes, "/method/class_bounds")?;
        for (place, bounds) in self.overrides.iter().enumerate() {
            let at = format!("/method/overrides/{place}");
            amount(bounds.floor_minor, &at)?;
            amount(bounds.cap_minor, &at)?;
        }
        for (place, limit) in self.exempt_below.iter().enumerate() {
            number(&limit.value, &format!("/method/exempt_below/{place}"))?;
        }
        let parts = self.factors.len() + self.class_bounds.len() + self.overrides.len();
        if parts > MAX_WEIGHTS {
            let limit = MAX_WEIGHTS;
            return Err(LevyRefusal::RuleTooComplex { parts, limit });
        }
        Ok(())
    }
}

fn unique<'a>(names: impl Iterator<Item = &'a str>, at: &str) -> Result<(), LevyRefusal> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return invalid(at, "twice");
        }
    }
    Ok(())
}

impl Weights {
    fn check(&self) -> Result<(), LevyRefusal> {
        match self {
            Self::Measure { .. } | Self::Equal {} => Ok(()),
            Self::ClassPoints { points } => {
                let at = "/method/weights/points";
                few(points.len(), at)?;
                for (class, points) in points {
                    name(class, at)?;
                    number(points, at)?;
                }
                Ok(())
            }
            Self::BandPoints { bands, .. } => {
                let at = "/method/weights/bands";
                few(bands.len(), at)?;
                for pair in bands.windows(2) {
                    if pair[1].from <= pair[0].from {
                        return invalid(at, "not_ascending");
                    }
                }
                for band in bands {
                    number(&band.from, at)?;
                    number(&band.points, at)?;
                }
                Ok(())
            }
            Self::Mix { parts } => {
                let at = "/method/weights/parts";
                few(parts.len(), at)?;
                unique(parts.iter().map(|p| p.measure.as_str()), at)
            }
        }
    }
}

fn few(parts: usize, at: &str) -> Result<(), LevyRefusal> {
    if parts == 0 {
        return invalid(at, "empty");
    }
    if parts > MAX_WEIGHTS {
        let limit = MAX_WEIGHTS;
        return Err(LevyRefusal::RuleTooComplex { parts, limit });
    }
    Ok(())
}
