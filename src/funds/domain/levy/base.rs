//! The value a base gives a member, exactly.

use std::collections::BTreeMap;

use num_rational::BigRational;

use super::Band;
use super::Base;
use super::Bracket;
use super::LevyRefusal;
use super::Subject;
use crate::kernel::rational::Exact;

/// The base's value for a member, in minor units, not rounded.
pub(super) fn value(base: &Base, subject: &Subject) -> Result<BigRational, LevyRefusal> {
    let terms = |terms: &[Base]| -> Result<Vec<BigRational>, LevyRefusal> {
        terms.iter().map(|term| value(term, subject)).collect()
    };
    // A checked rule has at least one term, so that the empty maximum and minimum do not arise.
    Ok(match base {
        Base::Flat { amount } => whole(*amount),
        Base::Rate { measure, rate } => subject.size(measure)? * &rate.0,
        Base::Bands { measure, bands } => {
            let size = subject.size(measure)?;
            banded(holding(bands, |b| &b.from, measure, size)?, size)
        }
        Base::WholeBandRate {
            measure,
            select,
            bands,
        } => {
            let by = select.as_ref().unwrap_or(measure);
            let band = holding(bands, |b| &b.from, by, subject.size(by)?)?;
            subject.size(measure)? * &band.rate.0
        }
        Base::Marginal {
            measure,
            base,
            brackets,
        } => whole(*base) + marginal(brackets, subject.size(measure)?),
        Base::Class { amounts } => of_class(amounts, subject)?,
        Base::Sum { terms: all } => terms(all)?.iter().sum(),
        Base::MaxOf { terms: all } => terms(all)?.into_iter().max().unwrap_or_default(),
        Base::MinOf { terms: all } => terms(all)?.into_iter().min().unwrap_or_default(),
    })
}

fn whole(amount: i64) -> BigRational {
    BigRational::from_integer(amount.into())
}

/// The last band that begins at or below `size`; bands ascend.
fn holding<'a, B>(
    bands: &'a [B],
    from: fn(&B) -> &Exact,
    measure: &str,
    size: &BigRational,
) -> Result<&'a B, LevyRefusal> {
    let after = bands.partition_point(|band| from(band).0 <= *size);
    let band = after.checked_sub(1).and_then(|place| bands.get(place));
    band.ok_or_else(|| LevyRefusal::BelowFirstBand {
        measure: measure.into(),
        value: size.to_string(),
    })
}

fn banded(band: &Band, size: &BigRational) -> BigRational {
    let amount = whole(band.amount);
    let Some(rate) = &band.extra_rate else {
        return amount;
    };
    let above = &band.extra_above.as_ref().unwrap_or(&band.from).0;
    if size > above {
        amount + (size - above) * &rate.0
    } else {
        amount
    }
}

fn marginal(brackets: &[Bracket], size: &BigRational) -> BigRational {
    let ends = brackets.iter().skip(1).map(|next| Some(&next.above.0));
    brackets
        .iter()
        .zip(ends.chain([None]))
        .take_while(|(bracket, _)| bracket.above.0 < *size)
        .map(|(bracket, end)| {
            let top = end.map_or(size, |end| end.min(size));
            (top - &bracket.above.0) * &bracket.rate.0
        })
        .sum()
}

fn of_class(
    amounts: &BTreeMap<String, i64>,
    subject: &Subject,
) -> Result<BigRational, LevyRefusal> {
    let class = subject.class.as_ref();
    let amount = class.and_then(|class| amounts.get(class));
    amount
        .map(|amount| whole(*amount))
        .ok_or_else(|| LevyRefusal::ClassUnknown {
            class: class.cloned(),
        })
}
