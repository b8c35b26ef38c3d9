//! The token of the link that refuses mail: a version, the delivery that tells who refuses what, and a
//! cut HMAC. 44 characters, so that the header stays on one line; it has no end.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::ids::DeliveryId;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 16;
const BYTES: usize = 1 + 16 + MAC_BYTES;

/// What the HMAC is taken over.
pub fn signed_part(delivery: DeliveryId) -> [u8; 17] {
    let mut part = [VERSION; 17];
    part[1..].copy_from_slice(delivery.0.as_bytes());
    part
}

/// The token of a delivery; `mac` is the HMAC of its signed part.
pub fn encode(delivery: DeliveryId, mac: &[u8; 32]) -> String {
    let mut bytes = signed_part(delivery).to_vec();
    bytes.extend(&mac[..MAC_BYTES]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The delivery that a token names, and the HMAC to be compared, cut to 16 bytes. `None`: no token of ours.
pub fn decode(token: &str) -> Option<(DeliveryId, [u8; MAC_BYTES])> {
    let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let (&version, rest) = bytes.split_first()?;
    let (delivery, mac) = rest.split_first_chunk::<16>()?;
    if version != VERSION {
        return None;
    }
    Some((Uuid::from_bytes(*delivery).into(), mac.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_it_was_written_and_fits_a_line() {
        let delivery = DeliveryId(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057));
        let token = encode(delivery, &[7; 32]);
        assert_eq!(token.len(), 44);
        assert_eq!(decode(&token), Some((delivery, [7; 16])));
        for forged in [
            "",
            "x",
            &token[1..],
            &format!("{token}A"),
            &token.replace('A', "+"),
        ] {
            assert_eq!(decode(forged), None, "{forged}");
        }
        let other_version = URL_SAFE_NO_PAD.encode([2; BYTES]);
        assert_eq!(decode(&other_version), None);
    }
}
