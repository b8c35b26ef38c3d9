//! Keys for a manufacturer's own systems: `gld_live_<8 id>_<43 secret><6 checksum>`.
//!
//! The id finds the row, the secret proves the holder; the checksum lets scanners tell a leaked key from
//! chance, and refuses a mistyped one without a look at the database.

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::merchants::problems;

/// What every key begins with.
pub const BRAND: &str = "gld_live_";
/// Characters of the id.
pub const ID_LENGTH: usize = 8;
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;
/// Longest life of a key in days.
pub const MOST_DAYS: i64 = 365;
/// Keys that live at once: the present one and its successor.
pub const MOST_LIVE: usize = 2;

/// 32 signs that are hard to confuse, so that five random bits choose one without bias.
const ID_SIGNS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

crate::words! {
    /// What a key may do.
    pub enum Scope {
        /// Read tenders to which the manufacturer is invited.
        TendersRead = "tenders:read",
        /// Submit, replace and withdraw own quotes.
        QuotesWrite = "quotes:write",
        /// Read own quotes.
        QuotesRead = "quotes:read",
    }
}

/// The parts of a key whose checksum fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    pub id: &'a str,
    pub secret: &'a str,
}

/// An id from random bytes.
pub fn id_of(random: [u8; ID_LENGTH]) -> String {
    random
        .iter()
        .map(|byte| char::from(ID_SIGNS[usize::from(byte % 32)]))
        .collect()
}

/// The text of a key.
pub fn compose(id: &str, secret: &str) -> String {
    let body = format!("{BRAND}{id}_{secret}");
    let checksum = checksum(&body);
    format!("{body}{checksum}")
}

/// Takes a key apart; `None` for everything that is none.
pub fn parse(text: &str) -> Option<Parts<'_>> {
    let rest = text.strip_prefix(BRAND)?;
    if !text.is_ascii() || rest.len() != ID_LENGTH + 1 + SECRET_LENGTH + CHECKSUM_LENGTH {
        return None;
    }
    let (body, sum) = text.split_at(text.len() - CHECKSUM_LENGTH);
    let (id, rest) = rest.split_at(ID_LENGTH);
    let secret = rest.strip_prefix('_')?.get(..SECRET_LENGTH)?;
    (checksum(body) == sum).then_some(Parts { id, secret })
}

/// CRC-32 (IEEE) in six signs of base 62.
fn checksum(body: &str) -> String {
    let mut crc = u32::MAX;
    for byte in body.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            let low = crc & 1;
            crc = (crc >> 1) ^ (0xEDB8_8320 * low);
        }
    }
    let mut rest = !crc;
    let mut signs = [b'0'; CHECKSUM_LENGTH];
    for sign in signs.iter_mut().rev() {
        *sign = BASE62[usize::try_from(rest % 62).unwrap_or(0)];
        rest /= 62;
    }
    signs.iter().map(|sign| char::from(*sign)).collect()
}

/// Why there is no new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("At most {MOST_LIVE} keys live at once: revoke one first.")]
    TooMany,
}

impl Refusal for KeyError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::TooMany => &problems::TOO_MANY_KEYS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "pJ4Yq0eW1m3v5x7z9B2D4F6H8J0L2N4P6R8T0V2X4Z6";

    #[test]
    fn the_checksum_is_the_crc_that_everybody_computes() {
        // CRC-32 of "123456789" is 0xCBF43926 = 3421780262.
        assert_eq!(checksum("123456789"), "3jZRME");
    }

    #[test]
    fn a_key_comes_apart_as_it_was_composed() {
        let id = id_of([0, 31, 32, 255, 7, 8, 9, 10]);
        assert_eq!(id, "0z0z789a");
        let text = compose(&id, SECRET);
        assert_eq!(text.len(), 9 + 8 + 1 + 43 + 6);
        let parts = Parts {
            id: &id,
            secret: SECRET,
        };
        assert_eq!(parse(&text), Some(parts));
    }

    #[test]
    fn a_mistyped_key_is_none() {
        let text = compose("0z0z789a", SECRET);
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'x' { b'y' } else { b'x' };
            let other = String::from_utf8(other).expect("ASCII");
            assert_eq!(parse(&other), None, "{other}");
        }
        for broken in ["", "gld_live_", &text[..text.len() - 1], "gld_live_茶茶茶"] {
            assert_eq!(parse(broken), None);
        }
    }
}
