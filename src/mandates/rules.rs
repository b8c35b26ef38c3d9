//! Who may do what with mandates and with the acts that are gated here.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
const EVERYBODY: Allow = Allow::Roles(Role::ALL);

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("list_mandates", EVERYBODY),
    Rule::new("read_mandate", EVERYBODY),
    Rule::new("open_expulsion", ORGANIZER),
    Rule::new("list_expulsions", EVERYBODY),
    Rule::new("read_expulsion", Allow::Verified),
    Rule::new("answer_expulsion", Allow::Verified).if_match(),
    Rule::new("hear_expulsion", ORGANIZER).if_match(),
    Rule::new("drop_expulsion", ORGANIZER).if_match(),
    Rule::new("expel_membership", ORGANIZER).if_match(),
    Rule::new("propose_dissolution", ORGANIZER),
    Rule::new("list_dissolutions", EVERYBODY),
    Rule::new("read_dissolution", EVERYBODY),
    Rule::new("drop_dissolution", ORGANIZER).if_match(),
    Rule::new("execute_dissolution", ORGANIZER).if_match(),
];
