//! Secret ballots and the log: a process that says everything it can say tells of no choice.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::guild;
use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::postgres_is_offered;

/// Options whose names stand nowhere but on the ballot paper and in votes.
const CANARIES: [&str; 2] = ["zqx-canary-81", "zqx-canary-82"];

/// A service of its own process on the database of `app`, with its log in a file.
struct Talkative {
    child: Child,
    url: String,
}

impl Talkative {
    fn start(app: &TestApp, folder: &std::path::Path) -> Self {
        let settings = &app.ctx().settings;
        let log = std::fs::File::create(folder.join("log")).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_guildhall"))
            .args(["serve", "--sandbox"])
            .env("GUILDHALL_DATABASE_URL", &settings.database_url.0)
            .env("GUILDHALL_DATABASE_CONNECTIONS", "4")
            .env("GUILDHALL_KEY_FILE", &settings.key_file)
            .env("GUILDHALL_DATA_DIR", folder)
            .env("GUILDHALL_MIN_FREE_DISK_MIB", "1")
            .env("GUILDHALL_LISTEN", "127.0.0.1:0")
            .env("GUILDHALL_PUBLIC_URL", &app.url)
            .env("GUILDHALL_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("a service");
        let stdout = child.stdout.take().expect("an output");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a first line");
        let (_, address) = line.split_once("listening on http://").expect(&line);
        Self {
            url: format!("http://{}", address.trim()),
            child,
        }
    }

    /// The same person as a caller of this process.
    fn by(&self, person: &Person) -> Person {
        let mut person = person.clone();
        person.url.clone_from(&self.url);
        person
    }
}

impl Drop for Talkative {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One process beside another needs PostgreSQL.
#[actix_web::test]
async fn the_log_of_a_secret_ballot_tells_of_no_choice() {
    if !postgres_is_offered() {
        return;
    }
    let app = TestApp::start(Database::Postgres).await;
    let guild = guild(&app, 3).await;
    let folder = tempfile::tempdir().expect("a folder");
    let service = Talkative::start(&app, folder.path());
    let olga = service.by(&guild.organizer);
    let option = |at: usize| json!({ "id": CANARIES[at], "title": format!("Candidate {at}") });
    let rule = json!({ "secrecy": "secret",
        "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }] });
    let body = json!({ "title": "Who goes?", "matter": "advisory", "closes_at": CLOSE, "rule": rule,
        "options": [option(0), option(1)] });
    let draft = olga.post(&guild.list(), body).await;
    draft.expect(201);
    let ballot = format!("/v1/ballots/{}", draft.id());
    olga.transition(&ballot, "publish", None).await.expect(200);
    let mut salts = Vec::new();
    for (member, at) in [(0, 0), (1, 1), (2, 1)] {
        let person = service.by(&guild.members[member].1);
        let body = json!({ "choice": CANARIES[at] });
        let taken = person.post(&format!("{ballot}/votes"), body).await;
        taken.expect(201);
        let salt = taken.body["receipt"]["salt"].as_str();
        salts.push(salt.expect("a salt").to_owned());
    }
    let unknown = service.by(&guild.members[0].1);
    unknown
        .post(
            &format!("{ballot}/votes"),
            json!({ "choice": "zqx-canary-83" }),
        )
        .await
        .expect_problem(422, "option_unknown");
    app.clock_to(CLOSE).await;
    let declared: Value = olga.get(&ballot).await.body;
    assert_eq!(declared["winner"], CANARIES[1], "{declared}");
    drop(service);
    let log = std::fs::read_to_string(folder.path().join("log")).expect("a log");
    assert!(log.contains(&format!("{ballot}/votes")), "it talks: {log}");
    for secret in CANARIES.iter().copied().chain(["zqx-canary-83"]) {
        assert!(!log.contains(secret), "{secret}");
    }
    for salt in &salts {
        assert!(!log.contains(salt.as_str()), "a salt");
    }
}
