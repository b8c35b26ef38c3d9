//! Who asks.

use crate::kernel::ids::ApiKeyId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::ids::UserId;

/// The authenticated caller of a request, or the service itself. Roles are read per request, never kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Nobody: public operations only.
    Anonymous,
    /// A person with a live session.
    User(UserCaller),
    /// A manufacturer's own system.
    ApiKey {
        key: ApiKeyId,
        manufacturer: ManufacturerId,
        scopes: Vec<String>,
    },
    /// A manufacturer that came through its invitation link.
    Link {
        invitation: TenderInvitationId,
        manufacturer: ManufacturerId,
    },
    /// The service: sweeps, jobs, the clock.
    System,
}

/// A person with a live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCaller {
    pub user: UserId,
    pub session: SessionId,
    pub verified: bool,
    pub platform_admin: bool,
}

impl Caller {
    /// The person, if the caller is one.
    pub const fn user(&self) -> Option<&UserCaller> {
        match self {
            Self::User(user) => Some(user),
            Self::Anonymous | Self::ApiKey { .. } | Self::Link { .. } | Self::System => None,
        }
    }

    /// Stable name of the principal, for idempotency scope and the journal.
    pub fn principal(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User(user) => format!("user:{}", user.user),
            Self::ApiKey { key, .. } => format!("api_key:{key}"),
            Self::Link { invitation, .. } => format!("link:{invitation}"),
            Self::System => "system".to_owned(),
        }
    }
}
