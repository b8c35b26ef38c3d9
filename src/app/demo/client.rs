//! A caller of the demo's own API.

use std::cell::Cell;

use anyhow::Context;
use anyhow::bail;
use awc::http::Method;
use serde_json::Value;

/// Somebody with or without a token.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    http: awc::Client,
}

thread_local! {
    static KEYS: Cell<u64> = const { Cell::new(0) };
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub body: Value,
    etag: String,
}

impl Answer {
    /// The `id` of the body.
    ///
    /// # Errors
    /// When the answer has none.
    pub fn id(&self) -> anyhow::Result<String> {
        Ok(self.body["id"]
            .as_str()
            .with_context(|| format!("no id in {}", self.body))?
            .to_owned())
    }
}

impl Client {
    /// Somebody without an account.
    pub fn new(base: &str) -> Self {
        let http = awc::Client::builder()
            .timeout(std::time::Duration::from_secs(60))
            .finish();
        Self {
            base: base.to_owned(),
            token: None,
            http,
        }
    }

    /// The same machine, another credential.
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// GET.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::GET, path, None, None).await
    }

    /// POST with an idempotency key of its own.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn post(&self, path: &str, body: Value) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, Some(body), None).await
    }

    /// POST without a body.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn post_bare(&self, path: &str) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, None, None).await
    }

    /// PUT.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn put(&self, path: &str, body: Value) -> anyhow::Result<Answer> {
        self.send(Method::PUT, path, Some(body), None).await
    }

    /// Reads a resource and posts one of its transitions under the ETag that it has now.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn transition(
        &self,
        resource: &str,
        event: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Answer> {
        let seen = self.get(resource).await?;
        let path = format!("{resource}/{event}");
        self.send(Method::POST, &path, body, Some(seen.etag)).await
    }

    /// Posts the form of a mailed page.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn submit(&self, path: &str, choice: &str) -> anyhow::Result<()> {
        let form = [("choice", choice)];
        let mut response = self
            .http
            .post(format!("{}{path}", self.base))
            .send_form(&form)
            .await
            .map_err(|error| anyhow::anyhow!("POST {path}: {error}"))?;
        if !response.status().is_success() {
            let body = response.body().await.unwrap_or_default();
            bail!(
                "POST {path}: {} {}",
                response.status(),
                String::from_utf8_lossy(&body)
            );
        }
        Ok(())
    }

    /// GET of a text.
    ///
    /// # Errors
    /// Everything but a 2xx answer.
    pub async fn text(&self, path: &str) -> anyhow::Result<String> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let sent = request.send().await;
        let mut response = sent.map_err(|error| anyhow::anyhow!("GET {path}: {error}"))?;
        let bytes = response.body().limit(64 << 20).await?;
        if !response.status().is_success() {
            bail!("GET {path}: {}", response.status());
        }
        Ok(String::from_utf8(bytes.to_vec())?)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        etag: Option<String>,
    ) -> anyhow::Result<Answer> {
        let key = KEYS.with(|keys| keys.replace(keys.get() + 1));
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.base))
            .insert_header(("idempotency-key", format!("demo-{key}")));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(etag) = etag {
            request = request.insert_header(("if-match", etag));
        }
        let sent = match &body {
            Some(body) => request.send_json(body).await,
            None => request.send().await,
        };
        let mut response = sent.map_err(|error| anyhow::anyhow!("{method} {path}: {error}"))?;
        let bytes = response.body().limit(16 << 20).await?;
        let etag = response
            .headers()
            .get("etag")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        if !response.status().is_success() {
            bail!(
                "{method} {path}: {} {}",
                response.status(),
                String::from_utf8_lossy(&bytes)
            );
        }
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes)?
        };
        Ok(Answer { body, etag })
    }
}
