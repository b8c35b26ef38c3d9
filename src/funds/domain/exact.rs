//! Exact shares as people read them: `8,688.5691`, and what rounding added or took.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use num_traits::ToPrimitive;

use crate::kernel::money::Currency;
use crate::kernel::money::format_minor;
use crate::kernel::rational::Exact;

/// Digits shown below the minor unit.
const DIGITS: u32 = 4;

/// Reads a share as it was stored: a whole number or a fraction, of any length.
pub fn read(text: &str) -> Option<Exact> {
    text.parse().ok().map(Exact)
}

/// What rounding added to an exact share, in minor units, as a fraction.
pub fn rounding(amount: i64, exact: &Exact) -> Exact {
    Exact(BigRational::from_integer(BigInt::from(amount)) - &exact.0)
}

/// A fraction of minor units in major units, cut off two places below the minor unit and marked `…` where
/// digits follow.
pub fn shown(value: &Exact, currency: Currency) -> String {
    let scale = BigInt::from(10).pow(DIGITS);
    let scaled = value.0.abs() * BigRational::from_integer(scale.clone());
    let cut = scaled.to_integer();
    let minor = (&cut / &scale).to_i64().unwrap_or(i64::MAX);
    let below = (&cut % &scale).to_u32().unwrap_or_default();
    let sign = if value.0.is_negative() { "-" } else { "" };
    let point = if currency.exponent() == 0 { "." } else { "" };
    let more = if scaled.is_integer() { "" } else { "…" };
    let digits = format!("{below:04}");
    let digits = digits.trim_end_matches(if more.is_empty() { '0' } else { '\0' });
    if digits.is_empty() {
        return format!("{sign}{}", format_minor(minor, currency));
    }
    format!(
        "{sign}{}{point}{digits}{more}",
        format_minor(minor, currency)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Exact {
        read(text).expect("exact")
    }

    #[test]
    fn a_share_longer_than_a_request_may_write_is_read_back() {
        let text = "4115226300411522630041152263004115/32921810703292181";
        assert_eq!(number(text).to_string(), text);
    }

    #[test]
    fn a_share_is_shown_below_the_minor_unit() {
        let cny = Currency::parse("CNY").expect("known");
        let share = number("320000000/368");
        assert_eq!(shown(&share, cny), "8,695.652173…");
        assert_eq!(shown(&number("100"), cny), "1.00");
        assert_eq!(shown(&number("-1/2"), cny), "-0.005");
        let jpy = Currency::parse("JPY").expect("known");
        assert_eq!(shown(&number("7/2"), jpy), "3.5");
        assert_eq!(rounding(4, &number("7/2")), number("1/2"));
    }
}
