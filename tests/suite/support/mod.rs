//! The harness: a real service on a fresh database, people who call it, and the mail that they get.
//!
//! Each flow runs on SQLite, and on PostgreSQL too where `GUILDHALL_TEST_POSTGRES_URL` is set.

mod deciding;
mod members;
mod person;
mod postgres;
pub mod smtp;

use std::path::PathBuf;

use guildhall::app::server;
use guildhall::app::server::Role;
use guildhall::app::server::Running;
use guildhall::platform::config::Settings;
use serde_json::Value;
use serde_json::json;

pub use person::Answer;
pub use person::Person;

/// Which database a flow runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// A running service of its own.
pub struct TestApp {
    pub url: String,
    pub database: Database,
    pub folder: tempfile::TempDir,
    running: Option<Running>,
    postgres: Option<postgres::Scratch>,
    client: reqwest::Client,
}

/// Runs an async flow `fn(TestApp)` on both databases: `on_both! { a_sentence => flow }`.
macro_rules! on_both {
    ($($(#[$meta:meta])* $name:ident => $flow:expr;)+) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            #[actix_web::test]
            async fn on_sqlite() {
                let app = $crate::support::TestApp::start($crate::support::Database::Sqlite).await;
                $flow(app).await;
            }

            $(#[$meta])*
            #[actix_web::test]
            async fn on_postgres() {
                if !$crate::support::postgres_is_offered() {
                    return;
                }
                let app = $crate::support::TestApp::start($crate::support::Database::Postgres).await;
                $flow(app).await;
            }
        }
    )+};
}
pub(crate) use on_both;

/// Whether this run tests PostgreSQL.
pub fn postgres_is_offered() -> bool {
    postgres::url().is_some()
}

impl TestApp {
    /// A service in its sandbox, without a worker of its own: tests drain it.
    pub async fn start(database: Database) -> Self {
        Self::start_with(database, true, &[]).await
    }

    /// A service with further settings, in or out of the sandbox.
    pub async fn start_with(database: Database, sandbox: bool, extra: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let postgres = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(postgres::Scratch::create().await),
        };
        let mut app = Self {
            url: String::new(),
            database,
            folder,
            running: None,
            postgres,
            client: reqwest::Client::new(),
        };
        app.serve(sandbox, extra).await;
        app
    }

    async fn serve(&mut self, sandbox: bool, extra: &[(&str, String)]) {
        let mut values = vec![
            ("GUILDHALL_LISTEN", "127.0.0.1:0".to_owned()),
            (
                "GUILDHALL_DATA_DIR",
                self.folder.path().display().to_string(),
            ),
            ("GUILDHALL_DATABASE_CONNECTIONS", "6".to_owned()),
            ("GUILDHALL_MIN_FREE_DISK_MIB", "1".to_owned()),
        ];
        if let Some(postgres) = &self.postgres {
            values.push(("GUILDHALL_DATABASE_URL", postgres.url.clone()));
        }
        values.extend(extra.iter().map(|(key, value)| (*key, value.clone())));
        let lookup = |key: &str| {
            values
                .iter()
                .rev()
                .find(|(name, _)| *name == key)
                .map(|(_, value)| value.clone())
        };
        let settings = Settings::read(None, &lookup).expect("settings");
        let running = server::start(settings, Role::Api, sandbox, true)
            .await
            .expect("starts");
        let address = running.address.expect("listens");
        self.url = format!("http://{address}");
        self.running = Some(running);
    }

    /// Stops the service and starts it again on the same data.
    pub async fn restart(&mut self, sandbox: bool, extra: &[(&str, String)]) {
        let running = self.running.take().expect("runs");
        running.stop().await.expect("stops");
        self.serve(sandbox, extra).await;
    }

    /// The parts of the service, for tests of the machinery.
    pub fn ctx(&self) -> &guildhall::platform::ctx::Ctx {
        &self.running.as_ref().expect("runs").ctx
    }

    /// Somebody without an account.
    pub fn nobody(&self) -> Person {
        Person::new(&self.url, self.client.clone(), None)
    }

    /// A person who signed up in the sandbox.
    pub async fn person(&self, name: &str) -> Person {
        self.person_in(name, "en").await
    }

    /// A person with a language.
    pub async fn person_in(&self, name: &str, locale: &str) -> Person {
        let email = format!("{name}@people.example");
        let body = json!({ "email": email, "password": "four words make it", "display_name": name, "locale": locale });
        let answer = self.nobody().post("/v1/auth/register", body).await;
        answer.expect(200);
        let token = answer.body["access_token"]
            .as_str()
            .expect("a token")
            .to_owned();
        let mut person = Person::new(&self.url, self.client.clone(), Some(token));
        person.email = email;
        person.name = name.to_owned();
        person
    }

    /// Runs all due work.
    pub async fn drain(&self) -> Value {
        let answer = self.nobody().post_bare("/sandbox/drain").await;
        answer.expect(200);
        answer.body
    }

    /// Moves the clock to an instant and runs what became due.
    pub async fn clock_to(&self, now: &str) {
        self.nobody()
            .put("/sandbox/clock", json!({ "now": now }))
            .await
            .expect(200);
    }

    /// Moves the clock on and runs what became due.
    pub async fn advance(&self, seconds: i64) {
        self.nobody()
            .put("/sandbox/clock", json!({ "advance_s": seconds }))
            .await
            .expect(200);
    }

    /// The mails written so far, oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        self.drain().await;
        self.written_mails()
    }

    /// The mails written so far, without draining.
    pub fn written_mails(&self) -> Vec<Mail> {
        let folder: PathBuf = self.folder.path().join("mail");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .map(|entries| entries.filter_map(Result::ok).map(|e| e.path()).collect())
            .unwrap_or_default();
        files.retain(|path: &PathBuf| path.extension().is_some_and(|e| e == "eml"));
        files.sort();
        files
            .iter()
            .map(|path| Mail::parse(&std::fs::read_to_string(path).expect("readable")))
            .collect()
    }

    /// The mails to one address, decoded: subject and text part.
    pub async fn mails_to(&self, address: &str) -> Vec<Mail> {
        self.mails()
            .await
            .into_iter()
            .filter(|m| m.to.contains(address))
            .collect()
    }
}

/// What a reader sees of a mail.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Mail {
    fn parse(raw: &str) -> Self {
        let message = mail_parser::MessageParser::default()
            .parse(raw.as_bytes())
            .expect("a message");
        Self {
            to: message
                .to()
                .and_then(|to| to.first())
                .and_then(|to| to.address())
                .unwrap_or_default()
                .to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message
                .body_text(0)
                .map(|t| t.into_owned())
                .unwrap_or_default(),
            html: message
                .body_html(0)
                .map(|t| t.into_owned())
                .unwrap_or_default(),
            raw: raw.to_owned(),
        }
    }

    /// The path of the first link whose path begins with `prefix`, such as `/r/`.
    pub fn link(&self, prefix: &str) -> String {
        let at = self
            .text
            .find(prefix)
            .unwrap_or_else(|| panic!("no {prefix} in {}", self.text));
        self.text[at..]
            .split_whitespace()
            .next()
            .expect("a link")
            .to_owned()
    }
}
