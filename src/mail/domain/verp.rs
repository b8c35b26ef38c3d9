//! Addresses and identifiers that tell which delivery a message is about, each with a MAC, so that nobody
//! can make one up: the sender of the envelope (VERP), and the `Message-ID`.

use uuid::Uuid;

use crate::kernel::ids::DeliveryId;
use crate::mail::domain::base32;

/// First letter after the delimiter: the form of what follows.
const VERSION: char = '1';
/// Mailbox that bounces come to.
const MAILBOX: &str = "b";
const ID_CHARS: usize = 26;
/// Characters of the MAC: 50 bits, tried one mail at a time.
const MAC_CHARS: usize = 10;

/// The local part of a delivery's return address; `mac` is the HMAC of its id.
pub fn local_part(delimiter: char, delivery: DeliveryId, mac: &[u8; 32]) -> String {
    let id = base32::encode(delivery.0.as_bytes());
    format!("{MAILBOX}{delimiter}{VERSION}{id}{}", cut(mac))
}

/// The MAC as it stands in an address.
pub fn cut(mac: &[u8; 32]) -> String {
    let mut text = base32::encode(mac);
    text.truncate(MAC_CHARS);
    text
}

/// What an address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The delivery that it names, and the MAC to be compared.
    Delivery(DeliveryId, String),
    /// It has the form of a return address, and names nothing.
    Nothing,
}

/// Reads an address of the bounce domain. `None`: it is another address.
pub fn read(address: &str, delimiter: char, domain: &str) -> Option<Told> {
    let (local, at) = address.trim().rsplit_once('@')?;
    let local = local.to_ascii_lowercase();
    let told = local.strip_prefix(MAILBOX)?.strip_prefix(delimiter)?;
    if !at.trim_end_matches('.').eq_ignore_ascii_case(domain) {
        return None;
    }
    let read = || {
        let told = told.strip_prefix(VERSION)?;
        let (id, mac) = told.split_at_checked(ID_CHARS)?;
        let id = base32::decode::<16>(id)?;
        (mac.len() == MAC_CHARS).then(|| (Uuid::from_bytes(id).into(), mac.to_owned()))
    };
    Some(read().map_or(Told::Nothing, |(id, mac)| Told::Delivery(id, mac)))
}

/// The part of a `Message-ID` before its domain.
pub fn message_id(delivery: DeliveryId, mac: &[u8; 32]) -> String {
    format!("d{}.{}", base32::encode(delivery.0.as_bytes()), cut(mac))
}

/// Reads a `Message-ID`. `None`: it is not one of ours.
pub fn read_message_id(text: &str) -> Option<(DeliveryId, String)> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, _) = text.rsplit_once('@')?;
    let (id, mac) = local.strip_prefix('d')?.split_once('.')?;
    let id = base32::decode::<16>(id)?;
    (mac.len() == MAC_CHARS).then(|| (Uuid::from_bytes(id).into(), mac.to_ascii_lowercase()))
}

/// Reads an envelope id (RFC 3461): the delivery's id, in any of its spellings.
pub fn read_envelope_id(text: &str) -> Option<DeliveryId> {
    let text = text.trim();
    let short = || base32::decode::<16>(text).map(Uuid::from_bytes);
    let id = Uuid::try_parse(text).ok().or_else(short)?;
    Some(id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: DeliveryId = DeliveryId(Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057));

    #[test]
    fn an_address_is_read_as_it_was_written_in_either_case() {
        let local = local_part('+', ID, &[7; 32]);
        assert_eq!(local.len(), 39);
        assert!(local.len() < 64);
        let address = format!("{local}@bounces.example");
        let told = Told::Delivery(ID, cut(&[7; 32]));
        assert_eq!(read(&address, '+', "bounces.example"), Some(told.clone()));
        let shouted = address.to_uppercase();
        assert_eq!(read(&shouted, '+', "bounces.example"), Some(told));
        assert_eq!(read(&address, '-', "bounces.example"), None);
        assert_eq!(read(&address, '+', "other.example"), None);
        assert_eq!(read("mei@bounces.example", '+', "bounces.example"), None);
        for forged in [
            "b+",
            "b+1",
            "b+v1.1.tok1",
            &local[..38],
            "b+1éééééééééééééééééé",
        ] {
            let forged = format!("{forged}@bounces.example");
            assert_eq!(
                read(&forged, '+', "bounces.example"),
                Some(Told::Nothing),
                "{forged}"
            );
        }
    }

    #[test]
    fn identifiers_are_read_as_they_were_written() {
        let id = message_id(ID, &[9; 32]);
        let read = read_message_id(&format!("<{id}@guild.example>"));
        assert_eq!(read, Some((ID, cut(&[9; 32]))));
        assert_eq!(read_message_id("<camp7.r1.k9f@alliance.example>"), None);
        assert_eq!(read_message_id("<d.@x>"), None);
        assert_eq!(
            read_envelope_id("01890a5d-ac96-774b-bcce-b302099a8057"),
            Some(ID)
        );
        assert_eq!(
            read_envelope_id("01890a5dac96774bbcceb302099a8057"),
            Some(ID)
        );
        assert_eq!(read_envelope_id(&base32::encode(ID.0.as_bytes())), Some(ID));
        assert_eq!(read_envelope_id("camp7.r1"), None);
    }
}
