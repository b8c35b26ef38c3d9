//! An alliance that decides: an organizer, members with one person each, and its ballots.

use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;

/// When its ballots close.
pub const CLOSE: &str = "2031-06-08T00:00:00Z";

/// An alliance with an organizer and members, each with one person.
pub struct Guild {
    pub alliance: String,
    pub organizer: Person,
    pub members: Vec<(String, Person)>,
}

pub async fn guild(app: &TestApp, members: usize) -> Guild {
    app.clock_to("2031-06-01T00:00:00Z").await;
    let organizer = app.person("olga").await;
    let alliance = organizer.found_alliance("Old Town").await;
    let mut guild = Guild {
        alliance,
        organizer,
        members: Vec::new(),
    };
    for at in 0..members {
        let person = app.person(&format!("m{at}")).await;
        let membership = guild
            .organizer
            .admit(&guild.alliance, &person, &format!("Shop {at}"))
            .await;
        guild.members.push((membership, person));
    }
    guild
}

impl Guild {
    pub fn list(&self) -> String {
        format!("/v1/alliances/{}/ballots", self.alliance)
    }

    /// Drafts an advisory question; answers its path.
    pub async fn draft(&self, rule: Value) -> String {
        let mut body = json!({ "title": "Meet on Tuesdays?", "explanation": "The tea house is free.",
            "matter": "advisory", "closes_at": CLOSE });
        if !rule.is_null() {
            body["rule"] = rule;
        }
        let answer = self.organizer.post(&self.list(), body).await;
        answer.expect(201);
        format!("/v1/ballots/{}", answer.id())
    }

    pub async fn open(&self, rule: Value) -> String {
        self.open_until(rule, CLOSE).await
    }

    /// Opens an advisory question that closes at an instant; answers its path.
    pub async fn open_until(&self, rule: Value, closes_at: &str) -> String {
        let mut body = json!({ "title": "Meet on Tuesdays?", "explanation": "The tea house is free.",
            "matter": "advisory", "closes_at": closes_at });
        if !rule.is_null() {
            body["rule"] = rule;
        }
        let ballot = self.draft_of(body).await;
        let opened = self.organizer.transition(&ballot, "publish", None).await;
        opened.expect(200);
        assert_eq!(opened.body["state"], "open", "{}", opened.text);
        ballot
    }

    /// Grants a role to a new person.
    pub async fn steward(&self, app: &TestApp, name: &str, role: &str) -> Person {
        let person = app.person(name).await;
        app.db_grant(&self.alliance, &person, role).await;
        person
    }

    /// Adopts by-laws.
    pub async fn by_laws(&self, content: Value) {
        let path = format!("/v1/alliances/{}/by-laws", self.alliance);
        self.organizer.post(&path, content).await.expect(201);
    }

    /// Drafts from a body; answers the path.
    pub async fn draft_of(&self, body: Value) -> String {
        let answer = self.organizer.post(&self.list(), body).await;
        answer.expect(201);
        format!("/v1/ballots/{}", answer.id())
    }

    pub async fn vote(&self, ballot: &str, member: usize, choice: &str) -> Answer {
        let person = &self.members[member].1;
        person
            .post(&format!("{ballot}/votes"), json!({ "choice": choice }))
            .await
    }
}

/// More than half of the votes; they are final, so that the ballot may close early.
pub fn final_and_open() -> Value {
    json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "revote": false, "early_close": "when_decided" })
}
