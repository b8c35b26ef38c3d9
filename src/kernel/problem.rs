//! Problems: every refusal has a stable code, a fixed title and one HTTP status.
//!
//! A domain rule refuses with a small enum; that enum implements [`Refusal`] by one exhaustive match
//! to a [`Kind`]. Services carry refusals in a [`Failure`]; only `http` turns one into a response.

use serde_json::Map;
use serde_json::Value;

/// One kind of problem. `code` is public contract: it is never renamed within `/v1`.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable snake_case code; the last segment of the problem's `type` URI.
    pub code: &'static str,
    /// Short sentence that never varies between occurrences.
    pub title: &'static str,
    /// HTTP status, always equal to the status line.
    pub status: u16,
}

impl Kind {
    /// A kind with an explicit status.
    pub const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self {
            code,
            title,
            status,
        }
    }

    /// 422: the request was understood, and its content breaks a rule.
    pub const fn unprocessable(code: &'static str, title: &'static str) -> Self {
        Self::new(422, code, title)
    }

    /// 409: the request is fine, but not in the present state.
    pub const fn conflict(code: &'static str, title: &'static str) -> Self {
        Self::new(409, code, title)
    }

    /// 403: the caller may see the object, but not do this.
    pub const fn forbidden(code: &'static str, title: &'static str) -> Self {
        Self::new(403, code, title)
    }
}

/// Problems that any operation can answer with.
pub mod kinds {
    use super::Kind;

    pub static NOT_FOUND: Kind = Kind::new(404, "not_found", "Not found");
    pub static METHOD_NOT_ALLOWED: Kind =
        Kind::new(405, "method_not_allowed", "Method not allowed");
    pub static PAYLOAD_TOO_LARGE: Kind = Kind::new(413, "payload_too_large", "Body too large");
    pub static UNSUPPORTED_MEDIA_TYPE: Kind =
        Kind::new(415, "unsupported_media_type", "Media type not supported");
    pub static QUOTA_EXCEEDED: Kind = Kind::new(429, "quota_exceeded", "Too many requests");
    pub static UNAUTHENTICATED: Kind =
        Kind::new(401, "unauthenticated", "Valid credentials are required");
    pub static ROLE_REQUIRED: Kind =
        Kind::forbidden("role_required", "Your role does not allow this");
    pub static SCOPE_REQUIRED: Kind =
        Kind::forbidden("scope_required", "This key's scopes do not allow this");
    pub static EMAIL_UNVERIFIED: Kind =
        Kind::forbidden("email_unverified", "Verify your e-mail address first");
    pub static SEPARATION_OF_DUTIES: Kind =
        Kind::forbidden("separation_of_duties", "A second person has to do this");
    pub static INVALID_BODY: Kind = Kind::new(400, "invalid_body", "The body cannot be read");
    pub static INVALID_PARAMETER: Kind =
        Kind::new(400, "invalid_parameter", "A parameter cannot be read");
    pub static UNKNOWN_PARAMETER: Kind =
        Kind::new(400, "unknown_parameter", "A parameter is not known here");
    pub static INVALID_HEADER: Kind = Kind::new(400, "invalid_header", "A header cannot be read");
    pub static CURSOR_INVALID: Kind = Kind::new(
        400,
        "cursor_invalid",
        "The cursor does not belong to this list",
    );
    pub static REQUEST_TIMEOUT: Kind =
        Kind::new(408, "request_timeout", "The body did not arrive in time");
    pub static IDEMPOTENCY_KEY_MISSING: Kind = Kind::new(
        400,
        "idempotency_key_missing",
        "The Idempotency-Key header is required",
    );
    pub static IDEMPOTENCY_KEY_REUSED: Kind = Kind::unprocessable(
        "idempotency_key_reused",
        "The key was used for another request",
    );
    pub static IDEMPOTENCY_IN_PROGRESS: Kind = Kind::conflict(
        "idempotency_in_progress",
        "The first request with this key is still running",
    );
    pub static PRECONDITION_REQUIRED: Kind = Kind::new(
        428,
        "precondition_required",
        "The If-Match header is required",
    );
    pub static PRECONDITION_FAILED: Kind =
        Kind::new(412, "precondition_failed", "The object has changed");
    pub static VALIDATION_FAILED: Kind =
        Kind::unprocessable("validation_failed", "A field breaks its rule");
    pub static OUT_OF_RANGE: Kind = Kind::unprocessable("out_of_range", "A number is out of range");
    pub static OVERFLOW: Kind =
        Kind::unprocessable("overflow", "A result is beyond the range of amounts");
    pub static TOO_COMPLEX: Kind =
        Kind::unprocessable("too_complex", "The calculation is beyond its budget");
    pub static NOT_OFFERED: Kind = Kind::unprocessable("not_offered", "This mode is not offered");
    pub static ILLEGAL_TRANSITION: Kind = Kind::conflict(
        "illegal_transition",
        "The present state does not allow this",
    );
    pub static DEADLINE_PASSED: Kind = Kind::conflict("deadline_passed", "The deadline has passed");
    pub static CONFLICT: Kind =
        Kind::conflict("conflict", "The request conflicts with what exists");
    pub static INTERNAL: Kind = Kind::new(500, "internal", "Something went wrong on our side");
    pub static TIMEOUT: Kind = Kind::new(503, "timeout", "The request took too long");
    pub static OVERLOADED: Kind = Kind::new(
        503,
        "temporarily_overloaded",
        "The service is busy; try again soon",
    );

    /// Every kind of this module, for the catalogue.
    pub static ALL: &[&Kind] = &[
        &NOT_FOUND,
        &METHOD_NOT_ALLOWED,
        &PAYLOAD_TOO_LARGE,
        &UNSUPPORTED_MEDIA_TYPE,
        &QUOTA_EXCEEDED,
        &UNAUTHENTICATED,
        &ROLE_REQUIRED,
        &SCOPE_REQUIRED,
        &EMAIL_UNVERIFIED,
        &SEPARATION_OF_DUTIES,
        &INVALID_BODY,
        &INVALID_PARAMETER,
        &UNKNOWN_PARAMETER,
        &INVALID_HEADER,
        &CURSOR_INVALID,
        &REQUEST_TIMEOUT,
        &IDEMPOTENCY_KEY_MISSING,
        &IDEMPOTENCY_KEY_REUSED,
        &IDEMPOTENCY_IN_PROGRESS,
        &PRECONDITION_REQUIRED,
        &PRECONDITION_FAILED,
        &VALIDATION_FAILED,
        &OUT_OF_RANGE,
        &OVERFLOW,
        &TOO_COMPLEX,
        &NOT_OFFERED,
        &ILLEGAL_TRANSITION,
        &DEADLINE_PASSED,
        &CONFLICT,
        &INTERNAL,
        &TIMEOUT,
        &OVERLOADED,
    ];
}

/// A rule said no. `Display` is the sentence for the user and must not hold secrets.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// The catalogue entry of this refusal.
    fn kind(&self) -> &'static Kind;

    /// Machine-readable facts of this occurrence: the `params` member of the problem.
    fn params(&self) -> Map<String, Value> {
        Map::new()
    }

    /// Refusals of single fields: the `errors` member of the problem.
    fn field_errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// One field that breaks a rule; `pointer` is a JSON pointer into the body such as `#/lines/3/quantity`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: JSON pointer, or the name of a parameter or header.
    #[schema(max_length = 200)]
    pub pointer: String,
    /// Stable code of the broken rule.
    #[schema(max_length = 100)]
    pub code: String,
    /// The rule in words.
    #[schema(max_length = 1000)]
    pub detail: String,
}

impl FieldError {
    /// A field error from its three parts.
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }
}

/// Why a use case did not happen. Everything it wrote is rolled back.
#[derive(Debug)]
pub enum Failure {
    /// A rule refused; the client is told.
    Refused(Box<dyn Refusal>),
    /// The database failed; the client learns nothing, the log everything.
    Store(sea_orm::DbErr),
    /// A broken invariant or a failed dependency.
    Broken(anyhow::Error),
    /// The same request was decided before; its stored answer is sent again.
    Replay(Box<StoredAnswer>),
}

/// A recorded answer, kept under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    pub status: u16,
    pub location: Option<String>,
    pub etag: Option<String>,
    pub body: String,
}

impl<E: Refusal> From<E> for Failure {
    fn from(refusal: E) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<sea_orm::DbErr> for Failure {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Broken(error)
    }
}

impl Failure {
    /// The catalogue entry that the client sees.
    pub fn kind(&self) -> &'static Kind {
        match self {
            Self::Refused(refusal) => refusal.kind(),
            Self::Store(_) | Self::Broken(_) | Self::Replay(_) => &kinds::INTERNAL,
        }
    }
}

/// A refusal that needs no enum of its own: a kind, a sentence, and facts.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Refused {
    kind: &'static Kind,
    detail: String,
    params: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Refused {
    /// A refusal of `kind` with the sentence `detail`.
    pub fn new(kind: &'static Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            params: Map::new(),
            errors: Vec::new(),
        }
    }

    /// The object does not exist, or the caller may not know that it does.
    pub fn not_found(what: &str) -> Self {
        Self::new(&kinds::NOT_FOUND, format!("There is no such {what}."))
    }

    /// `event` is not possible in `state`; `allowed` lists the events that are.
    pub fn illegal_transition(state: &str, event: &str, allowed: &[&str]) -> Self {
        Self::new(
            &kinds::ILLEGAL_TRANSITION,
            format!("'{event}' is not possible in the state '{state}'."),
        )
        .with("state", state)
        .with("event", event)
        .with("allowed", allowed.to_vec())
    }

    /// One field breaks a rule.
    pub fn field(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        let mut refused = Self::new(&kinds::VALIDATION_FAILED, "One field breaks its rule.");
        refused.errors.push(FieldError::new(pointer, code, detail));
        refused
    }

    /// Several fields break their rules.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut refused = Self::new(
            &kinds::VALIDATION_FAILED,
            "One or more fields break their rules.",
        );
        refused.errors = errors;
        refused
    }

    /// Adds a machine-readable fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.into(), value.into());
        self
    }

    /// Adds the fields at fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
}

impl Refusal for Refused {
    fn kind(&self) -> &'static Kind {
        self.kind
    }

    fn params(&self) -> Map<String, Value> {
        self.params.clone()
    }

    fn field_errors(&self) -> Vec<FieldError> {
        self.errors.clone()
    }
}
