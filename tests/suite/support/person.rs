//! Somebody who calls the service.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serde_json::json;

/// A caller with or without credentials.
#[derive(Debug, Clone)]
pub struct Person {
    pub url: String,
    pub email: String,
    pub name: String,
    pub token: Option<String>,
    client: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

static KEYS: AtomicU64 = AtomicU64::new(0);

impl Answer {
    /// Fails the test unless the status is the expected one, and shows what came instead.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails the test unless this is the problem with that status and code, in its documented shape.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> &Self {
        self.expect(status);
        assert_eq!(self.body["code"], code, "{}", self.text);
        assert_eq!(self.body["status"], status, "{}", self.text);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json; charset=utf-8"
        );
        assert!(
            self.body["type"]
                .as_str()
                .is_some_and(|t| t.ends_with(&format!("/problems/{code}"))),
            "{}",
            self.text
        );
        self
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    /// The `ETag`; a first version's where the caller may not read the object.
    fn etag_or_guess(&self) -> String {
        match self.header("etag") {
            "" => "\"v1\"".to_owned(),
            etag => etag.to_owned(),
        }
    }

    /// The `id` of the body.
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"]
            .as_str()
            .unwrap_or_else(|| panic!("no id in {}", self.text))
            .to_owned()
    }
}

impl Person {
    /// The same person at another address.
    pub fn at(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    pub(super) fn new(url: &str, client: reqwest::Client, token: Option<String>) -> Self {
        Self {
            url: url.to_owned(),
            email: String::new(),
            name: String::new(),
            token,
            client,
        }
    }

    /// The same caller with another credential.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// Sends a request as it is given.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer {
            status,
            headers,
            text,
            body,
        }
    }

    async fn send_json(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let key = format!("test-key-{}", KEYS.fetch_add(1, Ordering::Relaxed));
        let mut all = vec![("idempotency-key", key.as_str())];
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        all.retain(|(name, _)| !headers.iter().any(|(given, _)| given == name));
        all.extend(headers);
        self.send(method, path, &all, body.map(|b| b.to_string().into_bytes()))
            .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None).await
    }

    /// POST with a fresh idempotency key.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send_json("POST", path, &[], Some(body)).await
    }

    /// POST without a body, with a fresh idempotency key.
    pub async fn post_bare(&self, path: &str) -> Answer {
        self.send_json("POST", path, &[], None).await
    }

    /// POST with headers of the caller's own.
    pub async fn post_with(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.send_json("POST", path, headers, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send_json("PUT", path, &[], Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send_json("DELETE", path, &[], None).await
    }

    /// Reads `resource` and posts a transition of it under its present `ETag`.
    pub async fn transition(&self, resource: &str, event: &str, body: Option<Value>) -> Answer {
        let seen = self.get(resource).await;
        let etag = seen.etag_or_guess();
        let path = format!("{resource}/{event}");
        self.send_json("POST", &path, &[("if-match", &etag)], body)
            .await
    }

    /// Reads `resource` and patches it under its present `ETag`.
    pub async fn patch(&self, resource: &str, body: Value) -> Answer {
        let seen = self.get(resource).await;
        let etag = seen.etag_or_guess();
        self.send_json("PATCH", resource, &[("if-match", &etag)], Some(body))
            .await
    }

    /// Posts the form of a page.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = fields
            .iter()
            .map(|(k, v)| format!("{k}={}", v.replace(' ', "+")))
            .collect::<Vec<_>>()
            .join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", path, &headers, Some(body.into_bytes()))
            .await
    }

    /// Founds an alliance whose organizer the caller is; answers its id.
    pub async fn found_alliance(&self, name: &str) -> String {
        let body = json!({ "name": name, "kind": "regional", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN" });
        let answer = self.post("/v1/alliances", body).await;
        answer.expect(201);
        answer.id()
    }

    /// Founds a merchant that the caller acts for; answers its id.
    pub async fn found_merchant(&self, name: &str) -> String {
        let body =
            json!({ "name": name, "region": "Hangzhou", "category": "food", "locale": "zh-CN" });
        let answer = self.post("/v1/merchants", body).await;
        answer.expect(201);
        answer.id()
    }

    /// Makes a new merchant of `person` an active member of an alliance that the caller runs; answers the
    /// membership's id.
    pub async fn admit(&self, alliance: &str, person: &Self, merchant: &str) -> String {
        let merchant = person.found_merchant(merchant).await;
        let path = format!("/v1/alliances/{alliance}/memberships");
        let invited = self.post(&path, json!({ "merchant_id": merchant })).await;
        invited.expect(201);
        let membership = invited.id();
        let approved = person
            .transition(&format!("/v1/memberships/{membership}"), "approve", None)
            .await;
        approved.expect(200);
        membership
    }
}
