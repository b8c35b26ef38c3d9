//! Dues for several years paid ahead: a discount on all of them, and a first year that may be part of one.

use std::num::NonZeroU32;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;
use num_traits::ToPrimitive;

use crate::funds::domain::rounding::Mode;
use crate::kernel::money::Overflow;
use crate::kernel::rational::Exact;

/// Minor units for `years` years at `annual` each, less `discount`, where the first year counts as `first_year`.
///
/// Rounded once at the end, halves upwards.
///
/// # Errors
/// [`Overflow`] when the amount leaves `i64`.
pub fn prorated_dues(
    annual: i64,
    years: NonZeroU32,
    discount: &Exact,
    first_year: &Exact,
) -> Result<i64, Overflow> {
    let later = BigRational::from_integer(BigInt::from(years.get()) - BigInt::one());
    let counted = &first_year.0 + later;
    let due = BigRational::from_integer(annual.into()) * (BigRational::one() - &discount.0);
    Mode::HalfUp
        .round(&(due * counted))
        .to_i64()
        .ok_or(Overflow)
}
