//! Settings: environment first, then the same keys of a TOML file, then defaults. Nothing else reads the environment.

use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;

use lettre::message::Mailbox;
use url::Url;

mod delivery;
mod mail;
mod smtp;

pub use delivery::DeliverySettings;
pub use delivery::Rate;
pub use mail::DkimSettings;
pub use mail::ImapTarget;
pub use mail::MailSettings;
pub use mail::imap_url;
pub use smtp::SmtpTarget;
pub use smtp::Tls;
pub use smtp::smtp_relays;

/// Everything an operator can set. Secrets are kept in [`Secret`], which does not print.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `GUILDHALL_LISTEN`, default `127.0.0.1:8080`; port 0 takes any free port.
    pub listen: SocketAddr,
    /// `GUILDHALL_PUBLIC_URL`, default `http://` + the bound address; base of every link in mail.
    pub public_url: Option<Url>,
    /// `GUILDHALL_DATA_DIR`, default `./data`.
    pub data_dir: PathBuf,
    /// `GUILDHALL_DATABASE_URL`, default `sqlite://<data dir>/guildhall.db`.
    pub database_url: Secret,
    /// `GUILDHALL_DATABASE_CONNECTIONS`, default 8: connections to PostgreSQL, or readers of SQLite.
    pub database_connections: u32,
    /// `GUILDHALL_SMTP_URL`, default none: mail becomes `.eml` files in `<data dir>/mail`. One mail server, or
    /// several with commas between them.
    pub smtp_url: Option<Secret>,
    /// `GUILDHALL_SMTP_CONNECTIONS`, default 8.
    pub smtp_connections: usize,
    /// `GUILDHALL_MAIL_FROM`, default `Guildhall <guildhall@localhost>`.
    pub mail_from: Mailbox,
    /// `GUILDHALL_MAIL_…`: bounces, the mailbox that they come back to, and signatures.
    pub mail: MailSettings,
    /// `GUILDHALL_MAIL_…`: how fast mail leaves, and how long it is tried.
    pub delivery: DeliverySettings,
    /// `GUILDHALL_ADMIN_EMAIL` and `GUILDHALL_ADMIN_PASSWORD`: the first admin, made at start.
    pub admin: Option<(String, Secret)>,
    /// `GUILDHALL_KEY_FILE`, default `<data dir>/keys.json`.
    pub key_file: PathBuf,
    /// `GUILDHALL_LOG`, default `info`: a filter such as `info,sqlx=warn`.
    pub log: String,
    /// `GUILDHALL_METRICS_LISTEN`, default none.
    pub metrics_listen: Option<SocketAddr>,
    /// `GUILDHALL_MIN_FREE_DISK_MIB`, default 200: below it the service reports not ready.
    pub min_free_disk_mib: u64,
}

/// A value that must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Every setting that is wrong, in one message.
#[derive(Debug, thiserror::Error)]
#[error("wrong settings:\n{}", .0.iter().map(|l| format!("  {l}")).collect::<Vec<_>>().join("\n"))]
pub struct WrongSettings(pub Vec<String>);

const KEYS: &[&str] = &[
    "GUILDHALL_LISTEN",
    "GUILDHALL_PUBLIC_URL",
    "GUILDHALL_DATA_DIR",
    "GUILDHALL_DATABASE_URL",
    "GUILDHALL_DATABASE_CONNECTIONS",
    "GUILDHALL_SMTP_URL",
    "GUILDHALL_SMTP_CONNECTIONS",
    "GUILDHALL_MAIL_FROM",
    "GUILDHALL_ADMIN_EMAIL",
    "GUILDHALL_ADMIN_PASSWORD",
    "GUILDHALL_KEY_FILE",
    "GUILDHALL_LOG",
    "GUILDHALL_METRICS_LISTEN",
    "GUILDHALL_MIN_FREE_DISK_MIB",
];

/// Where values come from, and what was found wrong on the way.
struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    file: toml::Table,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn text(&mut self, key: &str) -> Option<String> {
        if let Some(value) = (self.lookup)(key).filter(|v| !v.is_empty()) {
            return Some(value);
        }
        match self.file.get(key)? {
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Integer(number) => Some(number.to_string()),
            _ => {
                self.wrong
                    .push(format!("{key} must be text or a whole number"));
                None
            }
        }
    }

    fn parsed<T>(
        &mut self,
        key: &str,
        wanted: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(key)?;
        let value = parse(&text);
        if value.is_none() {
            self.wrong.push(format!("{key} must be {wanted}"));
        }
        value
    }
}

impl Settings {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// [`WrongSettings`] names every wrong setting at once.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the environment is read"
    )]
    pub fn load(file: Option<&Path>) -> Result<Self, WrongSettings> {
        Self::read(file, &|key| std::env::var(key).ok())
    }

    /// Settings of the demo: everything in `folder`, any free port unless one is set, mail as files.
    ///
    /// # Errors
    /// [`WrongSettings`] names every wrong setting at once.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the environment is read"
    )]
    pub fn for_demo(folder: &Path) -> Result<Self, WrongSettings> {
        Self::read(None, &|key| match key {
            "GUILDHALL_DATA_DIR" => Some(folder.display().to_string()),
            "GUILDHALL_LISTEN" => {
                Some(std::env::var(key).unwrap_or_else(|_| "127.0.0.1:0".to_owned()))
            }
            "GUILDHALL_LOG" => Some(std::env::var(key).unwrap_or_else(|_| "error".to_owned())),
            _ => None,
        })
    }

    /// Reads settings from `lookup` and a file.
    ///
    /// # Errors
    /// [`WrongSettings`] names every wrong setting at once.
    pub fn read(
        file: Option<&Path>,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, WrongSettings> {
        let mut reader = Reader {
            lookup,
            file: toml::Table::new(),
            wrong: Vec::new(),
        };
        if let Some(path) = file {
            read_file(path, &mut reader);
        }
        let settings = collect(&mut reader);
        if reader.wrong.is_empty() {
            Ok(settings)
        } else {
            Err(WrongSettings(reader.wrong))
        }
    }
}

fn read_file(path: &Path, reader: &mut Reader<'_>) {
    let table = std::fs::read_to_string(path)
        .map_err(|e| e.to_string())
        .and_then(|text| {
            text.parse::<toml::Table>()
                .map_err(|e| e.message().to_owned())
        });
    match table {
        Ok(table) => {
            let known = |key: &str| {
                let all = [KEYS, &mail::KEYS[..], delivery::KEYS];
                all.iter().any(|keys| keys.contains(&key))
            };
            for key in table.keys().filter(|k| !known(k)) {
                reader.wrong.push(format!("{key} is not a setting"));
            }
            reader.file = table;
        }
        Err(why) => reader
            .wrong
            .push(format!("--config {} cannot be read: {why}", path.display())),
    }
}

fn collect(reader: &mut Reader<'_>) -> Settings {
    let data_dir: PathBuf = reader
        .text("GUILDHALL_DATA_DIR")
        .unwrap_or_else(|| "./data".to_owned())
        .into();
    let default_database = format!("sqlite://{}/guildhall.db", data_dir.display());
    let positive = |text: &str| text.parse().ok().filter(|n: &u32| (1..=1024).contains(n));
    Settings {
        listen: reader
            .parsed("GUILDHALL_LISTEN", "an address such as 127.0.0.1:8080", |t| t.parse().ok())
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
        public_url: reader.parsed("GUILDHALL_PUBLIC_URL", "an http or https URL without path", base_url),
        database_url: reader
            .parsed("GUILDHALL_DATABASE_URL", "a sqlite:// or postgres:// URL", database_url)
            .unwrap_or(Secret(default_database)),
        database_connections: reader
            .parsed("GUILDHALL_DATABASE_CONNECTIONS", "a number from 1 to 1024", positive)
            .unwrap_or(8),
        smtp_url: reader.parsed(
            "GUILDHALL_SMTP_URL",
            "smtp://host:port or smtps://user:pass@host:port, with ?tls=required|opportunistic|none, connections, messages and rate; several with commas between them; without TLS only to a loopback address",
            |t| smtp_relays(t).map(|_| Secret(t.to_owned())),
        ),
        smtp_connections: reader
            .parsed("GUILDHALL_SMTP_CONNECTIONS", "a number from 1 to 1024", positive)
            .map_or(8, |n| n as usize),
        mail_from: reader
            .parsed("GUILDHALL_MAIL_FROM", "an address such as Guildhall <guildhall@example.org>", mailbox)
            .or_else(|| mailbox("Guildhall <guildhall@localhost>"))
            .expect("the default sender is an address"),
        mail: mail::read(reader),
        delivery: delivery::read(reader),
        admin: admin(reader),
        key_file: reader
            .text("GUILDHALL_KEY_FILE")
            .map_or_else(|| data_dir.join("keys.json"), PathBuf::from),
        log: reader
            .parsed("GUILDHALL_LOG", "a log filter such as info or info,sqlx=warn", |t| {
                t.parse::<tracing_subscriber::filter::Targets>().ok().map(|_| t.to_owned())
            })
            .unwrap_or_else(|| "info".to_owned()),
        metrics_listen: reader.parsed("GUILDHALL_METRICS_LISTEN", "an address such as 127.0.0.1:9090", |t| {
            t.parse().ok()
        }),
        min_free_disk_mib: reader
            .parsed("GUILDHALL_MIN_FREE_DISK_MIB", "a number of MiB", |t| t.parse().ok())
            .unwrap_or(200),
        data_dir,
    }
}

fn admin(reader: &mut Reader<'_>) -> Option<(String, Secret)> {
    let email = reader.parsed("GUILDHALL_ADMIN_EMAIL", "an e-mail address", |t| {
        t.parse::<lettre::Address>().ok().map(|_| t.to_owned())
    });
    let password = reader.text("GUILDHALL_ADMIN_PASSWORD");
    match (email, password) {
        (Some(email), Some(password)) => Some((email, Secret(password))),
        (None, None) => None,
        _ => {
            reader.wrong.push(
                "GUILDHALL_ADMIN_EMAIL and GUILDHALL_ADMIN_PASSWORD belong together".to_owned(),
            );
            None
        }
    }
}

fn base_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && plain && url.path() == "/")
        .then_some(url)
}

fn database_url(text: &str) -> Option<Secret> {
    ["sqlite://", "sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
        .then(|| Secret(text.to_owned()))
}

fn mailbox(text: &str) -> Option<Mailbox> {
    // The mail library panics on control characters in a name, so they are refused here.
    if text.chars().any(char::is_control) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_names_every_wrong_setting() {
        let wrong = Settings::read(None, &|key| match key {
            "GUILDHALL_LISTEN" => Some("nowhere".into()),
            "GUILDHALL_SMTP_URL" => Some("http://mail".into()),
            "GUILDHALL_ADMIN_EMAIL" => Some("a@b.example".into()),
            "GUILDHALL_MAIL_FROM" => Some("A\r\nBcc: x <a@b.example>".into()),
            _ => None,
        })
        .expect_err("four are wrong");
        let text = wrong.to_string();
        for key in [
            "GUILDHALL_LISTEN",
            "GUILDHALL_SMTP_URL",
            "GUILDHALL_ADMIN_EMAIL",
            "GUILDHALL_MAIL_FROM",
        ] {
            assert!(text.contains(key), "{text}");
        }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_unknown_keys_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("guildhall.toml");
        std::fs::write(
            &path,
            "GUILDHALL_SMTP_CONNECTIONS = 3\nGUILDHALL_LISTEN = \"127.0.0.1:1\"\n",
        )
        .expect("written");
        let settings = Settings::read(Some(&path), &|key| {
            (key == "GUILDHALL_LISTEN").then(|| "127.0.0.1:2".to_owned())
        })
        .expect("right");
        assert_eq!((settings.listen.port(), settings.smtp_connections), (2, 3));
        std::fs::write(&path, "GUILDHALL_LISTN = \"x\"\n").expect("written");
        let wrong = Settings::read(Some(&path), &|_| None).expect_err("misspelt");
        assert!(
            wrong
                .to_string()
                .contains("GUILDHALL_LISTN is not a setting")
        );
    }
}
