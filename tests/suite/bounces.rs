//! Messages that come back through the hook: reports of a real relay, complaints, answers, forgeries.

use aws_lc_rs::hmac;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::postgres_is_offered;

const SECRET: &str = "a secret between two machines";
const DOMAIN: &str = "bounces.alliance.example";

const FIXTURES: [&str; 5] = [
    include_str!("../fixtures/dsn/postfix-1.eml"),
    include_str!("../fixtures/dsn/postfix-2.eml"),
    include_str!("../fixtures/dsn/postfix-3.eml"),
    include_str!("../fixtures/dsn/postfix-4.eml"),
    include_str!("../fixtures/dsn/postfix-5.eml"),
];

/// As `on_both!`, with a domain that bounces come back to.
macro_rules! with_bounces {
    ($($name:ident => $flow:expr;)+) => {$(
        mod $name {
            use super::*;

            #[actix_web::test]
            async fn on_sqlite() {
                $flow(open(Database::Sqlite).await).await;
            }

            #[actix_web::test]
            async fn on_postgres() {
                if postgres_is_offered() {
                    $flow(open(Database::Postgres).await).await;
                }
            }
        }
    )+};
}

with_bounces! {
    the_reports_of_a_relay_change_their_deliveries_once => fixtures;
    what_is_forged_or_no_report_changes_nothing_and_leaves_a_trace => nothing;
    a_complaint_ends_what_may_be_refused => complaint;
    an_address_that_is_full_too_often_is_paused_and_recovers => paused;
    a_hard_bounce_can_be_lifted_with_a_reason => lifted;
}

async fn open(database: Database) -> TestApp {
    let extra = [
        ("GUILDHALL_MAIL_BOUNCE_DOMAIN", DOMAIN.to_owned()),
        ("GUILDHALL_MAIL_HOOK_SECRET", SECRET.to_owned()),
    ];
    TestApp::start_with(database, true, &extra).await
}

/// An alliance with members `m0@shops.example`, ….
struct Ground {
    app: TestApp,
    olga: Person,
    alliance: String,
}

impl Ground {
    async fn lay(app: TestApp, members: usize) -> Self {
        let olga = app.person("olga").await;
        let alliance = olga.found_alliance("West Lake").await;
        app.db_add_members(&alliance, members).await;
        Self {
            app,
            olga,
            alliance,
        }
    }

    fn path(&self, list: &str) -> String {
        format!("/v1/alliances/{}/{list}", self.alliance)
    }

    /// Sends a campaign to all; answers its path.
    async fn campaign(&self, category: &str) -> String {
        let words = json!({ "subject": "News", "html": "<p>News</p>", "text": "News" });
        let body = json!({ "name": category, "category": category, "locales": { "zh-CN": words, "en": words } });
        let saved = self.olga.post(&self.path("templates"), body).await;
        saved.expect(201);
        let body = json!({ "template_id": saved.id(), "audience": "all_members" });
        let made = self.olga.post(&self.path("campaigns"), body).await;
        made.expect(201);
        let path = format!("/v1/campaigns/{}", made.id());
        for event in ["approve", "schedule"] {
            self.olga.transition(&path, event, None).await.expect(200);
        }
        self.app.drain().await;
        path
    }

    /// Where the last mail to an address comes back to.
    async fn return_path(&self, email: &str) -> String {
        let mails = self.app.mails_to(email).await;
        let last = mails.last().expect("a mail");
        let line = last.raw.lines().next().expect("a line");
        line.trim_start_matches("Return-Path: <")
            .trim_end_matches('>')
            .to_owned()
    }

    /// A fixture as the relay would write it about the last mail to an address.
    async fn report(&self, fixture: &str, email: &str) -> String {
        let verp = self.return_path(email).await;
        assert!(verp.len() < 64 + 1 + DOMAIN.len(), "{verp}");
        let old = fixture
            .lines()
            .find_map(|line| line.strip_prefix("X-Original-To: "))
            .expect("an address");
        fixture.replace(old, &verp)
    }

    async fn state(&self, campaign: &str, email: &str) -> String {
        let list = self
            .olga
            .get(&format!("{campaign}/deliveries?limit=100"))
            .await;
        list.expect(200);
        let items = list.body["items"].as_array().expect("items");
        let row = items.iter().find(|row| row["email"] == email);
        row.expect("a delivery")["state"]
            .as_str()
            .expect("a state")
            .to_owned()
    }

    async fn list(&self, list: &str) -> Vec<Value> {
        let page = self
            .olga
            .get(&format!("{}?limit=100", self.path(list)))
            .await;
        page.expect(200);
        page.body["items"].as_array().expect("items").clone()
    }

    async fn kept(&self, kind: &str) -> i64 {
        let reader = self.app.ctx().db.reader();
        let sql = format!("SELECT COUNT(*) AS n FROM bounce WHERE kind = '{kind}'");
        let statement = Statement::from_string(reader.get_database_backend(), sql);
        let row = reader.query_one_raw(statement).await.expect("read");
        row.expect("a row").try_get("", "n").expect("a number")
    }

    async fn post(&self, raw: &str) -> Answer {
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let tag = hmac::sign(&key, raw.as_bytes());
        let digits: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        self.post_signed(raw, &format!("sha256={digits}")).await
    }

    async fn post_signed(&self, raw: &str, signature: &str) -> Answer {
        let headers = [
            ("content-type", "message/rfc822"),
            ("guildhall-signature", signature),
        ];
        let body = raw.as_bytes().to_vec();
        self.app
            .nobody()
            .send("POST", "/hooks/bounce", &headers, Some(body))
            .await
    }
}

async fn fixtures(app: TestApp) {
    let ground = Ground::lay(app, 5).await;
    let campaign = ground.campaign("digest").await;
    for (n, fixture) in FIXTURES.iter().enumerate() {
        let report = ground.report(fixture, &format!("m{n}@shops.example")).await;
        for _ in 0..2 {
            ground.post(&report).await.expect(202);
        }
    }
    let bounces = ground.list("bounces").await;
    let told: Vec<_> = bounces
        .iter()
        .map(|b| {
            (
                b["email"].as_str().unwrap_or(""),
                b["kind"].as_str().unwrap_or(""),
                b["status"].as_str().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("m0@shops.example", "hard", "5.1.1"),
            ("m1@shops.example", "refused", "5.6.0"),
            ("m2@shops.example", "hard", "5.1.1"),
            ("m3@shops.example", "soft", "4.3.0"),
            ("m4@shops.example", "soft", "4.1.1"),
        ]
    );
    for n in 0..5 {
        let email = format!("m{n}@shops.example");
        assert_eq!(ground.state(&campaign, &email).await, "bounced", "{email}");
    }
    let suppressions = ground.list("suppressions").await;
    let emails: Vec<_> = suppressions
        .iter()
        .map(|s| s["email"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(emails, ["m0@shops.example", "m2@shops.example"]);
    for suppression in &suppressions {
        assert_eq!(suppression["scope"], "global");
        assert_eq!(suppression["source"], "bounce");
        assert!(suppression["evidence_id"].is_string(), "{suppression}");
    }
    // The next mailing leaves out the two, and nobody else.
    let next = ground.campaign("promotion").await;
    for (n, state) in ["suppressed", "sent", "suppressed", "sent", "sent"]
        .iter()
        .enumerate()
    {
        let email = format!("m{n}@shops.example");
        assert_eq!(ground.state(&next, &email).await, *state, "{email}");
    }
}

async fn nothing(app: TestApp) {
    let ground = Ground::lay(app, 2).await;
    let campaign = ground.campaign("digest").await;
    let email = "m0@shops.example";
    let report = ground.report(FIXTURES[0], email).await;
    let verp = ground.return_path(email).await;
    // A wrong MAC, with the right identifiers beside it; another delivery's MAC; no MAC.
    let (local, domain) = verp.split_once('@').expect("an address");
    let other = ground.return_path("m1@shops.example").await;
    let swapped = format!("{}{}", &local[..29], &other[29..]);
    let mut wrong = local.to_owned();
    let last = if wrong.ends_with('a') { 'b' } else { 'a' };
    wrong.replace_range(38.., &last.to_string());
    for forged in [
        format!("{wrong}@{domain}"),
        swapped,
        format!("b+1{}@{domain}", "a".repeat(36)),
        format!("b+@{domain}"),
    ] {
        ground
            .post(&report.replace(&verp, &forged))
            .await
            .expect(202);
    }
    assert_eq!(ground.kept("forged").await, 4);
    let vacation = format!(
        "From: m0@shops.example\r\nTo: {verp}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    );
    ground.post(&vacation).await.expect(202);
    ground.post("\u{0}\u{1}no message at all").await.expect(202);
    ground.post("").await.expect(202);
    assert_eq!(ground.kept("ignored").await, 3);
    ground
        .post(
            FIXTURES[0]
                .replace("bounces.alliance.example", "other.example")
                .as_str(),
        )
        .await
        .expect(202);
    assert_eq!(ground.kept("unmatched").await, 1);
    let delayed = report.replace("Action: failed", "Action: delayed");
    ground.post(&delayed).await.expect(202);
    // Not signed, wrongly signed, or too large: not even kept.
    for signature in ["", "sha256=00", &format!("sha256={}", "0".repeat(64))] {
        ground
            .post_signed(&report, signature)
            .await
            .expect_problem(401, "hook_signature_invalid");
    }
    let large = format!("{report}{}", "x".repeat(1 << 20));
    ground
        .post(&large)
        .await
        .expect_problem(413, "payload_too_large");
    assert_eq!(ground.state(&campaign, email).await, "sent");
    assert_eq!(ground.list("suppressions").await, [Value::Null; 0]);
    let told = ground.list("bounces").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "delayed");
}

async fn complaint(app: TestApp) {
    let ground = Ground::lay(app, 1).await;
    ground.campaign("digest").await;
    let verp = ground.return_path("m0@shops.example").await;
    let feedback = format!(
        "From: <fbl@provider.example>\r\nTo: <abuse@alliance.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"x\"\r\n\r\n\
         --x\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: P/1\r\nVersion: 1\r\n\
         Original-Mail-From: <{verp}>\r\n\r\n--x--\r\n"
    );
    ground.post(&feedback).await.expect(202);
    let suppressions = ground.list("suppressions").await;
    assert_eq!(suppressions.len(), 1);
    assert_eq!(suppressions[0]["scope"], "alliance");
    assert_eq!(suppressions[0]["source"], "complaint");
    let next = ground.campaign("promotion").await;
    assert_eq!(ground.state(&next, "m0@shops.example").await, "suppressed");
}

async fn paused(app: TestApp) {
    let ground = Ground::lay(app, 1).await;
    let email = "m0@shops.example";
    for _ in 0..3 {
        ground.campaign("digest").await;
        let report = ground.report(FIXTURES[4], email).await;
        ground.post(&report).await.expect(202);
    }
    let suppressions = ground.list("suppressions").await;
    assert_eq!(suppressions.len(), 1);
    assert!(
        suppressions[0]["expires_at"].is_string(),
        "{suppressions:?}"
    );
    let next = ground.campaign("digest").await;
    assert_eq!(ground.state(&next, email).await, "suppressed");
    ground.app.advance(31 * 24 * 3_600).await;
    let later = ground.campaign("digest").await;
    assert_eq!(ground.state(&later, email).await, "sent");
}

async fn lifted(app: TestApp) {
    let ground = Ground::lay(app, 1).await;
    ground.campaign("digest").await;
    let email = "m0@shops.example";
    let report = ground.report(FIXTURES[0], email).await;
    ground.post(&report).await.expect(202);
    let id = ground.list("suppressions").await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = ground.path(&format!("suppressions/{id}"));
    ground
        .olga
        .delete(&path)
        .await
        .expect_problem(400, "invalid_parameter");
    ground
        .olga
        .delete(&format!("{path}?reason=the%20box%20works%20again"))
        .await
        .expect(204);
    let next = ground.campaign("digest").await;
    assert_eq!(ground.state(&next, email).await, "sent");
    let journal = ground
        .olga
        .get(&ground.path("audit-events?limit=100"))
        .await;
    journal.expect(200);
    let lifted = journal.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|event| event["action"] == "suppression.lifted")
        .expect("in the journal");
    assert_eq!(lifted["data"]["reason"], "the box works again");
}
