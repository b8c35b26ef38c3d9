//! Problems on the wire: RFC 9457 `application/problem+json`, one shape for every refusal and failure.

use actix_web::HttpResponse;
use actix_web::HttpResponseBuilder;
use actix_web::ResponseError;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::problem::StoredAnswer;
use crate::kernel::problem::kinds;
use crate::platform::telemetry;

/// Media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json; charset=utf-8";

/// Most field errors in one answer.
const MOST_ERRORS: usize = 50;

/// A refusal on its way out. Rendered by the door, which knows the request.
#[derive(Debug)]
pub struct Problem {
    pub kind: &'static Kind,
    pub detail: Option<String>,
    pub params: Map<String, Value>,
    pub errors: Vec<FieldError>,
    /// Headers that belong to this problem, such as `Allow` or `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
    /// An answer that was decided before is sent instead.
    pub replay: Option<Box<StoredAnswer>>,
}

/// The body of a problem, as documented.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `<public url>/problems/<code>`: a page that explains the code.
    #[schema(max_length = 300, format = "uri")]
    pub r#type: String,
    /// Short sentence that never varies for a code.
    #[schema(max_length = 200)]
    pub title: String,
    /// Equal to the status line.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time. Absent where the cause is ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub detail: Option<String>,
    /// `urn:uuid:<request id>`, or `urn:request:<request id>` where the caller chose the id.
    #[schema(max_length = 100)]
    pub instance: String,
    /// Stable code; new codes may be added.
    #[schema(max_length = 100)]
    pub code: String,
    /// Find the log line by it.
    #[schema(max_length = 64)]
    pub request_id: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// Machine-readable facts of this occurrence.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
    /// Fields at fault, at most 50.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub errors: Vec<FieldError>,
    /// Whether there were more than 50.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub errors_truncated: bool,
}

impl Problem {
    /// A problem of `kind` with a sentence for the client.
    pub fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: Some(detail.into()),
            params: Map::new(),
            errors: Vec::new(),
            headers: Vec::new(),
            replay: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the fields at fault.
    #[must_use]
    pub fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The body for one request.
    pub fn body(&self, public_url: &str, request_id: &str) -> ProblemBody {
        let scheme = if uuid::Uuid::try_parse(request_id).is_ok() {
            "uuid"
        } else {
            "request"
        };
        ProblemBody {
            r#type: format!("{public_url}/problems/{}", self.kind.code),
            title: self.kind.title.to_owned(),
            status: self.kind.status,
            detail: self.detail.clone(),
            instance: format!("urn:{scheme}:{request_id}"),
            code: self.kind.code.to_owned(),
            request_id: request_id.to_owned(),
            retryable: matches!(self.kind.status, 408 | 429 | 500 | 503)
                || self.kind == &kinds::IDEMPOTENCY_IN_PROGRESS,
            params: self.params.clone(),
            errors: self.errors.iter().take(MOST_ERRORS).cloned().collect(),
            errors_truncated: self.errors.len() > MOST_ERRORS,
        }
    }

    /// The answer for one request.
    pub fn render(&self, public_url: &str, request_id: &str) -> HttpResponse {
        if let Some(stored) = &self.replay {
            return replay(stored);
        }
        let mut response = HttpResponseBuilder::new(self.status_code());
        response.insert_header(("content-type", MEDIA_TYPE));
        for (name, value) in &self.headers {
            response.insert_header((*name, value.as_str()));
        }
        let body = serde_json::to_string(&self.body(public_url, request_id)).unwrap_or_default();
        response.body(body)
    }
}

/// Sends a stored answer again.
pub fn replay(stored: &StoredAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header(("idempotency-replayed", "true"));
    if let Some(location) = &stored.location {
        response.insert_header(("location", location.as_str()));
    }
    if let Some(etag) = &stored.etag {
        response.insert_header(("etag", etag.as_str()));
    }
    if stored.body.is_empty() {
        return response.finish();
    }
    let media = if stored.status >= 400 {
        MEDIA_TYPE
    } else {
        "application/json; charset=utf-8"
    };
    response.insert_header(("content-type", media));
    response.body(stored.body.clone())
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let kind = failure.kind();
        match failure {
            Failure::Refused(refusal) => Self {
                kind,
                detail: Some(refusal.to_string()),
                params: refusal.params(),
                errors: refusal.field_errors(),
                headers: headers_of(kind, &refusal.params()),
                replay: None,
            },
            Failure::Replay(stored) => Self {
                replay: Some(stored),
                ..Self::hidden(kind)
            },
            Failure::Store(error) => {
                tracing::error!(error = telemetry::causes(&error), "the database failed");
                Self::hidden(kind)
            }
            Failure::Broken(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                Self::hidden(kind)
            }
        }
    }
}

impl<E: Refusal> From<E> for Problem {
    fn from(refusal: E) -> Self {
        Failure::from(refusal).into()
    }
}

impl Problem {
    /// Nothing about the cause: that is in the log.
    fn hidden(kind: &'static Kind) -> Self {
        Self {
            kind,
            detail: None,
            params: Map::new(),
            errors: Vec::new(),
            headers: Vec::new(),
            replay: None,
        }
    }

    /// A handler panicked; the log has the place.
    pub fn panicked() -> Self {
        Self::hidden(&kinds::INTERNAL)
    }

    /// 401 with the challenge that belongs to it.
    pub fn unauthenticated(detail: &str) -> Self {
        Refused::new(&kinds::UNAUTHENTICATED, detail).into()
    }
}

/// Headers that a kind of problem always carries.
fn headers_of(kind: &Kind, params: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if kind.status == 401 {
        headers.push(("www-authenticate", "Bearer".to_owned()));
    }
    if let Some(etag) = params.get("current_etag").and_then(Value::as_str) {
        headers.push(("etag", etag.to_owned()));
    }
    if let Some(seconds) = params.get("retry_after_s") {
        headers.push(("retry-after", seconds.to_string()));
    } else if kind.status == 503 || *kind == kinds::IDEMPOTENCY_IN_PROGRESS {
        headers.push(("retry-after", "1".to_owned()));
    }
    headers
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A bare status: the door renders the body, because it knows the request.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
