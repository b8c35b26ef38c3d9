//! Who may do what with campaigns.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
const APPROVERS: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer]);
const READERS: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer, Role::Observer]);

/// A template in two languages.
const TEMPLATE_BODY: usize = 1024 * 1024;
/// A click needs no body to speak of.
const CLICK_BODY: usize = 16 * 1024;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("create_template", ORGANIZER).max_body(TEMPLATE_BODY),
    Rule::new("list_templates", READERS),
    Rule::new("create_campaign", ORGANIZER).idempotent(),
    Rule::new("list_campaigns", READERS),
    Rule::new("read_campaign", READERS),
    Rule::new("preview_campaign", APPROVERS),
    Rule::new("approve_campaign", APPROVERS).if_match(),
    Rule::new("schedule_campaign", ORGANIZER)
        .idempotent()
        .if_match(),
    Rule::new("pause_campaign", ORGANIZER).if_match(),
    Rule::new("resume_campaign", ORGANIZER).if_match(),
    Rule::new("cancel_campaign", ORGANIZER).if_match(),
    Rule::new("create_schedule", ORGANIZER).idempotent(),
    Rule::new("list_schedules", READERS),
    Rule::new("read_schedule", READERS),
    Rule::new("pause_schedule", ORGANIZER).if_match(),
    Rule::new("resume_schedule", ORGANIZER).if_match(),
    Rule::new("delete_schedule", ORGANIZER),
    Rule::new("list_schedule_fires", READERS),
    Rule::new("calculate_fires", Allow::Public),
    Rule::new("read_campaign_progress", READERS),
    Rule::new("list_campaign_deliveries", READERS),
    Rule::new("list_campaign_attempts", READERS),
    Rule::new("resolve_unsure", ORGANIZER).idempotent(),
    Rule::new("create_suppression", ORGANIZER),
    Rule::new("list_suppressions", ORGANIZER),
    Rule::new("lift_suppression", ORGANIZER),
    Rule::new("list_bounces", ORGANIZER),
    Rule::new("read_my_preferences", Allow::Verified),
    Rule::new("change_my_preferences", Allow::Verified),
    Rule::new("show_unsubscribe", Allow::Public),
    Rule::new("unsubscribe", Allow::Public).max_body(CLICK_BODY),
];
