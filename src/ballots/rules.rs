//! Who may do what with ballots.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Largest body of a calculator.
const CALCULATOR_BODY: usize = 32 << 20;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
const STEWARDS: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer]);
const INVOLVED: Allow = Allow::Roles(&[Role::Organizer, Role::Member]);
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
    Rule::new("withdraw_ballot", STEWARDS).if_match(),
    Rule::new("amend_ballot", ORGANIZER).if_match(),
    Rule::new("extend_ballot", ORGANIZER).if_match(),
    Rule::new("reopen_ballot", ORGANIZER).if_match(),
    Rule::new("repeat_ballot", ORGANIZER).if_match(),
    Rule::new("cast_casting_vote", ORGANIZER).if_match(),
    Rule::new("challenge_ballot", MEMBER).if_match(),
    Rule::new("uphold_ballot", STEWARDS).if_match(),
    Rule::new("annul_ballot", STEWARDS).if_match(),
    Rule::new("declare_interest", INVOLVED),
    Rule::new("appoint_proxy", MEMBER).idempotent(),
    Rule::new("list_proxies", EVERYBODY),
    Rule::new("revoke_proxy", MEMBER),
    Rule::new("read_ballot_record", EVERYBODY),
    Rule::new("list_electorate", EVERYBODY),
    Rule::new("list_receipts", EVERYBODY),
    Rule::new("close_ballot", ORGANIZER).if_match(),
    Rule::new("vote", MEMBER).idempotent(),
    Rule::new("list_votes", EVERYBODY),
];
