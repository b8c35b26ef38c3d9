//! Money is an integer of minor units; a currency gives the exponent. No floats anywhere.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;

/// Largest amount on the wire, in minor units: 2^53 - 1, so that every JSON reader holds it exactly.
pub const MAX_AMOUNT: i64 = 9_007_199_254_740_991;

/// A three-letter ISO 4217 currency code, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Parses an ISO 4217 code in upper case.
    pub fn parse(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code)
            .filter(|c| c.exponent().is_some())
            .map(Self)
    }

    /// The three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits after the point: 2 for CNY, 0 for JPY, 3 for BHD.
    pub fn exponent(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(2))
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code)
            .ok_or_else(|| serde::de::Error::custom(super::time::content("unknown_currency")))
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("ISO 4217 code"))
            .pattern(Some("^[A-Z]{3}$"))
            .max_length(Some(3))
            .examples([serde_json::json!("CNY")])
            .into()
    }
}

impl utoipa::ToSchema for Currency {}

/// An amount left the range of exact integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is beyond the range of minor units")]
pub struct Overflow;

impl Refusal for Overflow {
    fn kind(&self) -> &'static Kind {
        &kinds::OVERFLOW
    }
}

/// Sums amounts without wrapping.
///
/// # Errors
/// [`Overflow`] when the sum leaves `i64`.
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64, Overflow> {
    amounts
        .into_iter()
        .try_fold(0_i64, i64::checked_add)
        .ok_or(Overflow)
}

/// Prints minor units with the currency's digits and thousands separators: `50,000.00`.
pub fn format_minor(amount: i64, currency: Currency) -> String {
    let exponent = currency.exponent() as usize;
    let digits = format!("{:0>width$}", amount.unsigned_abs(), width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount < 0 { "-" } else { "" };
    if exponent == 0 {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{fraction}")
    }
}

/// A unit price with up to six decimals, held as an integer scaled by 10^6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(i64);

/// Scale of [`UnitPrice`].
pub const PRICE_SCALE: i64 = 1_000_000;

impl UnitPrice {
    /// Parses `"0.037500"`: at most 12 integer and 6 fraction digits, no sign, no exponent, no leading zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let has_point = text.contains('.');
        if whole.is_empty()
            || whole.len() > 12
            || fraction.len() > 6
            || (has_point && fraction.is_empty())
            || !digits(whole)
            || !digits(fraction)
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
        whole
            .checked_mul(PRICE_SCALE)?
            .checked_add(fraction)
            .map(Self)
    }

    /// From an integer scaled by 10^6.
    pub const fn from_scaled(scaled: i64) -> Self {
        Self(scaled)
    }

    /// The integer scaled by 10^6.
    pub const fn scaled(self) -> i64 {
        self.0
    }
}

/// Prints an integer scaled by 10^6 in the shortest form with at least two decimals: `10.00`, `0.0375`, `-0.50`.
pub fn format_scaled(scaled: i128) -> String {
    let scale = u128::from(PRICE_SCALE.unsigned_abs());
    let magnitude = scaled.unsigned_abs();
    let fraction = format!("{:06}", magnitude % scale);
    let kept = fraction.trim_end_matches('0').len().max(2);
    let sign = if scaled < 0 { "-" } else { "" };
    format!("{sign}{}.{}", magnitude / scale, &fraction[..kept])
}

impl std::fmt::Display for UnitPrice {
    /// Shortest canonical form with at least two decimals: `10.00`, `0.0375`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_scaled(self.0.into()))
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(super::time::content("invalid_price")))
    }
}

impl utoipa::PartialSchema for UnitPrice {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(
                "Decimal string, at most 12 integer and 6 fraction digits",
            ))
            .pattern(Some(r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$"))
            .max_length(Some(19))
            .examples([serde_json::json!("9.50")])
            .into()
    }
}

impl utoipa::ToSchema for UnitPrice {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_with_the_digits_of_their_currency() {
        let print = |amount, code| format_minor(amount, Currency::parse(code).expect("known"));
        assert_eq!(print(5_000_000, "CNY"), "50,000.00");
        assert_eq!(print(-5, "CNY"), "-0.05");
        assert_eq!(print(1_234_567, "JPY"), "1,234,567");
        assert_eq!(print(1_234, "BHD"), "1.234");
    }

    #[test]
    fn unit_prices_keep_six_decimals_and_refuse_other_spellings() {
        for (text, shown) in [
            ("10", "10.00"),
            ("0.037500", "0.0375"),
            ("999999999999.999999", "999999999999.999999"),
        ] {
            assert_eq!(UnitPrice::parse(text).expect(text).to_string(), shown);
        }
        for bad in [
            "",
            ".5",
            "1.",
            "-1",
            "1e3",
            "1.0000001",
            "01",
            "1,5",
            "1234567890123",
        ] {
            assert_eq!(UnitPrice::parse(bad), None, "{bad}");
        }
    }
}
