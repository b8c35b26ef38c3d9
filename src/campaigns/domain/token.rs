//! The token of the link that refuses mail: a version, the number of the key, the delivery that tells who
//! refuses what, a scope, and a cut HMAC. 47 characters, so that the header stays on one line; it has no end.
//! Tokens of the first version, without key and scope, are read for good.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;

const FIRST: u8 = 1;
const VERSION: u8 = 2;
const MAC_BYTES: usize = 16;
/// The only scope: the page of the delivery, and its category at one click.
const CATEGORY: u8 = 0;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    version: u8,
    /// Number of the key of its HMAC; `None`: the token does not say.
    pub key: Option<u8>,
    pub delivery: DeliveryId,
}

impl Token {
    /// A token of today.
    pub const fn new(key: u8, delivery: DeliveryId) -> Self {
        Self {
            version: VERSION,
            key: Some(key),
            delivery,
        }
    }

    /// What the HMAC is taken over.
    pub fn signed_part(&self) -> Vec<u8> {
        let mut part = vec![self.version];
        part.extend(self.key);
        part.extend(self.delivery.0.as_bytes());
        if self.version == VERSION {
            part.push(CATEGORY);
        }
        part
    }

    /// The token as text; `mac` is the HMAC of its signed part.
    pub fn encode(&self, mac: &[u8; 32]) -> String {
        let mut bytes = self.signed_part();
        bytes.extend(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token, and the HMAC to be compared, cut to 16 bytes. `None`: no token of ours.
    pub fn decode(text: &str) -> Option<(Self, [u8; MAC_BYTES])> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (part, mac) = bytes.split_last_chunk::<MAC_BYTES>()?;
        let (key, delivery) = match part {
            [FIRST, delivery @ ..] => (None, delivery),
            [VERSION, key, delivery @ .., CATEGORY] => (Some(*key), delivery),
            _ => return None,
        };
        let delivery: [u8; 16] = delivery.try_into().ok()?;
        let token = Self {
            version: part[0],
            key,
            delivery: Uuid::from_bytes(delivery).into(),
        };
        Some((token, *mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: DeliveryId = DeliveryId(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057));

    #[test]
    fn a_token_reads_as_it_was_written_and_fits_a_line() {
        let token = Token::new(3, ID);
        let text = token.encode(&[7; 32]);
        assert_eq!(text.len(), 47);
        assert_eq!(Token::decode(&text), Some((token, [7; 16])));
        for forged in [
            "",
            "x",
            &text[1..],
            &format!("{text}A"),
            &text.replace('A', "+"),
        ] {
            assert_eq!(Token::decode(forged), None, "{forged}");
        }
        for part in [[9; 19], [2; 19]] {
            let other = URL_SAFE_NO_PAD.encode([&part[..], &[7; 16]].concat());
            assert_eq!(Token::decode(&other), None);
        }
    }

    #[test]
    fn the_first_version_is_still_read() {
        let mut bytes = vec![1];
        bytes.extend(ID.0.as_bytes());
        assert_eq!(bytes.len(), 17);
        bytes.extend([7; 16]);
        let (token, mac) = Token::decode(&URL_SAFE_NO_PAD.encode(&bytes)).expect("read");
        assert_eq!((token.key, token.delivery, mac), (None, ID, [7; 16]));
        assert_eq!(token.signed_part(), bytes[..17]);
    }
}
