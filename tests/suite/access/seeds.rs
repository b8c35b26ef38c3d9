//! One object of every kind, made over the API.

mod money;
mod voting;

use std::collections::BTreeMap;

use guildhall::mandates::Matter;
use serde_json::Value;
use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;

/// The people of an alliance, and the objects that they made so far by the names of path parameters.
pub struct Seed<'a> {
    pub app: &'a TestApp,
    pub observer: &'a Person,
    pub member: &'a Person,
    pub treasurer: &'a Person,
    pub organizer: &'a Person,
    pub maker: &'a Person,
    pub ids: BTreeMap<String, String>,
}

impl Seed<'_> {
    /// Makes everything; answers the manufacturer's key.
    pub async fn everything(&mut self) -> String {
        self.ids.insert("token".into(), "no-such-link".into());
        self.ids.insert("code".into(), "not_found".into());
        self.ids.insert("example".into(), "oban-bands".into());
        self.members().await;
        let key = self.manufacturer().await;
        self.money().await;
        self.first(
            "mandate_id",
            self.observer,
            "alliances/{alliance_id}/mandates",
        )
        .await;
        let case = json!({ "reasons": "It pays no levy.", "hearing_at": "2031-06-20T00:00:00Z" });
        let path = "memberships/{membership_id}/expulsions";
        self.made("expulsion_id", self.organizer, path, case).await;
        let end =
            json!({ "reasons": "The street is rebuilt.", "plan": "The tents go to the school." });
        let path = "alliances/{alliance_id}/dissolutions";
        self.made("dissolution_id", self.organizer, path, end).await;
        self.campaign().await;
        let sale = json!({ "name": "One day", "main_day": "2031-07-01", "template": "one_day" });
        let promotion = self
            .made(
                "promotion_id",
                self.organizer,
                "alliances/{alliance_id}/promotions",
                sale,
            )
            .await;
        for event in ["propose", "schedule"] {
            self.moved(self.organizer, &format!("promotions/{promotion}"), event)
                .await;
        }
        let body = json!({ "name": "phone" });
        self.made(
            "feed_id",
            self.member,
            "merchants/{merchant_id}/calendar-feeds",
            body,
        )
        .await;
        let festival = json!({ "festival": "street_day", "names": { "zh-CN": "街节", "en": "Street Day" },
            "rule": { "kind": "gregorian", "month": 5, "day": 18 } });
        let path = self.path("alliances/{alliance_id}/festivals");
        self.organizer.post(&path, festival).await.expect(201);
        self.ids.insert("festival".into(), "street_day".into());
        let closed =
            json!({ "name": "Closed", "from": "2031-12-01T00:00:00", "to": "2031-12-02T00:00:00" });
        self.made(
            "blackout_id",
            self.organizer,
            "alliances/{alliance_id}/blackouts",
            closed,
        )
        .await;
        self.tender().await;
        self.app.clock_to("2031-06-04T00:00:00Z").await;
        self.made(
            "enrolment_id",
            self.member,
            "promotions/{promotion_id}/enrolments",
            json!({}),
        )
        .await;
        self.offers().await;
        self.app.clock_to("2031-06-05T00:00:10Z").await;
        self.award().await;
        self.voting().await;
        key
    }

    fn path(&self, path: &str) -> String {
        let filled = self.ids.iter().fold(path.to_owned(), |path, (name, id)| {
            path.replace(&format!("{{{name}}}"), id)
        });
        format!("/v1/{filled}")
    }

    /// Posts `body` and keeps the id of what was made under `name`.
    async fn made(&mut self, name: &str, by: &Person, path: &str, body: Value) -> String {
        let answer = by.post(&self.path(path), body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        self.ids.insert(name.to_owned(), answer.id());
        answer.id()
    }

    async fn moved(&self, by: &Person, path: &str, event: &str) {
        let answer = by.transition(&self.path(path), event, None).await;
        assert_eq!(answer.status, 200, "{path} {event}: {}", answer.text);
    }

    /// Keeps the id of the first item of a list under `name`.
    async fn first(&mut self, name: &str, by: &Person, path: &str) -> String {
        let list = by.get(&self.path(path)).await;
        let id = list.body["items"][0]["id"].as_str();
        let id = id
            .unwrap_or_else(|| panic!("{path}: {}", list.text))
            .to_owned();
        self.ids.insert(name.to_owned(), id.clone());
        id
    }

    async fn members(&mut self) {
        let alliance = self.organizer.found_alliance("Old Town").await;
        self.ids.insert("alliance_id".into(), alliance.clone());
        let membership = self
            .organizer
            .admit(&alliance, self.member, "Tea House")
            .await;
        let found = self
            .member
            .get(&format!("/v1/memberships/{membership}"))
            .await;
        let merchant = found.body["merchant_id"].as_str().expect("a merchant");
        self.ids.insert("merchant_id".into(), merchant.to_owned());
        self.ids.insert("membership_id".into(), membership);
        for (person, role) in [(self.observer, "observer"), (self.treasurer, "treasurer")] {
            let body = json!({ "email": person.email, "role": role });
            self.made(
                "grant_id",
                self.organizer,
                "alliances/{alliance_id}/role-grants",
                body,
            )
            .await;
        }
        let guest = json!({ "email": "guest@people.example", "role": "observer", "locale": "en" });
        self.made(
            "invitation_id",
            self.organizer,
            "alliances/{alliance_id}/invitations",
            guest,
        )
        .await;
        let size = json!({ "measure": "annual_revenue", "value": 320_000_000, "unit": "CNY", "valid_from": "2026-01-01" });
        self.made(
            "fact_id",
            self.member,
            "merchants/{merchant_id}/size-facts",
            size,
        )
        .await;
    }

    async fn manufacturer(&mut self) -> String {
        let body = json!({ "name": "Kiln", "country": "CN", "locale": "en" });
        self.made("manufacturer_id", self.maker, "manufacturers", body)
            .await;
        let body = json!({ "name": "orders", "scopes": ["tenders:read"], "days": 30 });
        let path = self.path("manufacturers/{manufacturer_id}/api-keys");
        let key = self.maker.post(&path, body).await;
        key.expect(201);
        self.ids.insert("api_key_id".into(), key.id());
        key.body["secret"].as_str().expect("a key").to_owned()
    }

    async fn money(&mut self) {
        let organizer = self.organizer;
        let body =
            json!({ "name": "By revenue", "measure": "annual_revenue", "accept_declared": true });
        let policy = self
            .made(
                "policy_id",
                organizer,
                "alliances/{alliance_id}/levy-policies",
                body,
            )
            .await;
        let body = json!({ "name": "Season", "code": "S31", "season_from": "2031-06-01", "season_to": "2031-09-30",
            "custodian": { "holder": "Old Town", "institution": "Bank", "account_ref": "1" } });
        self.made("fund_id", organizer, "alliances/{alliance_id}/funds", body)
            .await;
        let body = json!({ "budget_minor": 5_000_000, "policy_id": policy, "snapshot_date": "2031-05-31", "due_on": "2031-07-20" });
        let assessment = self
            .made(
                "assessment_id",
                organizer,
                "funds/{fund_id}/assessments",
                body,
            )
            .await;
        self.decide(&assessment).await;
        self.moved(
            self.treasurer,
            &format!("assessments/{assessment}"),
            "issue",
        )
        .await;
        self.first("notice_id", self.treasurer, "funds/{fund_id}/levy-notices")
            .await;
        let body = json!({ "membership_id": self.ids["membership_id"], "amount_minor": 100, "received_on": "2026-01-15", "reference": "line 1" });
        self.made(
            "payment_id",
            self.treasurer,
            "funds/{fund_id}/payments",
            body,
        )
        .await;
        let payment = self
            .treasurer
            .get(&self.path("payments/{payment_id}"))
            .await;
        let transaction = payment.body["transaction_id"].as_str().unwrap_or_default();
        self.ids
            .insert("transaction_id".into(), transaction.to_owned());
        let body = json!({ "amount_minor": 10, "reason": "closed for a day" });
        let notice = self.path("levy-notices/{notice_id}");
        let asked = organizer.transition(&notice, "credit", Some(body)).await;
        asked.expect(201);
        self.ids.insert("credit_note_id".into(), asked.id());
        let body =
            json!({ "amount_minor": 10, "purpose": "lanterns", "valid_until": "2031-09-30" });
        self.made("pledge_id", self.member, "funds/{fund_id}/pledges", body)
            .await;
        let body = json!({ "basis": "budget", "due_on": "2031-10-31" });
        self.made("true_up_id", organizer, "funds/{fund_id}/true-ups", body)
            .await;
        let body = json!({ "payee": "Print & Co", "line": "posters", "amount_minor": 10, "description": "a poster" });
        self.made("expense_id", organizer, "funds/{fund_id}/expenses", body)
            .await;
        self.spending().await;
    }

    /// As a carried ballot would.
    async fn decide(&self, assessment: &str) {
        let alliance = &self.ids["alliance_id"];
        let matter = Matter::SeasonBudget;
        self.app.decide(alliance, matter, assessment).await;
        self.app.drain().await;
    }

    async fn campaign(&mut self) {
        let organizer = self.organizer;
        let words = json!({ "subject": "News", "html": "<p>News</p>", "text": "News" });
        let body = json!({ "name": "News", "category": "digest", "locales": { "zh-CN": words, "en": words } });
        let template = self
            .made(
                "template_id",
                organizer,
                "alliances/{alliance_id}/templates",
                body,
            )
            .await;
        let body = json!({ "template_id": template, "audience": "all_members" });
        self.made(
            "campaign_id",
            organizer,
            "alliances/{alliance_id}/campaigns",
            body,
        )
        .await;
        let body = json!({ "name": "Monday", "line": "0 9 * * 1", "action": { "kind": "digest" } });
        self.made(
            "schedule_id",
            organizer,
            "alliances/{alliance_id}/schedules",
            body,
        )
        .await;
        let body = json!({ "email": "no@people.example", "category": "digest", "reason": "asked" });
        self.made(
            "suppression_id",
            organizer,
            "alliances/{alliance_id}/suppressions",
            body,
        )
        .await;
    }

    async fn tender(&mut self) {
        let organizer = self.organizer;
        let body = json!({
            "title": "Gift boxes", "min_quotes": 1, "commitment_opens_at": "2031-06-01T00:00:00Z",
            "commitment_closes_at": "2031-06-05T00:00:00Z", "award_by": "2031-06-20T00:00:00Z",
            "round": { "opens_at": "2031-06-01T00:00:00Z", "closes_at": "2031-06-05T00:00:00Z" },
        });
        let tender = self
            .made(
                "tender_id",
                organizer,
                "alliances/{alliance_id}/tenders",
                body,
            )
            .await;
        let items = json!({ "items": [{ "line_ref": "L1", "title": "Gift box", "unit_code": "H87", "expected_quantity": 200 }] });
        let path = self.path("tenders/{tender_id}");
        organizer
            .post(&format!("{path}/items"), items)
            .await
            .expect(201);
        let body = json!({ "manufacturer_id": self.ids["manufacturer_id"] });
        organizer
            .post(&format!("{path}/invitations"), body)
            .await
            .expect(201);
        self.moved(organizer, &format!("tenders/{tender}"), "publish")
            .await;
        self.first("round_id", organizer, "tenders/{tender_id}/rounds")
            .await;
    }

    async fn offers(&mut self) {
        let body = json!({ "line_ref": "L1", "reference_unit_price": "11.00",
            "steps": [{ "max_unit_price": "10.50", "quantity": 80 }] });
        self.made(
            "commitment_id",
            self.member,
            "tenders/{tender_id}/commitments",
            body,
        )
        .await;
        let body = json!({
            "currency": "CNY", "valid_until": "2031-07-01T00:00:00Z", "submit": true,
            "declarations": { "no_resale_price_condition": true, "independent_quote": true },
            "lines": [{ "line_ref": "L1", "unit_code": "H87", "lead_time_days": 21,
                "price_breaks": [{ "min_quantity": 1, "unit_price": "10.00" }] }],
        });
        self.made("quote_id", self.maker, "tenders/{tender_id}/quotes", body)
            .await;
        let body = json!({ "lines": [{ "line_ref": "L1", "unit_code": "H87", "lead_time_days": 20,
            "price_breaks": [{ "min_quantity": 1, "unit_price": "10.00" }] }] });
        let path = self.path("quotes/{quote_id}/uploads");
        let upload = self.maker.post(&path, body).await;
        assert_eq!(upload.status, 201, "{}", upload.text);
        let id = upload.body["upload_id"].as_str().expect("an id");
        self.ids.insert("upload_id".into(), id.to_owned());
        self.ids.insert("revision".into(), "1".into());
        self.ids.insert("base".into(), "1".into());
    }

    async fn award(&mut self) {
        let unseal = self.path("rounds/{round_id}/unseal");
        for person in [self.organizer, self.treasurer] {
            let opened = person.post_bare(&unseal).await;
            assert!(opened.status < 300, "{}", opened.text);
        }
        let organizer = self.organizer;
        let evaluation = organizer
            .post_bare(&self.path("tenders/{tender_id}/evaluations"))
            .await;
        evaluation.expect(201);
        self.ids.insert("evaluation_id".into(), evaluation.id());
        let body = json!({ "evaluation_id": evaluation.id() });
        let awards = organizer
            .post(&self.path("tenders/{tender_id}/awards"), body)
            .await;
        awards.expect(201);
        let award = self
            .first("award_id", organizer, "tenders/{tender_id}/awards")
            .await;
        self.moved(self.treasurer, &format!("awards/{award}"), "approve")
            .await;
        self.moved(self.maker, &format!("awards/{award}"), "accept")
            .await;
        self.app.drain().await;
        let order = self
            .first(
                "group_order_id",
                organizer,
                "tenders/{tender_id}/group-orders",
            )
            .await;
        self.moved(organizer, &format!("group-orders/{order}"), "place")
            .await;
    }
}
