//! Who may do what with accounts.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("register", Allow::Public),
    Rule::new("verify_email", Allow::Public),
    Rule::new("login", Allow::Public),
    Rule::new("refresh", Allow::Public),
    Rule::new("logout", Allow::Account),
    Rule::new("forgot_password", Allow::Public),
    Rule::new("reset_password", Allow::Public),
    Rule::new("read_me", Allow::Account),
    Rule::new("change_me", Allow::Account).if_match(),
    Rule::new("list_my_sessions", Allow::Account),
    Rule::new("revoke_my_session", Allow::Account),
    Rule::new("show_signing_keys", Allow::Public),
];
