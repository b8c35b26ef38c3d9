//! The access table: one rule per operation. Each slice declares its own rows; `app` joins them.
//!
//! A rule names an operation by its `operationId`; the same row tells the router whether an
//! idempotency key and `If-Match` are required and how large a body may be, and the document repeats it.

use crate::kernel::role::Role;

/// Who may call an operation, and under which conditions of the protocol.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The `operationId` of the OpenAPI document.
    pub operation: &'static str,
    /// Who may call it.
    pub allow: Allow,
    /// Whether an `Idempotency-Key` is required (money, votes, quotes, awards, enrolments, sends, invitations, keys).
    pub idempotency_required: bool,
    /// Whether `If-Match` is required.
    pub if_match_required: bool,
    /// Largest body in bytes.
    pub max_body: usize,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    /// Everybody; credentials are ignored.
    Public,
    /// Everybody; who shows a credential is known, and may be shown more.
    Anybody,
    /// Any person with a live session, verified or not.
    Account,
    /// Any person with a live session and a verified address; the use case limits it to what is theirs.
    Verified,
    /// People who hold one of these roles in the alliance that owns the object; strangers get 404, others 403.
    Roles(&'static [Role]),
    /// Staff of the merchant concerned.
    MerchantStaff,
    /// Staff of the manufacturer concerned, or its key or link where the use case admits them.
    Manufacturer,
    /// People of the alliance that runs the tender, and the manufacturers that it invited; others get 404.
    Participant,
    /// Platform administrators.
    Admin,
}

/// Default limit of a JSON body: 256 KiB.
pub const JSON_LIMIT: usize = 256 * 1024;

impl Rule {
    /// A rule without further conditions.
    pub const fn new(operation: &'static str, allow: Allow) -> Self {
        Self {
            operation,
            allow,
            idempotency_required: false,
            if_match_required: false,
            max_body: JSON_LIMIT,
        }
    }

    /// The `Idempotency-Key` header is required.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotency_required = true;
        self
    }

    /// The `If-Match` header is required.
    #[must_use]
    pub const fn if_match(mut self) -> Self {
        self.if_match_required = true;
        self
    }

    /// Bodies up to `bytes`.
    #[must_use]
    pub const fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }
}
