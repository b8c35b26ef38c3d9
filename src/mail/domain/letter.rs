//! A letter: one message to one recipient, complete before it is queued.

use serde_json::Map;
use serde_json::Value;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::text;
use crate::kernel::text::TextError;
use crate::kernel::time::Instant;
use crate::mail::problems;

crate::words! {
    /// Why the service writes: decides whether the recipient may refuse such mail.
    pub enum Category {
        /// About one's own account: verification, password, security.
        Account = "account",
        /// An invitation to join an alliance.
        Invitation = "invitation",
        /// A bill, a reminder of it, or a refund, under the statutes.
        LevyNotice = "levy_notice",
        /// A question put to the members, under the statutes.
        Ballot = "ballot",
        /// Invitations, results and awards of tenders, to those who take part.
        Tender = "tender",
        /// An order and its parts, to those who are bound by it.
        Order = "order",
        /// A call to enrol in a promotion, or a reminder of it.
        Enrolment = "enrolment",
        /// The announcement of a promotion.
        Promotion = "promotion",
        /// A summary of what happened.
        Digest = "digest",
    }
}

impl Category {
    /// Whether the recipient may refuse mail of this category; refusals of others are not obeyed.
    pub const fn may_be_refused(self) -> bool {
        match self {
            Self::Invitation | Self::Enrolment | Self::Promotion | Self::Digest => true,
            Self::Account | Self::LevyNotice | Self::Ballot | Self::Tender | Self::Order => false,
        }
    }

    /// Whether such mail is advertising: it rests on consent, and is marked where the law asks for it.
    pub const fn advertises(self) -> bool {
        matches!(self, Self::Promotion | Self::Digest)
    }
}

impl Category {
    /// What follows where nobody knows whether a letter arrived: `hold` where a missed one is cheap, so that
    /// a person decides; `resend` where it must arrive, if need be twice.
    pub const fn on_unsure(self) -> &'static str {
        match self {
            Self::Enrolment | Self::Promotion | Self::Digest => "hold",
            Self::Account
            | Self::Invitation
            | Self::LevyNotice
            | Self::Ballot
            | Self::Tender
            | Self::Order => "resend",
        }
    }
}

/// To whom a letter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub email: String,
    /// May be empty: then the address stands alone.
    pub name: String,
    pub locale: Locale,
}

/// What a letter says, in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// A file that a letter carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// ASCII letters, digits, `.`, `-` and `_`.
    pub file_name: String,
    /// With its parameters: `text/calendar; charset=utf-8; method=PUBLISH`.
    pub media_type: String,
    pub body: Vec<u8>,
}

impl Attachment {
    fn is_fine(&self) -> bool {
        let name = (1..=80).contains(&self.file_name.len())
            && self
                .file_name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
        let media = self.media_type.contains('/')
            && self
                .media_type
                .bytes()
                .all(|b| b == b' ' || b.is_ascii_graphic());
        name && media && self.body.len() <= ATTACHMENT_MAX
    }
}

/// Largest file, in bytes.
const ATTACHMENT_MAX: usize = 1 << 20;

/// One message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub to: Recipient,
    pub alliance: Option<AllianceId>,
    pub campaign: Option<CampaignId>,
    pub category: Category,
    pub content: Content,
    /// Link by which one click refuses this kind of mail.
    pub unsubscribe: Option<String>,
    /// A second letter with this key in the same campaign (or outside of any) is not queued.
    pub dedupe_key: Option<String>,
    pub attachments: Vec<Attachment>,
    /// The recipient's values of the campaign's stencil; the content is written with them when the letter
    /// is sent, and empty until then.
    pub vars: Option<Value>,
    /// The recipient's time zone, for quiet hours.
    pub zone: Option<String>,
    /// Last moment at which the letter makes sense; four days after queueing where absent.
    pub expires_at: Option<Instant>,
}

impl Letter {
    /// A letter outside of any campaign, without link to refuse it.
    pub fn new(to: Recipient, category: Category, content: Content) -> Self {
        Self {
            to,
            alliance: None,
            campaign: None,
            category,
            content,
            unsubscribe: None,
            dedupe_key: None,
            attachments: Vec::new(),
            vars: None,
            zone: None,
            expires_at: None,
        }
    }

    /// Checks everything that becomes a header.
    ///
    /// # Errors
    /// [`LetterError`] for the first part that cannot stand in a mail.
    pub fn check(&self) -> Result<(), LetterError> {
        text::check_email(&self.to.email).map_err(LetterError::Address)?;
        text::check_line(&self.to.name).map_err(LetterError::Name)?;
        if self.vars.is_none() {
            check_subject(&self.content.subject)?;
        }
        if !self.attachments.iter().all(Attachment::is_fine) {
            return Err(LetterError::Attachment);
        }
        self.unsubscribe.as_deref().map_or(Ok(()), check_link)
    }
}

/// A subject with the word for advertising at its front, where it `advertises` and is read in Chinese, or
/// its sender is `bound` by China's rules for e-mail (2006, article 13). Marked once, however often asked.
pub fn marked(subject: &str, advertises: bool, locale: Locale, bound: bool) -> String {
    const MARKS: [&str; 4] = ["[广告]", "广告", "[AD]", "AD "];
    let needed = advertises && (bound || locale == Locale::ZhCn);
    if !needed || MARKS.iter().any(|mark| subject.starts_with(mark)) {
        return subject.to_owned();
    }
    let mark = locale.pick("[广告]", "[AD]");
    format!("{mark} {subject}")
}

/// Checks a subject: one line, not empty.
///
/// # Errors
/// [`LetterError::Subject`].
pub fn check_subject(subject: &str) -> Result<(), LetterError> {
    text::check_line(subject).map_err(LetterError::Subject)?;
    if (1..=SUBJECT_MAX).contains(&subject.chars().count()) {
        Ok(())
    } else {
        Err(LetterError::Subject(TextError::Length { max: SUBJECT_MAX }))
    }
}

/// Checks a link: `http` or `https`, ASCII, without white space.
///
/// # Errors
/// [`LetterError::Link`].
pub fn check_link(link: &str) -> Result<(), LetterError> {
    let web = link.starts_with("https://") || link.starts_with("http://");
    if web
        && link
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"'))
    {
        Ok(())
    } else {
        Err(LetterError::Link)
    }
}

const SUBJECT_MAX: usize = 200;

/// A part of a letter cannot stand in a mail. Never says which text it was: texts may hold secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    #[error("The recipient's address {0}.")]
    Address(TextError),
    #[error("The recipient's name {0}.")]
    Name(TextError),
    #[error("The subject {0}.")]
    Subject(TextError),
    #[error("A link of the mail is no http or https address.")]
    Link,
    #[error("A file of the mail has no plain name, no media type, or too many bytes.")]
    Attachment,
}

impl Refusal for LetterError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Address(_) => &problems::MAIL_ADDRESS_INVALID,
            Self::Name(_) => &problems::MAIL_NAME_INVALID,
            Self::Subject(_) => &problems::MAIL_SUBJECT_INVALID,
            Self::Link => &problems::MAIL_LINK_INVALID,
            Self::Attachment => &problems::MAIL_ATTACHMENT_INVALID,
        }
    }

    fn params(&self) -> Map<String, Value> {
        Map::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(email: &str, name: &str, subject: &str, unsubscribe: &str) -> Letter {
        let to = Recipient {
            email: email.to_owned(),
            name: name.to_owned(),
            locale: Locale::En,
        };
        let content = Content {
            subject: subject.to_owned(),
            html: "<p>x</p>".to_owned(),
            text: "x".to_owned(),
        };
        Letter {
            unsubscribe: Some(unsubscribe.to_owned()),
            ..Letter::new(to, Category::Promotion, content)
        }
    }

    #[test]
    fn headers_cannot_be_forged_through_any_part() {
        let link = "https://g.example/u/1";
        let forged = "x\r\nBcc: y@z.example";
        assert_eq!(letter("a@b.example", "老王", "s", link).check(), Ok(()));
        assert_eq!(letter("a@b.example", "", "s", link).check(), Ok(()));
        for (case, wanted) in [
            (
                letter("a@b.example\r\n", "n", "s", link),
                LetterError::Address(TextError::Control),
            ),
            (
                letter("a@b.example", forged, "s", link),
                LetterError::Name(TextError::Control),
            ),
            (
                letter("a@b.example", "\u{202e}n", "s", link),
                LetterError::Name(TextError::Bidi),
            ),
            (
                letter("a@b.example", "n", forged, link),
                LetterError::Subject(TextError::Control),
            ),
            (
                letter("a@b.example", "n", "", link),
                LetterError::Subject(TextError::Length { max: 200 }),
            ),
            (
                letter("a@b.example", "n", "s", "javascript:alert(1)"),
                LetterError::Link,
            ),
            (
                letter("a@b.example", "n", "s", "https://a\r\nX: y"),
                LetterError::Link,
            ),
        ] {
            assert_eq!(case.check(), Err(wanted));
        }
    }

    #[test]
    fn a_file_has_a_plain_name_a_media_type_and_an_end() {
        let with = |file_name: &str, media_type: &str, size: usize| {
            let attachment = Attachment {
                file_name: file_name.to_owned(),
                media_type: media_type.to_owned(),
                body: vec![b'x'; size],
            };
            let mut letter = letter("a@b.example", "n", "s", "https://g.example/u/1");
            letter.attachments.push(attachment);
            letter.check()
        };
        let media = "text/calendar; charset=utf-8; method=PUBLISH";
        assert_eq!(with("promotion.ics", media, 10), Ok(()));
        for (name, media, size) in [
            ("a\r\nX: y.ics", media, 10),
            ("\"a.ics", media, 10),
            ("", media, 10),
            ("a.ics", "text/plain\r\nX: y", 10),
            ("a.ics", "calendar", 10),
            ("a.ics", media, ATTACHMENT_MAX + 1),
        ] {
            assert_eq!(
                with(name, media, size),
                Err(LetterError::Attachment),
                "{name}"
            );
        }
    }

    #[test]
    fn advertising_says_so_where_china_asks_for_it() {
        for (advertises, locale, bound, expected) in [
            (true, Locale::ZhCn, false, "[广告] Sale"),
            (true, Locale::En, true, "[AD] Sale"),
            (true, Locale::En, false, "Sale"),
            (false, Locale::ZhCn, true, "Sale"),
        ] {
            let once = marked("Sale", advertises, locale, bound);
            assert_eq!(once, expected);
            assert_eq!(marked(&once, advertises, locale, bound), expected);
        }
    }

    #[test]
    fn mail_under_the_statutes_cannot_be_refused() {
        assert!(!Category::LevyNotice.may_be_refused());
        assert!(!Category::Account.may_be_refused());
        assert!(Category::Promotion.may_be_refused());
    }
}
