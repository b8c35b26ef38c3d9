//! Exact integer arithmetic of prices: checked products, one rounding rule, bounded inputs.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::money::PRICE_SCALE;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// Largest quantity of one line or one group: as large as an amount, so that JSON readers hold it.
pub const MAX_QUANTITY: i64 = MAX_AMOUNT;

/// Most commitments, members or orders in one calculation.
pub const MAX_COMMITMENTS: usize = 100_000;

/// A number is outside what its field allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{field}' must be between {minimum} and {maximum}")]
pub struct OutOfRange {
    /// Name of the field.
    pub field: &'static str,
    /// Smallest allowed value.
    pub minimum: i64,
    /// Largest allowed value.
    pub maximum: i64,
}

impl Refusal for OutOfRange {
    fn kind(&self) -> &'static Kind {
        &kinds::OUT_OF_RANGE
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = Map::new();
        params.insert("field".into(), json!(self.field));
        params.insert("minimum".into(), json!(self.minimum));
        params.insert("maximum".into(), json!(self.maximum));
        params
    }
}

/// The calculation would cost more than one request may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the calculation is beyond its budget: {what} above {limit}")]
pub struct TooComplex {
    /// What is counted.
    pub what: &'static str,
    /// How much is allowed.
    pub limit: u64,
}

impl Refusal for TooComplex {
    fn kind(&self) -> &'static Kind {
        &kinds::TOO_COMPLEX
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = Map::new();
        params.insert("what".into(), json!(self.what));
        params.insert("limit".into(), json!(self.limit));
        params
    }
}

/// Refuses `value` outside `minimum..=maximum`.
///
/// # Errors
/// [`OutOfRange`] naming `field`.
pub fn within(
    field: &'static str,
    value: i64,
    minimum: i64,
    maximum: i64,
) -> Result<i64, OutOfRange> {
    if (minimum..=maximum).contains(&value) {
        Ok(value)
    } else {
        Err(OutOfRange {
            field,
            minimum,
            maximum,
        })
    }
}

/// Refuses more than [`MAX_COMMITMENTS`] of `what`.
///
/// # Errors
/// [`TooComplex`] with the limit.
pub fn few_enough(what: &'static str, count: usize) -> Result<(), TooComplex> {
    if count <= MAX_COMMITMENTS {
        Ok(())
    } else {
        Err(TooComplex {
            what,
            limit: MAX_COMMITMENTS as u64,
        })
    }
}

/// Minor units in one major unit: 10^`minor_unit`, for 0 to 6 digits.
///
/// # Errors
/// [`OutOfRange`] for more digits than a unit price has.
pub fn minor_per_major(minor_unit: i64) -> Result<i128, OutOfRange> {
    let digits = within("minor_unit", minor_unit, 0, 6)?;
    Ok((0..digits).fold(1, |scale, _| scale * 10))
}

/// Product without wrapping.
///
/// # Errors
/// [`Overflow`] beyond `i128`.
pub fn product(factors: &[i128]) -> Result<i128, Overflow> {
    factors
        .iter()
        .try_fold(1_i128, |all, factor| all.checked_mul(*factor))
        .ok_or(Overflow)
}

/// `n / d` rounded half away from zero; `d` is positive.
///
/// # Errors
/// [`Overflow`] when the doubled numerator leaves `i128`, or `d` is not positive.
pub fn round_div(n: i128, d: i128) -> Result<i128, Overflow> {
    if d <= 0 {
        return Err(Overflow);
    }
    let doubled = n.unsigned_abs().checked_mul(2).ok_or(Overflow)?;
    let d = d.unsigned_abs();
    let magnitude = doubled.checked_add(d).ok_or(Overflow)? / (2 * d);
    let magnitude = i128::try_from(magnitude).map_err(|_| Overflow)?;
    Ok(if n < 0 { -magnitude } else { magnitude })
}

/// An amount in minor units that every JSON reader holds exactly.
///
/// # Errors
/// [`Overflow`] beyond [`MAX_AMOUNT`] in magnitude.
pub fn amount(minor: i128) -> Result<i64, Overflow> {
    i64::try_from(minor)
        .ok()
        .filter(|minor| minor.unsigned_abs() <= MAX_AMOUNT.unsigned_abs())
        .ok_or(Overflow)
}

/// `bps` basis points of `minor`, rounded half away from zero.
///
/// # Errors
/// [`Overflow`] beyond amounts.
pub fn share_bps(minor: i64, bps: i64) -> Result<i64, Overflow> {
    amount(round_div(product(&[minor.into(), bps.into()])?, 10_000)?)
}

/// Minor units of a price scaled by 10^6: `round(scaled_total x 10^e / (base x 10^6))`.
///
/// # Errors
/// [`Overflow`] beyond amounts.
pub fn minor_of_scaled(
    scaled_total: i128,
    minor_per_major: i128,
    base: i64,
) -> Result<i64, Overflow> {
    let numerator = product(&[scaled_total, minor_per_major])?;
    let denominator = product(&[base.into(), PRICE_SCALE.into()])?;
    amount(round_div(numerator, denominator)?)
}

/// `minor / quantity` in major units scaled by 10^6, rounded half away from zero; for display.
///
/// # Errors
/// [`Overflow`] beyond `i128`, or for a quantity of zero.
pub fn scaled_per_unit(minor: i64, minor_per_major: i128, quantity: i64) -> Result<i128, Overflow> {
    let numerator = product(&[minor.into(), PRICE_SCALE.into()])?;
    round_div(numerator, product(&[minor_per_major, quantity.into()])?)
}

/// The smallest multiple of `multiple` that is at least `quantity`.
///
/// # Errors
/// [`Overflow`] beyond [`MAX_QUANTITY`].
pub fn round_up(quantity: i64, multiple: i64) -> Result<i64, Overflow> {
    let quantity = i128::from(quantity);
    let multiple = i128::from(multiple);
    let packs = (quantity + multiple - 1) / multiple;
    amount(packs * multiple)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(round_div(5, 2), Ok(3));
        assert_eq!(round_div(-5, 2), Ok(-3));
        assert_eq!(round_div(4, 3), Ok(1));
        assert_eq!(round_div(-4, 3), Ok(-1));
        assert_eq!(round_div(1, 0), Err(Overflow));
        assert_eq!(round_div(i128::MAX, 1), Ok(i128::MAX));
    }

    #[test]
    fn amounts_beyond_two_to_the_53_are_refused() {
        assert_eq!(amount(MAX_AMOUNT.into()), Ok(MAX_AMOUNT));
        assert_eq!(amount(i128::from(MAX_AMOUNT) + 1), Err(Overflow));
        assert_eq!(round_up(97, 12), Ok(108));
    }
}
