//! Alliances and merchants made over the API: for flows in which one merchant belongs to several alliances.

use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;

/// One merchant with its staff.
pub struct Shop {
    pub staff: Person,
    pub merchant: String,
}

/// One alliance with its organizer.
pub struct Guild {
    pub organizer: Person,
    pub id: String,
}

impl Shop {
    pub async fn new(app: &TestApp, name: &str) -> Self {
        let staff = app.person(name).await;
        let merchant = staff.found_merchant(&format!("Shop of {name}")).await;
        Self { staff, merchant }
    }

    /// Logs a price of one product, since `at` or since now.
    pub async fn price(&self, sku: &str, price_minor: i64, at: Option<&str>) -> Answer {
        let mut body = json!({"sku": sku, "currency": "CNY", "price_minor": price_minor});
        if let Some(at) = at {
            body["effective_at"] = json!(at);
        }
        let path = format!("/v1/merchants/{}/price-log", self.merchant);
        self.staff.post(&path, body).await
    }

    /// Enrols in a promotion.
    pub async fn enrol(&self, promotion: &str, body: Value) -> Answer {
        let path = format!("{promotion}/enrolments");
        self.staff.post(&path, body).await
    }

    /// Puts products in the place of others.
    pub async fn replace(&self, enrolment: &str, items: Value) -> Answer {
        let seen = self.staff.get(enrolment).await;
        // Who may not see it has no version to name, and guesses.
        let tag = match seen.header("etag") {
            "" => "\"v1\"".to_owned(),
            known => known.to_owned(),
        };
        let headers = [
            ("content-type", "application/json"),
            ("if-match", tag.as_str()),
        ];
        let body = json!({ "items": items }).to_string().into_bytes();
        let path = format!("{enrolment}/items");
        self.staff.send("PUT", &path, &headers, Some(body)).await
    }
}

impl Guild {
    pub async fn new(app: &TestApp, name: &str) -> Self {
        let person = name.to_lowercase().replace(' ', "-");
        let organizer = app.person(&person).await;
        let id = organizer.found_alliance(name).await;
        Self { organizer, id }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/alliances/{}/{rest}", self.id)
    }

    /// Takes a merchant in; answers the membership.
    pub async fn take(&self, shop: &Shop) -> String {
        let body = json!({"merchant_id": shop.merchant});
        let invited = self.organizer.post(&self.path("memberships"), body).await;
        invited.expect(201);
        let path = format!("/v1/memberships/{}", invited.id());
        let taken = shop.staff.transition(&path, "approve", None).await;
        taken.expect(200);
        invited.id()
    }

    /// Adopts by-laws.
    pub async fn adopt(&self, by_laws: Value) {
        let adopted = self.organizer.post(&self.path("by-laws"), by_laws).await;
        adopted.expect(201);
    }

    pub async fn draft(&self, body: Value) -> Answer {
        self.organizer.post(&self.path("promotions"), body).await
    }

    /// Drafts, proposes and schedules; answers the path.
    pub async fn schedule(&self, body: Value) -> String {
        let draft = self.draft(body).await;
        draft.expect(201);
        let path = format!("/v1/promotions/{}", draft.id());
        for event in ["propose", "schedule"] {
            let moved = self.organizer.transition(&path, event, None).await;
            moved.expect(200);
        }
        path
    }
}

/// A sale from one local time to another, with enrolment from the first of May to the first of June 2028.
pub fn sale(name: &str, from: &str, to: &str) -> Value {
    json!({
        "name": name, "main_day": from[..10],
        "phases": [
            {"phase": "enrolment", "from": "2028-05-01T00:00:00", "to": "2028-06-01T00:00:00"},
            {"phase": "main", "from": from, "to": to},
        ],
    })
}

/// `base` with other fields.
pub fn with(mut base: Value, fields: &Value) -> Value {
    let fields = fields.as_object().expect("fields").clone();
    base.as_object_mut().expect("fields").extend(fields);
    base
}

/// Within the enrolment of [`sale`].
pub const OPEN: &str = "2028-05-10T00:00:00Z";
