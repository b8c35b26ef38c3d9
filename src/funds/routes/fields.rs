//! Rules of fields that several requests share.

use chrono::Datelike;
use chrono::NaiveDate;

use crate::http::problem::Problem;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;

/// Most of an amount in a request, as JSON readers hold it exactly.
pub const MOST: i64 = crate::kernel::money::MAX_AMOUNT;

/// A day of the years 2000 to 2199.
///
/// # Errors
/// For any other.
pub fn day(day: &NaiveDate, _: &()) -> garde::Result {
    if (2000..2200).contains(&day.year()) {
        Ok(())
    } else {
        Err(garde::Error::new("must lie in the years 2000 to 2199"))
    }
}

/// Letters, digits and `-`, beginning with an upper-case letter or a digit: every ledger program takes it.
///
/// # Errors
/// For any other text.
pub fn code(text: &str, _: &()) -> garde::Result {
    let first = text.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    let rest = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if first && rest && text.len() <= 20 {
        Ok(())
    } else {
        Err(garde::Error::new(
            "must have 1 to 20 letters, digits and '-', and begin with an upper-case letter or a digit",
        ))
    }
}

/// The key of a measure: lower-case words joined by `_`.
///
/// # Errors
/// For any other text.
pub fn measure(text: &str, _: &()) -> garde::Result {
    let fine = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if fine && (1..=60).contains(&text.len()) {
        Ok(())
    } else {
        Err(garde::Error::new(
            "must have 1 to 60 lower-case letters, digits and '_'",
        ))
    }
}

/// A parameter of the query that is not what it must be.
pub fn invalid(name: &str, wanted: &str) -> Problem {
    let detail = format!("'{name}' takes {wanted}.");
    Problem::new(&kinds::INVALID_PARAMETER, detail).errors(vec![FieldError::new(
        name,
        "invalid_parameter",
        wanted,
    )])
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
