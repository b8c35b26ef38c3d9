//! Who may call what: every operation of the document, called by every kind of caller, against one table.
//!
//! Writes carry an idempotency key that their caller has spent on another request. A caller that passes the
//! checks of visibility and role is then told so (422), and nothing in the world changes.

use std::collections::BTreeMap;

use guildhall::app;
use serde_json::Value;
use serde_json::json;

use crate::document::Operation;
use crate::document::example;
use crate::document::operations;
use crate::support::Answer;
use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;

/// Who calls, in the order of the table's columns.
const CALLERS: [&str; 10] = [
    "nobody",
    "bad token",
    "stranger",
    "observer",
    "member",
    "treasurer",
    "organizer",
    "outsider",
    "maker",
    "api key",
];

/// Anybody, with or without credentials.
const PUBLIC: &str = "ok ok ok ok ok ok ok ok ok ok";
/// Every person with an account; keys are no persons.
const ACCOUNT: &str = "401 401 ok ok ok ok ok ok ok 403";
/// Everybody who belongs to the alliance.
const INSIDE: &str = "401 401 404 ok ok ok ok 404 404 404";
const ORGANIZER: &str = "401 401 404 403 403 403 ok 404 404 404";
const ORGANIZER_OR_TREASURER: &str = "401 401 404 403 403 ok ok 404 404 404";
/// Those who watch over the alliance.
const BACKSTAGE: &str = "401 401 404 ok 403 ok ok 404 404 404";
/// Staff of an active member.
const MEMBER: &str = "401 401 404 403 ok 403 403 404 404 404";
/// Staff of the merchant; the merchant is hidden from others.
const SHOP: &str = "401 401 404 404 ok 404 404 404 404 404";
/// Staff of the manufacturer.
const MAKER: &str = "401 401 404 404 404 404 404 404 ok 404";

/// One line per operation, by the names of the document.
const TABLE: &[(&str, &str)] = &[
    ("show_landing", PUBLIC),
    ("check_liveness", PUBLIC),
    ("check_readiness", PUBLIC),
    ("show_version", PUBLIC),
    ("show_document", PUBLIC),
    ("show_reference", PUBLIC),
    ("explain_problem", PUBLIC),
    ("read_sandbox_clock", PUBLIC),
    ("move_sandbox_clock", PUBLIC),
    ("drain_sandbox", PUBLIC),
    ("show_link", PUBLIC),
    ("follow_link", PUBLIC),
    // accounts
    ("register", PUBLIC),
    ("verify_email", PUBLIC),
    ("login", PUBLIC),
    ("refresh", PUBLIC),
    ("logout", ACCOUNT),
    ("forgot_password", PUBLIC),
    ("reset_password", PUBLIC),
    ("read_me", ACCOUNT),
    ("change_me", ACCOUNT),
    ("list_my_sessions", ACCOUNT),
    ("revoke_my_session", ACCOUNT),
    ("show_signing_keys", PUBLIC),
    // merchants and manufacturers
    ("create_merchant", ACCOUNT),
    ("list_my_merchants", ACCOUNT),
    ("read_merchant", SHOP),
    ("change_merchant", SHOP),
    ("list_merchant_staff", SHOP),
    ("add_merchant_staff", SHOP),
    ("remove_merchant_staff", SHOP),
    ("declare_size", SHOP),
    ("list_memberships_of_merchant", SHOP),
    ("create_manufacturer", ACCOUNT),
    ("list_my_manufacturers", ACCOUNT),
    ("read_manufacturer", MAKER),
    ("change_manufacturer", MAKER),
    ("list_manufacturer_staff", MAKER),
    ("add_manufacturer_staff", MAKER),
    ("remove_manufacturer_staff", MAKER),
    ("create_api_key", MAKER),
    ("list_api_keys", MAKER),
    ("revoke_api_key", MAKER),
    // alliances
    ("create_alliance", ACCOUNT),
    ("list_alliances", ACCOUNT),
    ("read_alliance", INSIDE),
    ("change_alliance", ORGANIZER),
    ("adopt_by_laws", ORGANIZER),
    ("list_by_laws", INSIDE),
    ("apply_for_membership", INSIDE),
    ("list_memberships", INSIDE),
    ("read_membership", INSIDE),
    ("approve_membership", INSIDE),
    ("decline_membership", INSIDE),
    ("suspend_membership", ORGANIZER),
    ("reinstate_membership", ORGANIZER),
    ("leave_alliance", SHOP),
    ("expel_membership", ORGANIZER),
    ("invite", ORGANIZER),
    ("list_invitations", ORGANIZER),
    ("read_invitation", ORGANIZER),
    ("accept_invitation", ORGANIZER),
    ("decline_invitation", ORGANIZER),
    ("revoke_invitation", ORGANIZER),
    ("grant_role", ORGANIZER),
    ("list_role_grants", INSIDE),
    ("read_role_grant", INSIDE),
    ("revoke_role", ORGANIZER),
    ("list_size_facts", INSIDE),
    ("verify_size", ORGANIZER_OR_TREASURER),
    ("dispute_size", ORGANIZER_OR_TREASURER),
    // ballots
    ("calculate_tally", PUBLIC),
    ("calculate_early_close", PUBLIC),
    ("calculate_votes", PUBLIC),
    ("calculate_choice", PUBLIC),
    ("propose_ballot", ORGANIZER),
    ("list_ballots", INSIDE),
    ("read_ballot", INSIDE),
    ("publish_ballot", ORGANIZER),
    ("withdraw_ballot", ORGANIZER),
    ("close_ballot", ORGANIZER),
    ("vote", MEMBER),
    ("list_votes", INSIDE),
    // audit
    ("list_audit_events", BACKSTAGE),
];

/// The key that every caller has spent.
const SPENT: (&str, &str) = ("idempotency-key", "spent");

/// Callers, and an object for every name of a path parameter.
struct World {
    callers: Vec<Person>,
    ids: BTreeMap<String, String>,
    /// Sessions are everybody's own.
    sessions: Vec<String>,
}

impl World {
    async fn seed(app: &TestApp) -> Self {
        let mut people = Vec::new();
        for name in ["sam", "oba", "mei", "tom", "olga", "ute", "max"] {
            people.push(app.person(name).await);
        }
        let [_, observer, member, treasurer, organizer, outsider, maker] = people.as_slice() else {
            panic!("seven people");
        };
        let mut ids = BTreeMap::new();
        let mut name = |name: &str, id: String| ids.insert(name.to_owned(), id);
        let alliance = organizer.found_alliance("Old Town").await;
        outsider.found_alliance("Harbour").await;
        let membership = organizer.admit(&alliance, member, "Tea House").await;
        let found = member.get(&format!("/v1/memberships/{membership}")).await;
        let merchant = found.body["merchant_id"]
            .as_str()
            .expect("a merchant")
            .to_owned();
        for (person, role) in [(observer, "observer"), (treasurer, "treasurer")] {
            let body = json!({ "email": person.email, "role": role });
            let path = format!("/v1/alliances/{alliance}/role-grants");
            let granted = organizer.post(&path, body).await;
            granted.expect(201);
            name("grant_id", granted.id());
        }
        let ballot = seed_ballot(organizer, &alliance).await;
        let body = json!({ "name": "Kiln", "country": "CN", "locale": "en" });
        let manufacturer = maker.post("/v1/manufacturers", body).await;
        manufacturer.expect(201);
        let body = json!({ "name": "orders", "scopes": ["tenders:read"], "days": 30 });
        let path = format!("/v1/manufacturers/{}/api-keys", manufacturer.id());
        let key = maker.post(&path, body).await;
        key.expect(201);
        name("api_key_id", key.id());
        name("manufacturer_id", manufacturer.id());
        name("membership_id", membership);
        name("merchant_id", merchant);
        name("ballot_id", ballot);
        name("token", "no-such-link".to_owned());
        name("code", "not_found".to_owned());
        name("alliance_id", alliance);
        let mut callers = vec![app.nobody(), app.nobody().with_token("ey.not.ours")];
        callers.extend(people);
        callers.push(
            app.nobody()
                .with_token(key.body["secret"].as_str().expect("a key")),
        );
        let mut world = Self {
            callers,
            ids,
            sessions: Vec::new(),
        };
        world.spend_keys().await;
        world
    }

    /// Every person has used the key before, and so has nobody; and everybody has a session or none.
    async fn spend_keys(&mut self) {
        let headers = [SPENT];
        for (at, caller) in self.callers.iter().enumerate() {
            let sessions = caller.get("/v1/me/sessions").await;
            let session = sessions.body["items"][0]["id"].as_str().unwrap_or("none");
            self.sessions.push(session.to_owned());
            if CALLERS[at] == "nobody" {
                let body = json!({ "email": "nobody@people.example" });
                caller
                    .post_with("/v1/auth/forgot-password", &headers, body)
                    .await
                    .expect(202);
            } else if session != "none" {
                let body =
                    json!({ "name": "Spent", "region": "-", "category": "food", "locale": "en" });
                caller
                    .post_with("/v1/merchants", &headers, body)
                    .await
                    .expect(201);
            }
        }
    }

    fn path(&self, operation: &Operation, at: usize) -> String {
        let mut path = operation.path.clone();
        for name in operation.path_names() {
            let id = match name.as_str() {
                "session_id" => &self.sessions[at],
                other => self
                    .ids
                    .get(other)
                    .unwrap_or_else(|| panic!("{}: seed an object for {other}", operation.id)),
            };
            path = path.replace(&format!("{{{name}}}"), id);
        }
        path
    }

    async fn call(&self, document: &Value, operation: &Operation, at: usize) -> Answer {
        let mut headers = vec![SPENT, ("if-match", "\"v1\"")];
        let found = example(document, operation);
        let body = found.map(|(media, mut body)| {
            self.fill(&mut body);
            let form = media.ends_with("urlencoded");
            let text = if form {
                "choice=accept".to_owned()
            } else {
                body.to_string()
            };
            (media, text.into_bytes())
        });
        if let Some((media, _)) = &body {
            headers.push(("content-type", media));
        }
        let bytes = body.as_ref().map(|(_, bytes)| bytes.clone());
        let path = self.path(operation, at);
        self.callers[at]
            .send(&operation.method, &path, &headers, bytes)
            .await
    }

    /// Puts ids of this world in the place of those of the example.
    fn fill(&self, body: &mut Value) {
        match body {
            Value::Object(members) => {
                for (name, member) in members {
                    match self.ids.get(name) {
                        Some(id) if member.is_string() => *member = json!(id),
                        _ => self.fill(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.fill(item)),
            _ => {}
        }
    }
}

async fn seed_ballot(organizer: &Person, alliance: &str) -> String {
    let body =
        json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2199-01-01T00:00:00Z" });
    let ballot = organizer
        .post(&format!("/v1/alliances/{alliance}/ballots"), body)
        .await;
    ballot.expect(201);
    let path = format!("/v1/ballots/{}", ballot.id());
    organizer
        .transition(&path, "publish", None)
        .await
        .expect(200);
    ballot.id()
}

/// The class of an answer: a refusal of the caller, or anything else.
fn class(answer: &Answer) -> &'static str {
    match answer.status {
        401 => "401",
        403 => "403",
        404 => "404",
        500.. => "broken",
        _ => "ok",
    }
}

#[test]
fn the_table_has_every_operation_and_every_operation_is_in_the_table() {
    let mut documented: Vec<String> = operations(&app::document())
        .into_iter()
        .map(|o| o.id)
        .collect();
    let mut listed: Vec<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    documented.sort_unstable();
    listed.sort_unstable();
    let missing: Vec<_> = documented.iter().filter(|o| !listed.contains(o)).collect();
    let left_over: Vec<_> = listed.iter().filter(|o| !documented.contains(o)).collect();
    assert!(
        missing.is_empty() && left_over.is_empty() && documented.len() == listed.len(),
        "operations without a row: {missing:?}; rows without an operation: {left_over:?}"
    );
}

#[actix_web::test]
async fn every_caller_gets_what_the_table_says() {
    let app = TestApp::start(Database::Sqlite).await;
    let document = app::document();
    let world = World::seed(&app).await;
    let mut wrong = Vec::new();
    for operation in operations(&document) {
        let Some((_, expected)) = TABLE.iter().find(|(name, _)| *name == operation.id) else {
            continue;
        };
        let mut seen = Vec::new();
        for at in 0..CALLERS.len() {
            seen.push(class(&world.call(&document, &operation, at).await));
        }
        // A public operation may refuse what it is sent, but the same to everybody.
        let same = seen
            .iter()
            .all(|class| *class == seen[0] && *class != "broken");
        let fine = if *expected == PUBLIC {
            same
        } else {
            seen.join(" ") == *expected
        };
        if !fine {
            wrong.push(format!(
                "{}:\n  expected {expected}\n  seen     {}",
                operation.id,
                seen.join(" ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "columns: {CALLERS:?}\n{}",
        wrong.join("\n")
    );
}
