//! What makes a rule sound, before any member is charged.

use num_rational::BigRational;
use num_traits::Signed;

use super::Base;
use super::LevyRefusal;
use super::Rule;
use super::Step;
use crate::kernel::rational::Exact;

/// Most bands, brackets, classes, terms and steps of one rule together.
const MAX_PARTS: usize = 2_000;

/// Deepest nesting of sums, maxima and minima.
const MAX_DEPTH: usize = 8;

impl Rule {
    /// Checks the rule itself: nothing negative, bands ascending, terms present, bounded size.
    ///
    /// # Errors
    /// [`LevyRefusal::RuleInvalid`] with a pointer into the rule, or [`LevyRefusal::RuleTooComplex`].
    pub fn check(&self) -> Result<(), LevyRefusal> {
        let parts = parts(&self.base) + self.steps.len();
        if parts > MAX_PARTS {
            let limit = MAX_PARTS;
            return Err(LevyRefusal::RuleTooComplex { parts, limit });
        }
        if self.round.quantum < 1 {
            return invalid("/round/quantum", "not_positive");
        }
        check_base(&self.base, "/base", 1)?;
        for (place, step) in self.steps.iter().enumerate() {
            check_step(step, &format!("/steps/{place}"))?;
        }
        Ok(())
    }

    /// How many elementary operations one member costs, for estimates of work.
    pub fn cost(&self) -> usize {
        1 + cost(&self.base) + self.steps.len()
    }
}

fn parts(base: &Base) -> usize {
    match base {
        Base::Flat { .. } | Base::Rate { .. } => 1,
        Base::Bands { bands, .. } => bands.len(),
        Base::WholeBandRate { bands, .. } => bands.len(),
        Base::Marginal { brackets, .. } => brackets.len(),
        Base::Class { amounts } => amounts.len(),
        Base::Sum { terms } | Base::MaxOf { terms } | Base::MinOf { terms } => {
            1 + terms.iter().map(parts).sum::<usize>()
        }
    }
}

/// Bands are found by halving; brackets are all visited.
fn cost(base: &Base) -> usize {
    match base {
        Base::Marginal { brackets, .. } => brackets.len(),
        Base::Sum { terms } | Base::MaxOf { terms } | Base::MinOf { terms } => {
            terms.iter().map(cost).sum()
        }
        Base::Flat { .. }
        | Base::Rate { .. }
        | Base::Bands { .. }
        | Base::WholeBandRate { .. }
        | Base::Class { .. } => 1,
    }
}

fn invalid(at: &str, reason: &'static str) -> Result<(), LevyRefusal> {
    let at = at.into();
    Err(LevyRefusal::RuleInvalid { at, reason })
}

fn amount(amount: i64, at: &str) -> Result<(), LevyRefusal> {
    if amount < 0 {
        return invalid(at, "negative");
    }
    Ok(())
}

fn number(number: &Exact, at: &str) -> Result<(), LevyRefusal> {
    if number.0.is_negative() {
        return invalid(at, "negative");
    }
    Ok(())
}

fn check_base(base: &Base, at: &str, depth: usize) -> Result<(), LevyRefusal> {
    if depth > MAX_DEPTH {
        return invalid(at, "too_deep");
    }
    match base {
        Base::Flat { amount: flat } => amount(*flat, &format!("{at}/amount")),
        Base::Rate { rate, .. } => number(rate, &format!("{at}/rate")),
        Base::Bands { bands, .. } => {
            ascending(bands.iter().map(|b| &b.from.0), &format!("{at}/bands"))?;
            bands.iter().enumerate().try_for_each(|(place, band)| {
                let at = format!("{at}/bands/{place}");
                amount(band.amount, &at)?;
                band.extra_rate.iter().try_for_each(|r| number(r, &at))?;
                match (&band.extra_above, &band.extra_rate) {
                    (Some(_), None) => invalid(&at, "extra_rate_missing"),
                    _ => Ok(()),
                }
            })
        }
        Base::WholeBandRate { bands, .. } => {
            let at = format!("{at}/bands");
            ascending(bands.iter().map(|b| &b.from.0), &at)?;
            bands.iter().try_for_each(|band| number(&band.rate, &at))
        }
        Base::Marginal { base, brackets, .. } => {
            amount(*base, &format!("{at}/base"))?;
            let at = format!("{at}/brackets");
            ascending(brackets.iter().map(|b| &b.above.0), &at)?;
            brackets.iter().try_for_each(|b| number(&b.rate, &at))
        }
        Base::Class { amounts } => {
            let at = format!("{at}/amounts");
            amounts.values().try_for_each(|a| amount(*a, &at))
        }
        Base::Sum { terms } | Base::MaxOf { terms } | Base::MinOf { terms } => {
            check_terms(terms, at, depth)
        }
    }
}

fn check_terms(terms: &[Base], at: &str, depth: usize) -> Result<(), LevyRefusal> {
    if terms.is_empty() {
        return invalid(&format!("{at}/terms"), "empty");
    }
    terms
        .iter()
        .enumerate()
        .try_for_each(|(place, term)| check_base(term, &format!("{at}/terms/{place}"), depth + 1))
}

/// At least one bound, none negative, each above the one before.
fn ascending<'a>(
    bounds: impl Iterator<Item = &'a BigRational>,
    at: &str,
) -> Result<(), LevyRefusal> {
    let mut before: Option<&BigRational> = None;
    for bound in bounds {
        if bound.is_negative() {
            return invalid(at, "negative");
        }
        if before.is_some_and(|before| bound <= before) {
            return invalid(at, "not_ascending");
        }
        before = Some(bound);
    }
    if before.is_none() {
        return invalid(at, "empty");
    }
    Ok(())
}

fn check_step(step: &Step, at: &str) -> Result<(), LevyRefusal> {
    match step {
        Step::ExemptBelow { value, .. } => number(value, at),
        Step::Multiply { factor, .. } | Step::Index { factor } => number(factor, at),
        Step::Floor { amount: a, .. } | Step::Cap { amount: a, .. } => amount(*a, at),
        Step::ExemptClass { .. } | Step::ProrateDays {} => Ok(()),
    }
}
