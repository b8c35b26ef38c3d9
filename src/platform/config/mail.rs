//! Settings of mail beyond the way out: where bounces come back to, and who signs.

use std::path::PathBuf;

use url::Url;

use crate::platform::config::Reader;
use crate::platform::config::Secret;

/// Keys of this part.
pub const KEYS: [&str; 9] = [
    "GUILDHALL_MAIL_BOUNCE_DOMAIN",
    "GUILDHALL_MAIL_BOUNCE_DELIMITER",
    "GUILDHALL_MAIL_HOOK_SECRET",
    "GUILDHALL_MAIL_IMAP_URL",
    "GUILDHALL_MAIL_IMAP_EVERY_S",
    "GUILDHALL_MAIL_LIST_DOMAIN",
    "GUILDHALL_MAIL_DKIM_DOMAIN",
    "GUILDHALL_MAIL_DKIM_SELECTOR",
    "GUILDHALL_MAIL_DKIM_KEY",
];

/// What an operator can set about bounces and signatures.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `GUILDHALL_MAIL_BOUNCE_DOMAIN`, default none: the sender of the envelope is the address of `From`.
    pub bounce_domain: Option<String>,
    /// `GUILDHALL_MAIL_BOUNCE_DELIMITER`, default `+`: between the mailbox and what tells the delivery.
    pub bounce_delimiter: char,
    /// `GUILDHALL_MAIL_HOOK_SECRET`, default none: the hook for bounces is closed.
    pub hook_secret: Option<Secret>,
    /// `GUILDHALL_MAIL_IMAP_URL`, default none: no mailbox is read.
    pub imap_url: Option<Secret>,
    /// `GUILDHALL_MAIL_IMAP_EVERY_S`, default 60.
    pub imap_every_s: u32,
    /// `GUILDHALL_MAIL_LIST_DOMAIN`, default the domain of `GUILDHALL_MAIL_FROM`: end of every `List-Id`.
    pub list_domain: Option<String>,
    /// `GUILDHALL_MAIL_DKIM_…`, default none: the relay signs.
    pub dkim: Option<DkimSettings>,
}

/// Who signs mail, and with what.
#[derive(Debug, Clone)]
pub struct DkimSettings {
    pub domain: String,
    pub selector: String,
    /// A PEM file with an RSA key.
    pub key_file: PathBuf,
}

/// A mailbox to read over IMAP.
#[derive(Debug, Clone)]
pub struct ImapTarget {
    pub host: String,
    pub port: u16,
    /// TLS from the first byte; plain text is for loopback addresses only.
    pub tls: bool,
    pub user: String,
    pub password: Secret,
    pub mailbox: String,
}

/// Reads this part.
pub(super) fn read(reader: &mut Reader<'_>) -> MailSettings {
    const DOMAIN: &str = "a domain such as bounces.example.org";
    MailSettings {
        bounce_domain: reader.parsed("GUILDHALL_MAIL_BOUNCE_DOMAIN", DOMAIN, domain),
        bounce_delimiter: reader
            .parsed(
                "GUILDHALL_MAIL_BOUNCE_DELIMITER",
                "one of + - = _",
                delimiter,
            )
            .unwrap_or('+'),
        hook_secret: reader.parsed(
            "GUILDHALL_MAIL_HOOK_SECRET",
            "at least 16 characters",
            |t| (t.len() >= 16).then(|| Secret(t.to_owned())),
        ),
        imap_url: reader.parsed(
            "GUILDHALL_MAIL_IMAP_URL",
            "imaps://user:pass@host/INBOX, or imap:// to a loopback address",
            |t| imap_url(t).map(|_| Secret(t.to_owned())),
        ),
        imap_every_s: reader
            .parsed(
                "GUILDHALL_MAIL_IMAP_EVERY_S",
                "a number from 5 to 86400",
                |t| t.parse().ok().filter(|n| (5..=86_400).contains(n)),
            )
            .unwrap_or(60),
        list_domain: reader.parsed("GUILDHALL_MAIL_LIST_DOMAIN", DOMAIN, domain),
        dkim: dkim(reader),
    }
}

fn dkim(reader: &mut Reader<'_>) -> Option<DkimSettings> {
    let signer = reader.parsed(
        "GUILDHALL_MAIL_DKIM_DOMAIN",
        "a domain such as example.org",
        domain,
    );
    let selector = reader.parsed(
        "GUILDHALL_MAIL_DKIM_SELECTOR",
        "a selector such as s2026",
        domain,
    );
    let key_file = reader.text("GUILDHALL_MAIL_DKIM_KEY").map(PathBuf::from);
    match (signer, selector, key_file) {
        (Some(domain), Some(selector), Some(key_file)) => Some(DkimSettings {
            domain,
            selector,
            key_file,
        }),
        (None, None, None) => None,
        _ => {
            reader.wrong.push(
                "GUILDHALL_MAIL_DKIM_DOMAIN, GUILDHALL_MAIL_DKIM_SELECTOR and GUILDHALL_MAIL_DKIM_KEY belong together"
                    .to_owned(),
            );
            None
        }
    }
}

/// Labels of letters, digits and hyphens, in lower case.
fn domain(text: &str) -> Option<String> {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (text.len() <= 200 && text.split('.').all(label)).then(|| text.to_ascii_lowercase())
}

fn delimiter(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars
        .next()
        .filter(|c| "+-=_".contains(*c) && chars.next().is_none())
}

/// Parses the address of a mailbox. TLS is required unless the host is a loopback address.
pub fn imap_url(text: &str) -> Option<ImapTarget> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?.to_owned();
    let (tls, default_port) = match url.scheme() {
        "imaps" => (true, 993),
        "imap" if super::smtp::is_loopback(&host) => (false, 143),
        _ => return None,
    };
    let mailbox = super::smtp::percent_decode(url.path().trim_start_matches('/'));
    let user = super::smtp::percent_decode(url.username());
    let password = super::smtp::percent_decode(url.password()?);
    let printable = |t: &str| !t.is_empty() && !t.chars().any(char::is_control);
    (url.query().is_none() && printable(&user) && printable(&password)).then_some(())?;
    Some(ImapTarget {
        port: url.port().unwrap_or(default_port),
        host,
        tls,
        user,
        password: Secret(password),
        mailbox: match mailbox {
            empty if empty.is_empty() => "INBOX".to_owned(),
            named if printable(&named) => named,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_read_under_tls_unless_it_is_on_this_machine() {
        let target = imap_url("imaps://bounces%40a:p%40ss@mail.example.org/Bounces").expect("ok");
        assert!(target.tls);
        assert_eq!((target.port, target.mailbox.as_str()), (993, "Bounces"));
        assert_eq!(
            (target.user.as_str(), target.password.0.as_str()),
            ("bounces@a", "p@ss")
        );
        let local = imap_url("imap://u:p@127.0.0.1:10143").expect("ok");
        assert_eq!(
            (local.tls, local.port, local.mailbox.as_str()),
            (false, 10_143, "INBOX")
        );
        for wrong in [
            "imap://u:p@mail.example.org",
            "imaps://mail.example.org",
            "imaps://u@mail.example.org",
            "imaps://u:p%0d%0a@mail.example.org",
            "pop3://u:p@mail.example.org",
        ] {
            assert!(imap_url(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn domains_and_delimiters_forge_no_address() {
        assert_eq!(
            domain("Bounces.Example.org").as_deref(),
            Some("bounces.example.org")
        );
        for wrong in ["", "a..b", "-a.b", "a b", "a@b", "a\r\n.b"] {
            assert_eq!(domain(wrong), None, "{wrong:?}");
        }
        assert_eq!(delimiter("-"), Some('-'));
        assert_eq!(
            (delimiter("++"), delimiter("@"), delimiter("")),
            (None, None, None)
        );
    }
}
