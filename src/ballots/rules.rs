//! Who may do what with ballots.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Largest body of a calculator.
const CALCULATOR_BODY: usize = 32 << 20;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
const MEMBER: Allow = Allow::Roles(&[Role::Member]);
const EVERYBODY: Allow = Allow::Roles(Role::ALL);

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("calculate_tally", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_early_close", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_votes", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_choice", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("propose_ballot", ORGANIZER),
    Rule::new("list_ballots", EVERYBODY),
    Rule::new("read_ballot", EVERYBODY),
    Rule::new("publish_ballot", ORGANIZER).if_match(),
    Rule::new("withdraw_ballot", ORGANIZER).if_match(),
    Rule::new("close_ballot", ORGANIZER).if_match(),
    Rule::new("vote", MEMBER).idempotent(),
    Rule::new("list_votes", EVERYBODY),
];
