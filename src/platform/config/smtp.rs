//! Where mail goes, and how the way there is protected.

use url::Url;

use crate::platform::config::Rate;
use crate::platform::config::Secret;

crate::words! {
    /// How a connection to the mail server is protected.
    pub enum Tls {
        /// STARTTLS must succeed.
        Required = "required",
        /// STARTTLS where it is offered.
        Opportunistic = "opportunistic",
        /// Plain text.
        None = "none",
        /// TLS from the first byte.
        Wrapped = "wrapped",
    }
}

/// A parsed `GUILDHALL_SMTP_URL`.
#[derive(Debug, Clone)]
pub struct SmtpTarget {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub login: Option<(String, Secret)>,
    /// `?connections=`: most connections at once, where it differs from the setting.
    pub connections: Option<usize>,
    /// `?messages=`: messages after which a connection is renewed.
    pub messages: u32,
    /// `?rate=`: what this server takes.
    pub rate: Option<Rate>,
}

impl SmtpTarget {
    /// Its name in logs and reports.
    pub fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Many servers hang up at their own limit.
const MESSAGES: u32 = 100;

/// Parses one SMTP URL, or several with commas between them.
pub fn smtp_relays(text: &str) -> Option<Vec<SmtpTarget>> {
    text.split(',').map(|url| smtp_url(url.trim())).collect()
}

/// Parses an SMTP URL. TLS is required unless the host is a loopback address.
pub fn smtp_url(text: &str) -> Option<SmtpTarget> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?.to_owned();
    let loopback = is_loopback(&host);
    let mut asked = None;
    let mut connections = None;
    let mut messages = MESSAGES;
    let mut rate = None;
    for (key, value) in url.query_pairs() {
        let number = || value.parse().ok().filter(|n: &u32| *n > 0);
        match &*key {
            "tls" => asked = Some(Tls::parse(&value)?),
            "connections" => connections = Some(number().filter(|n| *n <= 1024)? as usize),
            "messages" => messages = number()?,
            "rate" => rate = Some(Rate::parse(&value)?),
            _ => return None,
        }
    }
    let (default_port, tls) = match (url.scheme(), asked) {
        ("smtps", None | Some(Tls::Required)) => (465, Tls::Wrapped),
        ("smtp", Some(Tls::Wrapped)) => return None,
        ("smtp", Some(tls)) if loopback || tls == Tls::Required => (25, tls),
        ("smtp", None) if loopback => (25, Tls::Opportunistic),
        ("smtp", None) => (25, Tls::Required),
        _ => return None,
    };
    let login = (!url.username().is_empty()).then(|| {
        let decode = |t: &str| percent_decode(t);
        (
            decode(url.username()),
            Secret(decode(url.password().unwrap_or_default())),
        )
    });
    Some(SmtpTarget {
        host,
        port: url.port().unwrap_or(default_port),
        tls,
        login,
        connections,
        messages,
        rate,
    })
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

pub(super) fn percent_decode(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_servers_have_limits_of_their_own() {
        let text =
            "smtp://127.0.0.1:2525?connections=3&messages=5&rate=10/s, smtps://mail.example.org";
        let relays = smtp_relays(text).expect("two");
        assert_eq!(relays[0].name(), "127.0.0.1:2525");
        assert_eq!((relays[0].connections, relays[0].messages), (Some(3), 5));
        assert_eq!(relays[0].rate, Rate::parse("10/s"));
        assert_eq!(
            (relays[1].port, relays[1].connections, relays[1].messages),
            (465, None, 100)
        );
        for wrong in [
            "",
            "smtp://127.0.0.1,",
            "smtp://127.0.0.1?connections=0",
            "smtp://127.0.0.1?x=1",
        ] {
            assert!(smtp_relays(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn mail_leaves_this_machine_only_under_tls() {
        assert_eq!(
            smtp_url("smtp://127.0.0.1:2525").expect("ok").tls,
            Tls::Opportunistic
        );
        assert_eq!(
            smtp_url("smtp://mail.example.org:587").expect("ok").tls,
            Tls::Required
        );
        assert!(smtp_url("smtp://mail.example.org?tls=none").is_none());
        let target = smtp_url("smtps://user:p%40ss@mail.example.org").expect("ok");
        assert_eq!((target.port, target.tls), (465, Tls::Wrapped));
        assert_eq!(target.login.expect("login").1.0, "p@ss");
    }
}
