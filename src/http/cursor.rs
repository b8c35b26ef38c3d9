//! Cursors: where a list goes on, bound to the list and its filters, and signed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::kernel::time::Instant;
use crate::platform::keys::Keys;

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 8 + 16 + 16;
/// A cursor is good for seven days.
const LIFETIME_MS: i64 = 7 * 24 * 3_600_000;

/// Makes the cursor after `id` in the list named by `list` (operation, path and filters).
pub fn encode(keys: &Keys, list: &str, id: Uuid, now: Instant) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(now.millis().to_be_bytes());
    bytes.extend(id.as_bytes());
    let mac = keys.mac("cursor", &signed(&bytes, list));
    bytes.extend(&mac[..16]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor of the same list; `None` when it is altered, expired, or of another list.
pub fn decode(keys: &Keys, list: &str, cursor: &str, now: Instant) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    if bytes.len() != LENGTH || bytes[0] != VERSION {
        return None;
    }
    let (body, mac) = bytes.split_at(LENGTH - 16);
    let expected = keys.mac("cursor", &signed(body, list));
    aws_lc_rs::constant_time::verify_slices_are_equal(mac, &expected[..16]).ok()?;
    let made = i64::from_be_bytes(body[1..9].try_into().ok()?);
    if now.millis().saturating_sub(made) > LIFETIME_MS {
        return None;
    }
    Uuid::from_slice(&body[9..25]).ok()
}

fn signed(body: &[u8], list: &str) -> Vec<u8> {
    [body, &[0], list.as_bytes()].concat()
}
