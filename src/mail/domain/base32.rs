//! Base32 in lower case, without padding (RFC 4648, section 6): survives every mail server, also those
//! that change the case of an address.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Bytes as text: 8 characters for 5 bytes, the rest padded with zero bits.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(&mut text, held >> bits);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(&mut text, held << (5 - bits));
    }
    text
}

fn push(text: &mut String, five_bits: u32) {
    let at = usize::try_from(five_bits & 31).unwrap_or_default();
    text.push(char::from(ALPHABET[at]));
}

/// `N` bytes of a text in either case. `None`: it is not what [`encode`] makes of `N` bytes.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 8).div_ceil(5) {
        return None;
    }
    let mut bytes = [0; N];
    let (mut held, mut bits, mut at) = (0_u32, 0, 0);
    for letter in text.bytes() {
        let letter = letter.to_ascii_lowercase();
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *bytes.get_mut(at)? = u8::try_from((held >> bits) & 0xff).ok()?;
            at += 1;
        }
        held &= (1 << bits) - 1;
    }
    (at == N && held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_vectors_of_the_standard_hold() {
        for (bytes, text) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
        }
        assert_eq!(decode::<5>("MZXW6YTB"), Some(*b"fooba"));
        assert_eq!(decode::<4>("mzxw6yq"), Some(*b"foob"));
        // Padding bits that are not zero, a letter beyond the alphabet, the wrong length.
        assert_eq!(decode::<4>("mzxw6yr"), None);
        assert_eq!(decode::<5>("mzxw6yt1"), None);
        assert_eq!(decode::<5>("mzxw6yt"), None);
        assert_eq!(decode::<5>("mzxw6yté"), None);
    }
}
