//! A world with one object of every kind, and one caller of every kind.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::access::seeds;
use crate::access::table::CALLERS;
use crate::document::Operation;
use crate::document::example;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;

/// The key that every caller has spent.
const SPENT: (&str, &str) = ("idempotency-key", "spent");

/// Callers, and an object for every name of a path parameter.
pub struct World {
    callers: Vec<Person>,
    ids: BTreeMap<String, String>,
    /// Everybody's own session and account.
    sessions: Vec<String>,
    accounts: Vec<String>,
}

impl World {
    pub async fn seed(app: &TestApp) -> Self {
        app.clock_to("2031-06-01T00:00:00Z").await;
        let mut people = Vec::new();
        for name in ["sam", "oba", "mei", "tom", "olga", "ute", "max"] {
            people.push(app.person(name).await);
        }
        let [_, observer, member, treasurer, organizer, outsider, maker] = people.as_slice() else {
            panic!("seven people");
        };
        outsider.found_alliance("Harbour").await;
        let mut seed = seeds::Seed {
            app,
            observer,
            member,
            treasurer,
            organizer,
            maker,
            ids: BTreeMap::new(),
        };
        let key = seed.everything().await;
        let ids = seed.ids;
        let mut callers = vec![app.nobody(), app.nobody().with_token("ey.not.ours")];
        callers.extend(people);
        callers.push(app.nobody().with_token(&key));
        let mut world = Self {
            callers,
            ids,
            sessions: Vec::new(),
            accounts: Vec::new(),
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
            let me = caller.get("/v1/me").await;
            self.accounts
                .push(me.body["id"].as_str().unwrap_or("none").to_owned());
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
                "user_id" => &self.accounts[at],
                other => self
                    .ids
                    .get(other)
                    .unwrap_or_else(|| panic!("{}: seed an object for {other}", operation.id)),
            };
            path = path.replace(&format!("{{{name}}}"), id);
        }
        path + &self.query(operation)
    }

    /// The query parameters that an operation needs.
    fn query(&self, operation: &Operation) -> String {
        let declared = operation.body["parameters"].as_array();
        let needed = declared
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == "query" && p["required"] == true);
        let pairs = needed.map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let id = self.ids.get(name).map(String::as_str);
            format!(
                "{name}={}",
                id.or(parameter["example"].as_str()).unwrap_or("asked")
            )
        });
        let pairs: Vec<String> = pairs.collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        }
    }

    pub async fn call(&self, document: &Value, operation: &Operation, at: usize) -> Answer {
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
