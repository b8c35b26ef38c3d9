//! GTIN-8, -12, -13 and -14: check digit by weights 3, 1, 3, ... from the right, stored as 14 digits.

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::tenders::problems;

/// A trade item number, checked and padded to 14 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gtin(String);

/// Why a text is no GTIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Something other than ASCII digits, or nothing.
    #[error("a GTIN consists of digits")]
    Characters,
    /// Neither 8, 12, 13 nor 14 digits.
    #[error("a GTIN has 8, 12, 13 or 14 digits")]
    Length,
    /// All digits are zero.
    #[error("a GTIN is not zero")]
    Zero,
    /// The last digit does not fit the others.
    #[error("the check digit of the GTIN is wrong")]
    CheckDigit,
}

impl Refusal for GtinError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Characters => &problems::INVALID_GTIN_CHARACTERS,
            Self::Length => &problems::INVALID_GTIN_LENGTH,
            Self::Zero => &problems::INVALID_GTIN_ZERO,
            Self::CheckDigit => &problems::INVALID_GTIN_CHECK_DIGIT,
        }
    }
}

impl Gtin {
    /// Checks digits, then zero, length and check digit; left padding never changes the check digit.
    ///
    /// # Errors
    /// [`GtinError`] for the first rule broken.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(GtinError::Characters);
        }
        if text.bytes().all(|b| b == b'0') {
            return Err(GtinError::Zero);
        }
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return Err(GtinError::Length);
        }
        let digits = text.bytes().rev().map(|b| u32::from(b - b'0'));
        let weighted: u32 = digits
            .zip([1, 3].into_iter().cycle())
            .map(|(d, w)| d * w)
            .sum();
        if weighted.is_multiple_of(10) {
            Ok(Self(format!("{text:0>14}")))
        } else {
            Err(GtinError::CheckDigit)
        }
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_is_accepted_or_refused_as_stated() {
        for vector in vectors::load("5_gtin") {
            let text = vector["input"].as_str().unwrap_or("");
            let expected = &vector["expected"];
            match Gtin::parse(text) {
                Ok(gtin) => assert_eq!(gtin.as_str(), expected["gtin14"], "{vector}"),
                Err(error) => assert_eq!(error.kind().code, expected["code"], "{vector}"),
            }
        }
    }

    #[test]
    fn changing_one_digit_is_always_noticed() {
        let valid = "6291041500213";
        for place in 0..valid.len() {
            for digit in '0'..='9' {
                let mut text = valid.to_owned();
                text.replace_range(place..=place, &digit.to_string());
                assert_eq!(Gtin::parse(&text).is_ok(), text == valid, "{text}");
            }
        }
    }
}
