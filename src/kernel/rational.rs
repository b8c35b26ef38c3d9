//! Exact rational numbers for rates, weights and thresholds.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use serde::Deserialize;
use serde::Serialize;

/// An exact number, written as an integer, a decimal string `"12.5"` or a fraction `"1/3"`.
///
/// At most 40 characters, so that arithmetic stays bounded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub BigRational);

impl Exact {
    /// Parses `"-12.5"`, `"7"` or `"1/3"`; no exponent, no spaces.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 {
            return None;
        }
        if let Some((numerator, denominator)) = text.split_once('/') {
            let denominator = integer(denominator)?;
            return (!denominator.is_zero())
                .then_some(())
                .and(integer(numerator))
                .map(|n| Self(BigRational::new(n, denominator)));
        }
        let Some((whole, fraction)) = text.split_once('.') else {
            return integer(text).map(|n| Self(BigRational::from_integer(n)));
        };
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        integer(whole)?;
        let scaled = integer(&format!("{whole}{fraction}"))?;
        let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).ok()?);
        Some(Self(BigRational::new(scaled, scale)))
    }

    /// Half of it.
    #[must_use]
    pub fn half(&self) -> Self {
        Self(&self.0 / BigInt::from(2))
    }

    /// A whole number.
    pub fn whole(n: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(n)))
    }
}

fn integer(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl std::fmt::Display for Exact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Spelling {
            Number(i64),
            Text(String),
        }
        match Spelling::deserialize(deserializer)? {
            Spelling::Number(n) => Ok(Self::whole(n)),
            Spelling::Text(text) => {
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an exact number"))
            }
        }
    }
}

impl utoipa::PartialSchema for Exact {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::ObjectBuilder;
        use utoipa::openapi::schema::OneOfBuilder;
        use utoipa::openapi::schema::Type;
        OneOfBuilder::new()
            .item(
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .minimum(Some(-9_007_199_254_740_991_i64))
                    .maximum(Some(9_007_199_254_740_991_i64)),
            )
            .item(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .max_length(Some(40))
                    .pattern(Some(r"^-?[0-9]+(\.[0-9]+|/[0-9]+)?$")),
            )
            .description(Some("Integer, decimal string or fraction string; exact"))
            .examples([serde_json::json!("12.5")])
            .into()
    }
}

impl utoipa::ToSchema for Exact {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_name_the_same_number() {
        let half = Exact::parse("1/2");
        assert!(half.is_some());
        assert_eq!(half, Exact::parse("0.5"));
        assert_eq!(half, Exact::parse("-0.5").map(|x| Exact(-x.0)));
        for bad in ["", "1/0", ".5", "1.", "1e3", " 1", "1/-2x", "--1"] {
            assert_eq!(Exact::parse(bad), None, "{bad}");
        }
    }
}
