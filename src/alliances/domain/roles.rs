//! Roles that are granted to people; `member` is none of them, it follows from a membership.

use crate::alliances::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::role::Role;

crate::words! {
    /// A role that can be granted.
    pub enum GrantedRole {
        /// Runs the alliance.
        Organizer = "organizer",
        /// Keeps the money.
        Treasurer = "treasurer",
        /// Reads everything, writes nothing.
        Observer = "observer",
    }
}

impl GrantedRole {
    /// The role that a word of an invitation grants; `None` for a member.
    pub const fn of(role: Role) -> Option<Self> {
        match role {
            Role::Organizer => Some(Self::Organizer),
            Role::Treasurer => Some(Self::Treasurer),
            Role::Observer => Some(Self::Observer),
            Role::Member => None,
        }
    }
}

/// Why the roles stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    #[error("An alliance keeps at least one organizer: grant the role to somebody else first.")]
    LastOrganizer,
    #[error("This person holds this role already.")]
    AlreadyGranted,
}

impl Refusal for RoleError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::LastOrganizer => &problems::LAST_ORGANIZER,
            Self::AlreadyGranted => &problems::ROLE_ALREADY_GRANTED,
        }
    }
}
