//! Tenders: sealed quotes, private commitments, openings by two people, awards and group orders.

use guildhall::accounts;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::RoleGrantId;
use sea_orm::ActiveValue::Set;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use serde_json::Value;
use serde_json::json;

use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    members_buy_together_at_the_price_of_their_group => buys_together;
    a_sealed_price_is_found_nowhere_before_the_opening => canary;
    what_breaks_a_rule_is_refused => refusals;
    a_declined_award_falls_through_to_the_next_quote => falls_through;
    of_rivals_one_wins => races;
    calculators_answer_without_login => calculators;
}

const CANARY_PRICE: &str = "7391846205.37";
const CANARY_TEXT: &str = "ZQX-CANARY-91";

/// An alliance with a published tender, its people and its manufacturers.
struct Fair {
    app: TestApp,
    olga: Person,
    theo: Person,
    /// In the order A to E.
    members: Vec<Person>,
    mill: Person,
    mill_id: String,
    alliance: String,
    tender: String,
}

impl Fair {
    fn path(&self, rest: &str) -> String {
        format!("/v1/tenders/{}{rest}", self.tender)
    }

    async fn round(&self) -> String {
        let rounds = self.olga.get(&self.path("/rounds")).await;
        rounds.expect(200);
        let id = rounds.body["items"][0]["id"].as_str().expect("a round");
        format!("/v1/rounds/{id}")
    }

    /// Sends the link of the newest mail to `address` for a session.
    async fn by_link(&self, address: &str) -> Person {
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

    async fn invite(&self, body: Value) {
        let invited = self.olga.post(&self.path("/invitations"), body).await;
        invited.expect(201);
    }

    /// Both windows end, two people open the round.
    async fn open(&self) {
        self.app.clock_to("2027-01-20T00:00:05Z").await;
        let round = self.round().await;
        let first = self.olga.post_bare(&format!("{round}/unseal")).await;
        first.expect(202);
        let second = self.theo.post_bare(&format!("{round}/unseal")).await;
        second.expect(200);
        assert_eq!(second.body["state"], "opened");
    }

    async fn evaluate(&self) -> Value {
        let evaluation = self.olga.post_bare(&self.path("/evaluations")).await;
        evaluation.expect(201);
        evaluation.body
    }

    async fn propose(&self, evaluation: &Value) -> String {
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

async fn fair(app: TestApp) -> Fair {
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

fn quote(breaks: &[(i64, &str)]) -> Value {
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

const BR: [(i64, &str); 4] = [(1, "12.00"), (100, "10.00"), (200, "9.00"), (300, "8.00")];

/// A 80 at 10.50, B 60 at 10.00, C 50 at 9.00, D 40 at 8.50, E 30 at 8.00.
async fn commit(fair: &Fair) {
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

async fn buys_together(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    let draft = {
        let mut body = quote(&[(1, "13.00")]);
        body["submit"] = json!(false);
        fair.mill.post(&fair.path("/quotes"), body).await
    };
    draft.expect(201);
    assert_eq!(draft.body["state"], "draft");
    let mill_quote = format!("/v1/quotes/{}", draft.id());
    let submitted = fair.mill.transition(&mill_quote, "submit", None).await;
    submitted.expect(200);
    let revised = fair
        .mill
        .transition(&mill_quote, "revisions", Some(quote(&BR)))
        .await;
    revised.expect(200);
    assert_eq!(revised.body["revision"], 2);
    let same = quote(&[(1, "12"), (100, "10.0"), (200, "9"), (300, "8.000")]);
    let unchanged = fair
        .mill
        .transition(&mill_quote, "revisions", Some(same))
        .await;
    unchanged.expect(200);
    assert_eq!(unchanged.body["unchanged"], true);
    let own = fair.mill.get(&mill_quote).await;
    assert_eq!(
        own.body["content"]["lines"][0]["price_breaks"][1]["unit_price"],
        "10.00"
    );
    let press = fair.by_link("sales@press.example").await;
    press.get(&fair.path("")).await.expect(200);
    let by_link = press
        .post(&fair.path("/quotes"), quote(&[(1, "11.50")]))
        .await;
    by_link.expect(201);
    let press_quote = format!("/v1/quotes/{}", by_link.id());
    let seen = press.get(&press_quote).await;
    seen.expect(200);
    assert_eq!(
        seen.body["content"],
        Value::Null,
        "a link sees no earlier price"
    );
    press
        .get(&mill_quote)
        .await
        .expect_problem(404, "not_found");
    fair.mill
        .get(&press_quote)
        .await
        .expect_problem(404, "not_found");
    let sealed = fair.olga.get(&fair.path("/quotes")).await;
    assert_eq!(
        (&sealed.body["count"], &sealed.body["items"]),
        (&json!(2), &json!([]))
    );
    for role in [&fair.olga, &fair.theo, &fair.members[0]] {
        role.get(&mill_quote)
            .await
            .expect_problem(403, "tender_sealed");
    }
    fair.open().await;
    let read = fair.theo.get(&mill_quote).await;
    read.expect(200);
    assert_eq!(
        read.body["content"]["lines"][0]["price_breaks"][3]["unit_price"],
        "8.00"
    );
    fair.members[0]
        .get(&mill_quote)
        .await
        .expect_problem(403, "role_required");
    let pending = fair.members[0].get(&fair.path("/clearing/me")).await;
    assert_eq!(pending.body["decided"], false);
    let evaluation = fair.evaluate().await;
    let item = &evaluation["items"][0];
    assert_eq!(item["unit_price"], "10.00");
    assert_eq!(item["total_quantity"], 140);
    assert_eq!(item["manufacturer_id"], fair.mill_id.as_str());
    assert!(!evaluation.to_string().contains("surplus"));
    award_and_order(&fair, &evaluation).await;
}

async fn award_and_order(fair: &Fair, evaluation: &Value) {
    let award = fair.propose(evaluation).await;
    fair.mill.get(&award).await.expect_problem(404, "not_found");
    let alone = fair.olga.transition(&award, "approve", None).await;
    alone.expect_problem(403, "separation_of_duties");
    let approved = fair.theo.transition(&award, "approve", None).await;
    approved.expect(200);
    assert_eq!(approved.body["state"], "notified");
    let told = fair.members[2].get(&award).await;
    told.expect(200);
    assert_eq!(told.body["lines"][0]["quantity"], Value::Null);
    let accepted = fair.mill.transition(&award, "accept", None).await;
    accepted.expect(200);
    assert_eq!(accepted.body["state"], "active");
    assert_eq!(fair.olga.get(&fair.path("")).await.body["state"], "awarded");
    let order = accepted.body["group_order_id"].as_str().expect("an order");
    let order = format!("/v1/group-orders/{order}");
    fair.mill.get(&order).await.expect_problem(404, "not_found");
    let placed = fair.olga.transition(&order, "place", None).await;
    placed.expect(200);
    assert_eq!(
        placed.body["member_lines"].as_array().map(Vec::len),
        Some(2)
    );
    let confirmed = fair.mill.transition(&order, "confirm", None).await;
    confirmed.expect(200);
    assert_eq!(confirmed.body["member_lines"], json!([]));
    assert_eq!(confirmed.body["totals"][0]["quantity"], 140);
    let ann = fair.members[0].get(&order).await;
    assert_eq!(ann.body["member_lines"].as_array().map(Vec::len), Some(1));
    assert_eq!(ann.body["totals"], json!([]));
    let mine = fair.members[0].get(&format!("{order}/statements/me")).await;
    mine.expect(200);
    assert_eq!(
        (&mine.body["total_minor"], &mine.body["saving_minor"]),
        (&json!(80_000), &json!(8_000))
    );
    let cai = fair.members[2].get(&fair.path("/clearing/me")).await;
    let item = &cai.body["items"][0];
    assert_eq!(item["status"], "limit_below_price");
    assert_eq!(
        (&item["unit_price"], &item["your_limit"]),
        (&json!("10.00"), &json!("9.00"))
    );
    let lost = fair.app.mails_to("sales@press.example").await;
    assert!(
        lost.iter()
            .any(|mail| mail.subject.contains("Result of the tender"))
    );
    let bo = fair.app.mails_to("bo@people.example").await;
    let told = bo.last().expect("a mail");
    assert!(
        told.text.contains("600.00") && told.text.contains("60 × 10.00"),
        "{}",
        told.text
    );
    assert!(
        !told.text.contains("800.00") && !told.text.contains("140"),
        "{}",
        told.text
    );
}

async fn canary(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    let mut body = quote(&[(1, CANARY_PRICE), (100, "739.11")]);
    body["note"] = json!(CANARY_TEXT);
    let key = [("idempotency-key", "canary-1")];
    let sent = fair
        .mill
        .post_with(&fair.path("/quotes"), &key, body.clone())
        .await;
    sent.expect(201);
    let replayed = fair
        .mill
        .post_with(&fair.path("/quotes"), &key, body.clone())
        .await;
    replayed.expect(201);
    let path = format!("/v1/quotes/{}", sent.id());
    body["lines"][0]["line_ref"] = json!("L2");
    fair.mill
        .transition(&path, "revisions", Some(body))
        .await
        .expect_problem(422, "validation_failed");
    let press = fair.by_link("sales@press.example").await;
    press
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    fair.app.clock_to("2027-01-20T00:00:05Z").await;
    let paths = [
        path.clone(),
        fair.path(""),
        fair.path("/quotes"),
        fair.path("/rounds"),
        fair.path("/items"),
        fair.path("/invitations"),
        fair.path("/commitments"),
        fair.path("/clearing/me"),
        fair.path("/evaluations"),
        fair.path("/awards"),
        fair.path("/group-orders"),
        format!("/v1/alliances/{}/tenders", fair.alliance),
        fair.round().await,
        "/metrics".to_owned(),
    ];
    for person in [
        &fair.olga,
        &fair.theo,
        &fair.members[0],
        &press,
        &fair.app.nobody(),
    ] {
        for path in &paths {
            assert_clean(person.get(path).await.text.as_bytes(), path);
        }
    }
    for mail in fair.app.mails().await {
        assert_clean(mail.raw.as_bytes(), "a mail");
        assert_clean(mail.text.as_bytes(), "a mail");
    }
    assert_stored_nowhere(&fair.app).await;
    fair.open().await;
    let read = fair.olga.get(&path).await;
    read.expect(200);
    assert!(read.text.contains(CANARY_PRICE) && read.text.contains(CANARY_TEXT));
    assert_stored_nowhere(&fair.app).await;
}

/// Decimal, grouped, in minor units, scaled, base64 and hexadecimal.
#[track_caller]
fn assert_clean(bytes: &[u8], place: &str) {
    use base64::Engine;
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
    let needles = [
        CANARY_PRICE.to_owned(),
        "7,391,846,205.37".to_owned(),
        "739184620537".to_owned(),
        CANARY_TEXT.to_owned(),
        hex(CANARY_TEXT),
        base64(CANARY_TEXT),
        hex(CANARY_PRICE),
        base64(CANARY_PRICE),
    ];
    for needle in needles {
        let found = bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
        assert!(!found, "{needle} stands in {place}");
    }
}

async fn assert_stored_nowhere(app: &TestApp) {
    if app.database == Database::Sqlite {
        for entry in std::fs::read_dir(app.folder.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let bytes = std::fs::read(&path).expect("readable");
                assert_clean(&bytes, &path.display().to_string());
            }
        }
        return;
    }
    let reader = app.ctx().db.reader();
    let rows = |sql: String| {
        let reader = reader.clone();
        async move {
            let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
            let rows = reader.query_all_raw(statement).await.expect("rows");
            let text = |row: &sea_orm::QueryResult| row.try_get::<String>("", "t").expect("text");
            rows.iter().map(text).collect::<Vec<_>>()
        }
    };
    let tables =
        rows("SELECT tablename::text AS t FROM pg_tables WHERE schemaname = 'public'".into()).await;
    assert!(tables.iter().any(|table| table == "quote_revision"));
    for table in tables {
        for row in rows(format!("SELECT r::text AS t FROM \"{table}\" r")).await {
            assert_clean(row.as_bytes(), &table);
        }
    }
}

async fn refusals(app: TestApp) {
    let fair = fair(app).await;
    let (mill, quotes) = (&fair.mill, fair.path("/quotes"));
    let mut resale = quote(&BR);
    resale["lines"][0]["resale_price"] = json!("20.00");
    mill.post(&quotes, resale)
        .await
        .expect_problem(400, "invalid_body");
    let mut bad = quote(&[(1, "55,50"), (1, "60.00")]);
    bad["declarations"]["independent_quote"] = json!(false);
    bad["lines"][0]["unit_code"] = json!("KGM");
    let refused = mill.post(&quotes, bad).await;
    refused.expect_problem(422, "validation_failed");
    let codes: Vec<&str> = refused.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|e| e["code"].as_str())
        .collect();
    for code in [
        "declaration_required",
        "unit_differs_from_tender",
        "decimal_comma",
        "breaks_not_ascending",
    ] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert!(!refused.text.contains("55,50"), "no value is repeated");
    for stranger in [&fair.olga, &fair.members[0]] {
        stranger
            .post(&quotes, quote(&BR))
            .await
            .expect_problem(403, "role_required");
    }
    let zoe = fair.app.person("zoe").await;
    zoe.post(&quotes, quote(&BR))
        .await
        .expect_problem(404, "not_found");
    zoe.get(&fair.path(""))
        .await
        .expect_problem(404, "not_found");
    let body = json!({ "line_ref": "L1", "steps": [{ "max_unit_price": "9.00", "quantity": 5 }] });
    fair.olga
        .post(&fair.path("/commitments"), body.clone())
        .await
        .expect_problem(403, "role_required");
    let ann = &fair.members[0];
    let committed = ann.post(&fair.path("/commitments"), body.clone()).await;
    committed.expect(201);
    ann.post(&fair.path("/commitments"), body.clone())
        .await
        .expect_problem(409, "commitment_exists");
    let mine = format!("/v1/commitments/{}", committed.id());
    ann.transition(&mine, "revisions", Some(body.clone()))
        .await
        .expect(200);
    ann.transition(&mine, "withdraw", None).await.expect(200);
    ann.post(&fair.path("/commitments"), body.clone())
        .await
        .expect(201);
    let first = mill.post(&quotes, quote(&BR)).await;
    first.expect(201);
    let path = format!("/v1/quotes/{}", first.id());
    mill.post(&quotes, quote(&BR))
        .await
        .expect_problem(409, "quote_exists");
    let round = fair.round().await;
    let early = fair.olga.post_bare(&format!("{round}/unseal")).await;
    early.expect_problem(409, "illegal_transition");
    let sooner = json!({ "closes_at": "2027-01-19T00:00:00Z" });
    fair.olga
        .transition(&round, "extend", Some(sooner))
        .await
        .expect_problem(422, "validation_failed");
    let later = json!({ "closes_at": "2027-01-25T00:00:00Z" });
    fair.olga
        .transition(&round, "extend", Some(later))
        .await
        .expect(200);
    assert!(
        fair.app
            .mails_to("mill@people.example")
            .await
            .iter()
            .any(|m| m.subject.contains("Later deadline"))
    );
    fair.app.clock_to("2027-01-20T00:00:00Z").await;
    ann.post(&fair.path("/commitments"), body)
        .await
        .expect_problem(409, "deadline_passed");
    fair.app.clock_to("2027-01-24T23:59:59Z").await;
    fair.app.clock_to("2027-01-25T00:00:00Z").await;
    let late = mill.transition(&path, "withdraw", None).await;
    late.expect_problem(409, "deadline_passed");
    assert_eq!(late.body["params"]["closes_at"], "2027-01-25T00:00:00.000Z");
    fair.app.clock_to("2027-01-25T00:00:05Z").await;
    assert_eq!(
        fair.olga.get(&fair.path("")).await.body["state"],
        "unsuccessful"
    );
    let few = fair.olga.post_bare(&format!("{round}/unseal")).await;
    few.expect_problem(409, "too_few_quotes");
}

async fn falls_through(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    fair.mill
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    let press = app_account(&fair, "press").await;
    press
        .post(&fair.path("/quotes"), quote(&[(1, "9.80"), (150, "8.80")]))
        .await
        .expect(201);
    fair.open().await;
    let evaluation = fair.evaluate().await;
    let item = &evaluation["items"][0];
    assert_eq!(
        (&item["unit_price"], &item["total_quantity"]),
        (&json!("8.80"), &json!(190))
    );
    let award = fair.propose(&evaluation).await;
    fair.theo
        .transition(&award, "approve", None)
        .await
        .expect(200);
    press.transition(&award, "decline", None).await.expect(200);
    let body = json!({ "evaluation_id": evaluation["id"] });
    let outdated = fair.olga.post(&fair.path("/awards"), body).await;
    outdated.expect_problem(409, "evaluation_outdated");
    let next = fair.evaluate().await;
    let item = &next["items"][0];
    assert_eq!(
        (&item["unit_price"], &item["total_quantity"]),
        (&json!("10.00"), &json!(140))
    );
    let award = fair.propose(&next).await;
    fair.theo
        .transition(&award, "approve", None)
        .await
        .expect(200);
    fair.mill
        .transition(&award, "accept", None)
        .await
        .expect(200);
}

/// A second manufacturer with an account, invited.
async fn app_account(fair: &Fair, name: &str) -> Person {
    let person = fair.app.person(name).await;
    let body = json!({ "name": "Second Press", "country": "CN", "locale": "en" });
    let founded = person.post("/v1/manufacturers", body).await;
    founded.expect(201);
    fair.invite(json!({ "manufacturer_id": founded.id() }))
        .await;
    person
}

async fn races(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    fair.mill
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    let press = fair.by_link("sales@press.example").await;
    let path = fair.path("/quotes");
    let rivals = (0..4).map(|_| press.post(&path, quote(&[(1, "11.50")])));
    let answers = futures_util::future::join_all(rivals).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    fair.app.clock_to("2027-01-20T00:00:05Z").await;
    let unseal = format!("{}/unseal", fair.round().await);
    fair.olga.post_bare(&unseal).await.expect(202);
    fair.olga
        .post_bare(&unseal)
        .await
        .expect_problem(409, "already_approved");
    fair.app.advance(1_900).await;
    fair.theo
        .post_bare(&unseal)
        .await
        .expect_problem(409, "window_expired");
    fair.olga.post_bare(&unseal).await.expect(202);
    let openings = (0..2).map(|_| fair.theo.post_bare(&unseal));
    let answers = futures_util::future::join_all(openings).await;
    let mut statuses: Vec<u16> = answers.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let evaluation = fair.evaluate().await;
    let body = json!({ "evaluation_id": evaluation["id"] });
    let path = fair.path("/awards");
    let rivals = [&fair.olga, &fair.theo].map(|p| p.post(&path, body.clone()));
    let answers = futures_util::future::join_all(rivals).await;
    let lost = answers.iter().find(|a| a.status != 201).expect("a loser");
    lost.expect_problem(409, "item_already_awarded");
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
}

async fn calculators(app: TestApp) {
    let body = json!({ "price_breaks": [{ "min_quantity": 1, "unit_price": "12.00" }, { "min_quantity": 100, "unit_price": "10.00" }],
        "commitments": [{ "member": "A", "sequence": 1, "steps": [{ "max_unit_price": "10.50", "quantity": 80 }] },
            { "member": "B", "sequence": 2, "steps": [{ "max_unit_price": "10.00", "quantity": 60 }] }] });
    let cleared = app.nobody().post("/v1/calculators/clearing", body).await;
    cleared.expect(200);
    assert_eq!(cleared.body["unit_price"], "10.00");
    assert_eq!(cleared.body["total_allocated"], 140);
}
