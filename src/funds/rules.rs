//! Who may do what with the money of an alliance.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Who keeps the money.
const KEEPERS: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer]);
/// Who keeps it, and who watches over them.
const BACKSTAGE: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer, Role::Observer]);
/// Who moves it.
const TREASURER: Allow = Allow::Roles(&[Role::Treasurer]);
/// Staff of an active member.
const MEMBERS: Allow = Allow::Roles(&[Role::Member]);
/// Everybody in the alliance.
const READERS: Allow = Allow::Roles(&[
    Role::Organizer,
    Role::Treasurer,
    Role::Member,
    Role::Observer,
]);

/// Largest body of a calculator: room for 100,000 members.
const CALCULATOR_LIMIT: usize = 32 << 20;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    calculator("calculate_apportionment"),
    calculator("calculate_true_up"),
    calculator("calculate_levy"),
    calculator("calculate_levy_owner_cap"),
    calculator("calculate_instalments"),
    calculator("calculate_refund"),
    calculator("calculate_sponsor_match"),
    calculator("calculate_fund_closing"),
    Rule::new("create_levy_policy", KEEPERS),
    Rule::new("list_levy_policies", READERS),
    Rule::new("read_levy_policy", READERS),
    Rule::new("adopt_levy_policy", KEEPERS).if_match(),
    Rule::new("preview_levy", BACKSTAGE),
    Rule::new("compare_levies", BACKSTAGE),
    Rule::new("list_levy_examples", Allow::Public),
    Rule::new("read_levy_example", Allow::Public),
    Rule::new("take_levy_example", KEEPERS),
    Rule::new("create_fund", KEEPERS),
    Rule::new("list_funds", READERS),
    Rule::new("read_fund", READERS),
    Rule::new("close_fund", TREASURER).idempotent().if_match(),
    Rule::new("list_refunds", READERS),
    Rule::new("propose_assessment", KEEPERS).idempotent(),
    Rule::new("list_assessments", READERS),
    Rule::new("read_assessment", READERS),
    Rule::new("list_assessment_shares", READERS),
    Rule::new("propose_supplement", KEEPERS).idempotent(),
    Rule::new("propose_true_up", KEEPERS).idempotent(),
    Rule::new("list_true_ups", READERS),
    Rule::new("read_true_up", READERS),
    Rule::new("cancel_true_up", KEEPERS).if_match(),
    Rule::new("apply_true_up", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("cancel_assessment", KEEPERS).if_match(),
    Rule::new("issue_assessment", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("list_levy_notices", READERS),
    Rule::new("read_levy_notice", READERS),
    Rule::new("dispute_levy_notice", MEMBERS).if_match(),
    Rule::new("uphold_levy_notice", KEEPERS).if_match(),
    Rule::new("credit_levy_notice", KEEPERS)
        .idempotent()
        .if_match(),
    Rule::new("write_off_levy_notice", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("list_credit_notes", READERS),
    Rule::new("read_credit_note", READERS),
    Rule::new("approve_credit_note", KEEPERS)
        .idempotent()
        .if_match(),
    Rule::new("reject_credit_note", KEEPERS).if_match(),
    Rule::new("allocate_credit", TREASURER).idempotent(),
    Rule::new("pay_out_credit", TREASURER).idempotent(),
    Rule::new("list_credit_uses", READERS),
    Rule::new("offer_pledge", MEMBERS).idempotent(),
    Rule::new("list_pledges", READERS),
    Rule::new("read_pledge", READERS),
    Rule::new("accept_pledge", KEEPERS).if_match(),
    Rule::new("withdraw_pledge", MEMBERS).if_match(),
    Rule::new("convert_pledge", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("bounce_payment", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("record_payment", TREASURER).idempotent(),
    Rule::new("list_payments", READERS),
    Rule::new("read_payment", READERS),
    Rule::new("reserve_money", KEEPERS).idempotent(),
    Rule::new("list_reservations", READERS),
    Rule::new("read_reservation", READERS),
    Rule::new("release_reservation", KEEPERS).if_match(),
    Rule::new("request_expense", KEEPERS).idempotent(),
    Rule::new("list_expenses", READERS),
    Rule::new("read_expense", READERS),
    Rule::new("approve_expense", KEEPERS)
        .idempotent()
        .if_match(),
    Rule::new("reject_expense", KEEPERS).if_match(),
    Rule::new("pay_expense", TREASURER).idempotent().if_match(),
    Rule::new("agree_sponsor_deal", KEEPERS).idempotent(),
    Rule::new("list_sponsor_deals", READERS),
    Rule::new("read_sponsor_deal", READERS),
    Rule::new("earn_sponsor_match", KEEPERS)
        .idempotent()
        .if_match(),
    Rule::new("receive_sponsor_match", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("return_sponsor_match", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("propose_in_kind", KEEPERS).idempotent(),
    Rule::new("list_in_kind", READERS),
    Rule::new("read_in_kind", READERS),
    Rule::new("agree_in_kind", KEEPERS).idempotent().if_match(),
    Rule::new("reject_in_kind", KEEPERS).if_match(),
    Rule::new("deliver_in_kind", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("propose_transfer", KEEPERS).idempotent(),
    Rule::new("list_transfers", READERS),
    Rule::new("read_transfer", READERS),
    Rule::new("execute_transfer", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("cancel_transfer", KEEPERS).if_match(),
    Rule::new("start_closing_fund", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("read_fund_closing", READERS),
    Rule::new("read_refund", READERS),
    Rule::new("choose_refund", Allow::Roles(&[Role::Member]))
        .idempotent()
        .if_match(),
    Rule::new("pay_refund", TREASURER).idempotent().if_match(),
    Rule::new("unclaim_refund", TREASURER)
        .idempotent()
        .if_match(),
    Rule::new("read_ledger", READERS),
    Rule::new("list_balances", READERS),
    Rule::new("reverse_transaction", KEEPERS).idempotent(),
    Rule::new("list_reversals", BACKSTAGE),
    Rule::new("close_fund_period", TREASURER).idempotent(),
    Rule::new("list_fund_periods", READERS),
    Rule::new("read_alliance_ledger", READERS),
    Rule::new("read_my_statement", Allow::Roles(&[Role::Member])),
    Rule::new("read_member_statement", READERS),
    Rule::new("read_fund_statement", READERS),
];

const fn calculator(operation: &'static str) -> Rule {
    Rule::new(operation, Allow::Public).max_body(CALCULATOR_LIMIT)
}
