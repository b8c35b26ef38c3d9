//! The published rate of a district: a budget divided by the units that carry it.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use num_traits::ToPrimitive;
use num_traits::Zero;

use crate::funds::domain::rounding::Mode;
use crate::kernel::money::Overflow;

/// `amount / units`, rounded to `decimals` digits and scaled by ten to that power.
///
/// None when `units` is zero or either number is negative.
///
/// # Errors
/// [`Overflow`] when the scaled rate leaves `i64`.
pub fn unit_rate(
    amount: &BigRational,
    units: &BigRational,
    decimals: u8,
    mode: Mode,
) -> Result<Option<i64>, Overflow> {
    if units.is_zero() || units.is_negative() || amount.is_negative() {
        return Ok(None);
    }
    let scale = BigInt::from(10).pow(decimals.into());
    let scaled = mode.round(&(amount * scale / units));
    scaled.to_i64().map(Some).ok_or(Overflow)
}
