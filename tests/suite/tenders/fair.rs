//! An alliance with a published tender, for the flows.

use guildhall::accounts;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::RoleGrantId;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::Value;
use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;

/// An alliance with a published tender, its people and its manufacturers.
pub struct Fair {
    pub app: TestApp,
    pub olga: Person,
    pub theo: Person,
    /// In the order A to E.
    pub members: Vec<Person>,
    pub mill: Person,
    pub mill_id: String,
    pub alliance: String,
    pub tender: String,
}

impl Fair {
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/tenders/{}{rest}", self.tender)
    }

    pub async fn round(&self) -> String {
        let rounds = self.olga.get(&self.path("/rounds")).await;
        rounds.expect(200);
        let id = rounds.body["items"][0]["id"].as_str().expect("a round");
        format!("/v1/rounds/{id}")
    }

    /// Sends the link of the newest mail to `address` for a session.
    pub async fn by_link(&self, address: &str) -> Person {
        let mail = self.app.mails_to(address).await.pop().expect("a mail");
        let link = mail.link("/r/");
        let page = self.app.nobody().get(&link).await;
        page.expect(200);
        assert!(page.text.contains("Gift boxes"), "{}", page.text);
        let token = link.trim_start_matches("/r/");
        let body = json!({ "token": token });
        let path = "/v1/tender-invitations/exchange";
        let session = self.app.nobody().post(path, body.clone()).await;
        session.expect(200);
        assert_eq!(session.body["expires_in"], 3_600);
        let again = self.app.nobody().post(path, body).await;
        again.expect_problem(409, "link_spent");
        let token = session.body["access_token"].as_str().expect("a token");
        assert!(token.starts_with("gld_link_"));
        self.app.nobody().with_token(token)
    }

    pub async fn invite(&self, body: Value) {
        let invited = self.olga.post(&self.path("/invitations"), body).await;
        invited.expect(201);
    }

    /// Both windows end, two people open the round.
    pub async fn open(&self) {
        self.app.clock_to("2027-01-20T00:00:05Z").await;
        self.unseal().await;
    }

    pub async fn unseal(&self) {
        let round = self.round().await;
        let first = self.olga.post_bare(&format!("{round}/unseal")).await;
        first.expect(202);
        let second = self.theo.post_bare(&format!("{round}/unseal")).await;
        second.expect(200);
        assert_eq!(second.body["state"], "opened");
    }

    pub async fn evaluate(&self) -> Value {
        let evaluation = self.olga.post_bare(&self.path("/evaluations")).await;
        evaluation.expect(201);
        evaluation.body
    }

    pub async fn propose(&self, evaluation: &Value) -> String {
        let body = json!({ "evaluation_id": evaluation["id"] });
        let awards = self.olga.post(&self.path("/awards"), body).await;
        awards.expect(201);
        let id = awards.body["items"][0]["id"].as_str().expect("an award");
        format!("/v1/awards/{id}")
    }
}

async fn grant(app: &TestApp, alliance: &str, person: &Person, role: &str) {
    let id: AllianceId = alliance.parse().expect("an id");
    let granted = app
        .ctx()
        .db
        .write(async |tx| {
            let user = accounts::person_by_email(tx, &person.email)
                .await?
                .expect("a person")
                .id;
            entity::role_grant::Entity::insert(entity::role_grant::ActiveModel {
                id: Set(app.ctx().ids.fresh::<RoleGrantId>()),
                alliance_id: Set(id),
                user_id: Set(user),
                role: Set(role.to_owned()),
                granted_by: Set(user.0),
                created_at: Set(tx.now()),
            })
            .exec_without_returning(tx)
            .await?;
            Ok(())
        })
        .await;
    granted.expect("granted");
}

async fn join(app: &TestApp, olga: &Person, alliance: &str, name: &str) -> Person {
    let person = app.person(name).await;
    let merchant = person.found_merchant(&format!("Shop {name}")).await;
    let path = format!("/v1/alliances/{alliance}/memberships");
    let applied = person.post(&path, json!({ "merchant_id": merchant })).await;
    applied.expect(201);
    let path = format!("/v1/memberships/{}", applied.id());
    olga.transition(&path, "approve", None).await.expect(200);
    person
}

pub async fn fair(app: TestApp) -> Fair {
    app.clock_to("2027-01-01T00:00:00Z").await;
    let olga = app.person("olga").await;
    let alliance = olga.found_alliance("West Lake").await;
    let path = format!("/v1/alliances/{alliance}");
    olga.patch(&path, json!({ "listed": true }))
        .await
        .expect(200);
    let theo = app.person("theo").await;
    grant(&app, &alliance, &theo, "treasurer").await;
    let mut members = vec![];
    for name in ["ann", "bo", "cai", "dan", "eve"] {
        members.push(join(&app, &olga, &alliance, name).await);
    }
    let mill = app.person("mill").await;
    let body = json!({ "name": "Paper Mill", "country": "CN", "locale": "en" });
    let founded = mill.post("/v1/manufacturers", body).await;
    founded.expect(201);
    let mill_id = founded.id();
    let body = json!({
        "title": "Gift boxes", "commitment_opens_at": "2027-01-01T00:00:00Z",
        "commitment_closes_at": "2027-01-20T00:00:00Z", "award_by": "2027-02-01T00:00:00Z",
        "round": { "opens_at": "2027-01-01T00:00:00Z", "closes_at": "2027-01-20T00:00:00Z" },
    });
    let tender = olga.post(&format!("{path}/tenders"), body).await;
    tender.expect(201);
    let fair = Fair {
        tender: tender.id(),
        app,
        olga,
        theo,
        members,
        mill,
        mill_id,
        alliance,
    };
    let here = fair.path("");
    fair.members[0]
        .get(&here)
        .await
        .expect_problem(404, "not_found");
    let early = fair.olga.transition(&here, "publish", None).await;
    early.expect_problem(422, "no_items");
    let items = json!({ "items": [{ "line_ref": "L1", "title": "Gift box", "unit_code": "H87", "expected_quantity": 200 }] });
    let added = fair.olga.post(&fair.path("/items"), items).await;
    added.expect(201);
    fair.invite(json!({ "manufacturer_id": fair.mill_id }))
        .await;
    fair.invite(json!({ "email": "sales@press.example", "company_name": "Press", "locale": "en" }))
        .await;
    let published = fair.olga.transition(&here, "publish", None).await;
    published.expect(200);
    assert_eq!(published.body["state"], "published");
    fair
}

pub fn quote(breaks: &[(i64, &str)]) -> Value {
    let breaks: Vec<Value> = breaks
        .iter()
        .map(|(q, p)| json!({ "min_quantity": q, "unit_price": p }))
        .collect();
    json!({
        "currency": "CNY", "valid_until": "2027-03-01T00:00:00Z", "submit": true,
        "declarations": { "no_resale_price_condition": true, "independent_quote": true },
        "lines": [{ "line_ref": "L1", "unit_code": "H87", "lead_time_days": 21, "price_breaks": breaks }],
    })
}

pub const BR: [(i64, &str); 4] = [(1, "12.00"), (100, "10.00"), (200, "9.00"), (300, "8.00")];

/// A 80 at 10.50, B 60 at 10.00, C 50 at 9.00, D 40 at 8.50, E 30 at 8.00.
pub async fn commit(fair: &Fair) {
    let steps = [
        ("10.50", 80, "11.00"),
        ("10.00", 60, "10.20"),
        ("9.00", 50, "9.10"),
        ("8.50", 40, "9.00"),
        ("8.00", 30, "9.00"),
    ];
    for (person, (limit, quantity, reference)) in fair.members.iter().zip(steps) {
        let body = json!({ "line_ref": "L1", "reference_unit_price": reference,
            "steps": [{ "max_unit_price": limit, "quantity": quantity }] });
        let committed = person.post(&fair.path("/commitments"), body).await;
        committed.expect(201);
        let path = format!("/v1/commitments/{}", committed.id());
        for other in [&fair.olga, &fair.theo, &fair.mill] {
            other.get(&path).await.expect_problem(404, "not_found");
        }
        person.get(&path).await.expect(200);
    }
}

/// A second manufacturer with an account, invited.
pub async fn app_account(fair: &Fair, name: &str) -> Person {
    let person = fair.app.person(name).await;
    let body = json!({ "name": "Second Press", "country": "CN", "locale": "en" });
    let founded = person.post("/v1/manufacturers", body).await;
    founded.expect(201);
    fair.invite(json!({ "manufacturer_id": founded.id() }))
        .await;
    person
}
