//! Who may read the journal.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Rows of the access table.
pub const RULES: &[Rule] = &[Rule::new(
    "list_audit_events",
    Allow::Roles(&[Role::Observer, Role::Treasurer, Role::Organizer]),
)];
