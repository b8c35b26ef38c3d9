//! Who may do what with tenders.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Largest body of a calculator or of a quote: room for 100,000 commitments or 50,000 lines.
const LARGE: usize = 32 << 20;

const ORGANIZERS: &[Role] = &[Role::Organizer];
const RUNNERS: &[Role] = &[Role::Organizer, Role::Treasurer];
const READERS: &[Role] = &[Role::Organizer, Role::Treasurer, Role::Observer];
const MEMBERS: &[Role] = &[Role::Member];
const EVERYBODY: &[Role] = &[
    Role::Organizer,
    Role::Treasurer,
    Role::Member,
    Role::Observer,
];

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    calculator("calculate_tiered_price"),
    calculator("calculate_clearing"),
    calculator("calculate_quote_choice"),
    calculator("calculate_evaluated_cost"),
    calculator("calculate_award_scoring"),
    calculator("calculate_award"),
    calculator("calculate_sharing"),
    calculator("calculate_scorecard"),
    Rule::new("create_tender", Allow::Roles(ORGANIZERS)),
    Rule::new("list_tenders", Allow::Roles(EVERYBODY)),
    Rule::new("read_tender", Allow::Participant),
    Rule::new("change_tender", Allow::Roles(ORGANIZERS)).if_match(),
    Rule::new("publish_tender", Allow::Roles(ORGANIZERS)).if_match(),
    Rule::new("cancel_tender", Allow::Roles(ORGANIZERS)).if_match(),
    Rule::new("add_tender_items", Allow::Roles(ORGANIZERS)).max_body(LARGE),
    Rule::new("list_tender_items", Allow::Participant),
    Rule::new("invite_manufacturer", Allow::Roles(ORGANIZERS)).idempotent(),
    Rule::new("list_tender_invitations", Allow::Roles(READERS)),
    Rule::new("exchange_tender_link", Allow::Public),
    Rule::new("list_tender_rounds", Allow::Participant),
    Rule::new("read_round", Allow::Participant),
    Rule::new("extend_round", Allow::Roles(ORGANIZERS)).if_match(),
    Rule::new("unseal_round", Allow::Roles(RUNNERS)),
    Rule::new("create_quote", Allow::Manufacturer)
        .idempotent()
        .max_body(LARGE),
    Rule::new("list_quotes", Allow::Participant),
    Rule::new("read_quote", Allow::Participant),
    Rule::new("revise_quote", Allow::Manufacturer)
        .idempotent()
        .if_match()
        .max_body(LARGE),
    Rule::new("submit_quote", Allow::Manufacturer)
        .idempotent()
        .if_match(),
    Rule::new("withdraw_quote", Allow::Manufacturer)
        .idempotent()
        .if_match(),
    Rule::new("upload_quote_lines", Allow::Manufacturer)
        .idempotent()
        .max_body(LARGE),
    Rule::new("read_upload", Allow::Manufacturer),
    Rule::new("read_upload_errors", Allow::Manufacturer),
    Rule::new("compare_quote_revisions", Allow::Participant),
    Rule::new("read_quote_template", Allow::Participant),
    Rule::new("create_commitment", Allow::Roles(MEMBERS)).idempotent(),
    Rule::new("list_my_commitments", Allow::Roles(MEMBERS)),
    Rule::new("read_commitment", Allow::Roles(MEMBERS)),
    Rule::new("revise_commitment", Allow::Roles(MEMBERS)).if_match(),
    Rule::new("withdraw_commitment", Allow::Roles(MEMBERS)).if_match(),
    Rule::new("read_my_clearing", Allow::Roles(MEMBERS)),
    Rule::new("evaluate_tender", Allow::Roles(RUNNERS)),
    Rule::new("list_evaluations", Allow::Roles(READERS)),
    Rule::new("read_evaluation", Allow::Roles(READERS)),
    Rule::new("propose_awards", Allow::Roles(RUNNERS)).idempotent(),
    Rule::new("list_awards", Allow::Participant),
    Rule::new("read_award", Allow::Participant),
    Rule::new("approve_award", Allow::Roles(RUNNERS))
        .idempotent()
        .if_match(),
    Rule::new("accept_award", Allow::Manufacturer)
        .idempotent()
        .if_match(),
    Rule::new("decline_award", Allow::Manufacturer)
        .idempotent()
        .if_match(),
    Rule::new("list_group_orders", Allow::Participant),
    Rule::new("read_group_order", Allow::Participant),
    Rule::new("place_group_order", Allow::Roles(ORGANIZERS))
        .idempotent()
        .if_match(),
    Rule::new("confirm_group_order", Allow::Manufacturer)
        .idempotent()
        .if_match(),
    Rule::new("read_my_order_statement", Allow::Roles(MEMBERS)),
];

const fn calculator(operation: &'static str) -> Rule {
    Rule::new(operation, Allow::Public).max_body(LARGE)
}
