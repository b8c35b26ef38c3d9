//! Who may do what with festivals and promotions.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

/// Largest body of a calculator: room for 100,000 promotions.
const CALCULATOR_LIMIT: usize = 32 << 20;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
/// The use case tells the member's own staff and organizers from the rest.
const MEMBER: Allow = Allow::Roles(&[Role::Member, Role::Treasurer, Role::Organizer]);
const WITHIN: Allow = Allow::Roles(&[
    Role::Organizer,
    Role::Treasurer,
    Role::Member,
    Role::Observer,
]);

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("calculate_phases", Allow::Public).max_body(CALCULATOR_LIMIT),
    Rule::new("calculate_conflicts", Allow::Public).max_body(CALCULATOR_LIMIT),
    Rule::new("list_festivals", Allow::Public),
    Rule::new("list_promotion_templates", Allow::Public),
    Rule::new("list_alliance_festivals", WITHIN),
    Rule::new("add_alliance_festival", ORGANIZER),
    Rule::new("remove_alliance_festival", ORGANIZER),
    Rule::new("confirm_festival", ORGANIZER),
    Rule::new("declare_blackout", MEMBER),
    Rule::new("list_blackouts", WITHIN),
    Rule::new("remove_blackout", MEMBER),
    Rule::new("find_free_slots", WITHIN),
    Rule::new("log_price", Allow::MerchantStaff),
    Rule::new("list_price_log", Allow::MerchantStaff),
    Rule::new("create_promotion", ORGANIZER),
    Rule::new("list_promotions", WITHIN),
    Rule::new("read_promotion", Allow::Anybody),
    Rule::new("list_promotion_phases", Allow::Anybody),
    Rule::new("change_promotion", ORGANIZER).if_match(),
    Rule::new("propose_promotion", ORGANIZER).if_match(),
    Rule::new("schedule_promotion", ORGANIZER).if_match(),
    Rule::new("re_date_promotion", ORGANIZER).if_match(),
    Rule::new("repeat_promotion", ORGANIZER).if_match(),
    Rule::new("cancel_promotion", ORGANIZER).if_match(),
    Rule::new("create_enrolment", MEMBER).idempotent(),
    Rule::new("list_enrolments", WITHIN),
    Rule::new("read_enrolment", WITHIN),
    Rule::new("replace_enrolment_items", MEMBER).if_match(),
    Rule::new("approve_enrolment", ORGANIZER),
    Rule::new("reject_enrolment", ORGANIZER),
    Rule::new("withdraw_enrolment", MEMBER),
    Rule::new("propose_timetable", WITHIN),
    Rule::new("show_timetable", Allow::Anybody),
    Rule::new("create_alliance_feed", WITHIN).idempotent(),
    Rule::new("list_alliance_feeds", WITHIN),
    Rule::new("create_merchant_feed", Allow::MerchantStaff).idempotent(),
    Rule::new("list_merchant_feeds", Allow::MerchantStaff),
    Rule::new("revoke_calendar_feed", Allow::Verified),
    Rule::new("show_calendar", Allow::Public),
];
