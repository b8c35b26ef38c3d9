//! What a refusal stops.

use crate::mail::domain::letter::Category;

crate::words! {
    /// Who or what brought a refusal about.
    pub enum RefusalSource {
        /// The recipient, by a link in a mail.
        Link = "link",
        /// An organizer, on somebody's behalf.
        Organizer = "organizer",
        /// A message that came back.
        Bounce = "bounce",
        /// The reader called a message unwanted.
        Complaint = "complaint",
        /// A mail server's answer while a message was handed over.
        Server = "server",
    }
}

impl RefusalSource {
    /// Whether it says that the address does not work, rather than that somebody does not want mail.
    pub const fn is_technical(self) -> bool {
        matches!(self, Self::Bounce | Self::Server)
    }
}

/// Why a delivery is `suppressed`: the recipient's will.
pub const UNWANTED: &str = "the recipient refuses such mail";
/// The address does not work.
pub const GONE: &str = "mail to this address came back: it does not work";
/// The address is left alone for a while.
pub const PAUSED: &str = "mail to this address came back too often: it is paused";

/// Advertising needs a yes here, and there is none.
pub const NOT_AGREED: &str = "the recipient never agreed to such mail";

/// Why a refusal stops mail of a category; `None` where it does not. An address that does not work gets
/// nothing but what its owner asks for about the own account; a pause and a person's will hold back what
/// may be refused. `None` as category is an unknown one, treated as refusable.
pub fn stops(
    source: RefusalSource,
    is_pause: bool,
    category: Option<Category>,
) -> Option<&'static str> {
    let refusable = category.is_none_or(Category::may_be_refused);
    match (source.is_technical(), is_pause) {
        (true, false) if category != Some(Category::Account) => Some(GONE),
        (true, true) if refusable => Some(PAUSED),
        (false, _) if refusable => Some(UNWANTED),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_address_gets_no_bill_and_a_refusal_stops_none() {
        for (source, is_pause, category, reason) in [
            (
                RefusalSource::Bounce,
                false,
                Category::LevyNotice,
                Some(GONE),
            ),
            (
                RefusalSource::Server,
                false,
                Category::Promotion,
                Some(GONE),
            ),
            (RefusalSource::Bounce, false, Category::Account, None),
            (RefusalSource::Bounce, true, Category::LevyNotice, None),
            (RefusalSource::Bounce, true, Category::Digest, Some(PAUSED)),
            (RefusalSource::Link, false, Category::Digest, Some(UNWANTED)),
            (
                RefusalSource::Complaint,
                false,
                Category::Enrolment,
                Some(UNWANTED),
            ),
            (RefusalSource::Complaint, false, Category::LevyNotice, None),
            (RefusalSource::Organizer, false, Category::Tender, None),
        ] {
            assert_eq!(
                stops(source, is_pause, Some(category)),
                reason,
                "{source} {category}"
            );
        }
        assert_eq!(stops(RefusalSource::Link, false, None), Some(UNWANTED));
    }
}
