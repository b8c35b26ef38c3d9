//! The table: one line per operation, one column per kind of caller.

mod money;

/// Who calls, in the order of the table's columns.
pub const CALLERS: [&str; 10] = [
    "nobody",
    "bad token",
    "stranger",
    "observer",
    "member",
    "treasurer",
    "organizer",
    "outsider",
    "maker",
    "api key",
];

/// Anybody, with or without credentials.
pub const PUBLIC: &str = "ok ok ok ok ok ok ok ok ok ok";
/// Every person with an account; keys are no persons.
const ACCOUNT: &str = "401 401 ok ok ok ok ok ok ok 403";
/// Everybody who belongs to the alliance.
const INSIDE: &str = "401 401 404 ok ok ok ok 404 404 404";
const ORGANIZER: &str = "401 401 404 403 403 403 ok 404 404 404";
/// Those who watch over the alliance.
const BACKSTAGE: &str = "401 401 404 ok 403 ok ok 404 404 404";
/// Staff of an active member.
const MEMBER: &str = "401 401 404 403 ok 403 403 404 404 404";
/// Organizers and treasurers.
const STEWARDS: &str = "401 401 404 403 403 ok ok 404 404 404";
const TREASURER: &str = "401 401 404 403 403 ok 403 404 404 404";
/// The alliance, and the manufacturer that it invited.
const INVITED: &str = "401 401 404 ok ok ok ok 404 ok ok";
/// The invited manufacturer; the key of this world may only read.
const SUPPLIER: &str = "401 401 404 403 403 403 403 404 ok 403";
/// Published: everybody, but a credential must be good.
const OPEN: &str = "ok 401 ok ok ok ok ok ok ok ok";
/// The merchant and what is its own: hidden from others.
const OWN: &str = "401 401 404 404 ok 404 404 404 404 404";
/// Staff of the manufacturer.
const MAKER: &str = "401 401 404 404 404 404 404 404 ok 404";

/// Columns: nobody, bad token, stranger, observer, member, treasurer, organizer, outsider, maker, api key.
/// `404` hides the object, `403` shows it and refuses. The ids stand for the member's own merchant, notice,
/// commitment and enrolment, the maker's own manufacturer and quote, the treasurer's grant, and an
/// invitation to somebody else; the organizer proposed what a second person approves.
///
/// One line per operation, by the names of the document.
const TABLE: &[(&str, &str)] = &[
    ("show_landing", PUBLIC),
    ("check_liveness", PUBLIC),
    ("check_readiness", PUBLIC),
    ("show_version", PUBLIC),
    ("show_document", PUBLIC),
    ("show_reference", PUBLIC),
    ("explain_problem", PUBLIC),
    ("read_sandbox_clock", PUBLIC),
    ("move_sandbox_clock", PUBLIC),
    ("drain_sandbox", PUBLIC),
    ("show_link", PUBLIC),
    ("follow_link", PUBLIC),
    // accounts
    ("register", PUBLIC),
    ("verify_email", PUBLIC),
    ("login", PUBLIC),
    ("refresh", PUBLIC),
    ("logout", ACCOUNT),
    ("forgot_password", PUBLIC),
    ("reset_password", PUBLIC),
    ("read_me", ACCOUNT),
    ("change_me", ACCOUNT),
    ("list_my_sessions", ACCOUNT),
    ("revoke_my_session", "401 401 ok ok ok ok ok ok ok 404"),
    ("show_signing_keys", PUBLIC),
    // merchants and manufacturers
    ("create_merchant", ACCOUNT),
    ("list_my_merchants", ACCOUNT),
    ("read_merchant", OWN),
    ("change_merchant", OWN),
    ("list_merchant_staff", OWN),
    ("add_merchant_staff", OWN),
    ("remove_merchant_staff", OWN),
    ("declare_size", OWN),
    ("list_memberships_of_merchant", OWN),
    ("create_manufacturer", ACCOUNT),
    ("list_my_manufacturers", ACCOUNT),
    ("read_manufacturer", "401 401 404 404 404 404 404 404 ok ok"),
    ("change_manufacturer", MAKER),
    ("list_manufacturer_staff", MAKER),
    ("add_manufacturer_staff", MAKER),
    ("remove_manufacturer_staff", MAKER),
    ("create_api_key", MAKER),
    ("list_api_keys", MAKER),
    ("revoke_api_key", MAKER),
    // alliances
    ("create_alliance", ACCOUNT),
    ("list_alliances", ACCOUNT),
    ("read_alliance", INSIDE),
    ("change_alliance", ORGANIZER),
    ("adopt_by_laws", ORGANIZER),
    ("list_by_laws", INSIDE),
    (
        "apply_for_membership",
        "401 401 404 404 ok 404 ok 404 404 404",
    ),
    ("list_memberships", INSIDE),
    ("read_membership", INSIDE),
    (
        "approve_membership",
        "401 401 404 403 ok 403 ok 404 404 404",
    ),
    (
        "decline_membership",
        "401 401 404 403 ok 403 ok 404 404 404",
    ),
    ("suspend_membership", ORGANIZER),
    ("reinstate_membership", ORGANIZER),
    ("leave_alliance", "401 401 404 403 ok 403 403 404 404 404"),
    // mandates, and what needs one here
    ("list_mandates", INSIDE),
    ("read_mandate", INSIDE),
    ("open_expulsion", ORGANIZER),
    ("list_expulsions", INSIDE),
    ("read_expulsion", INSIDE),
    ("answer_expulsion", "401 401 404 403 ok 403 403 404 404 404"),
    ("hear_expulsion", ORGANIZER),
    ("drop_expulsion", ORGANIZER),
    ("expel_membership", ORGANIZER),
    ("propose_dissolution", ORGANIZER),
    ("list_dissolutions", INSIDE),
    ("read_dissolution", INSIDE),
    ("drop_dissolution", ORGANIZER),
    ("execute_dissolution", ORGANIZER),
    ("invite", ORGANIZER),
    ("list_invitations", ORGANIZER),
    ("read_invitation", "401 401 404 404 404 404 ok 404 404 404"),
    (
        "accept_invitation",
        "401 401 404 404 404 404 403 404 404 404",
    ),
    (
        "decline_invitation",
        "401 401 404 404 404 404 403 404 404 404",
    ),
    (
        "revoke_invitation",
        "401 401 404 404 404 404 ok 404 404 404",
    ),
    ("grant_role", ORGANIZER),
    ("list_role_grants", INSIDE),
    ("read_role_grant", INSIDE),
    ("revoke_role", "401 401 404 403 403 ok ok 404 404 404"),
    ("list_size_facts", "401 401 404 404 ok ok ok 404 404 404"),
    ("read_size", "401 401 404 404 ok ok ok 404 404 404"),
    ("estimate_size", "401 401 404 404 403 ok ok 404 404 404"),
    ("define_measure", ORGANIZER),
    ("list_measures", INSIDE),
    ("place_member", ORGANIZER),
    ("list_placements", BACKSTAGE),
    ("verify_size", "401 401 404 404 403 ok ok 404 404 404"),
    ("dispute_size", "401 401 404 404 403 ok ok 404 404 404"),
    // ballots
    ("calculate_tally", PUBLIC),
    ("calculate_early_close", PUBLIC),
    ("calculate_votes", PUBLIC),
    ("calculate_choice", PUBLIC),
    ("propose_ballot", ORGANIZER),
    ("list_ballots", INSIDE),
    ("read_ballot", INSIDE),
    ("publish_ballot", ORGANIZER),
    ("withdraw_ballot", STEWARDS),
    ("amend_ballot", ORGANIZER),
    ("extend_ballot", ORGANIZER),
    ("reopen_ballot", ORGANIZER),
    ("repeat_ballot", ORGANIZER),
    ("cast_casting_vote", ORGANIZER),
    ("challenge_ballot", MEMBER),
    ("uphold_ballot", STEWARDS),
    ("annul_ballot", STEWARDS),
    ("declare_interest", "401 401 404 403 ok 403 ok 404 404 404"),
    ("appoint_proxy", MEMBER),
    ("list_proxies", INSIDE),
    ("read_ballot_record", INSIDE),
    ("list_electorate", INSIDE),
    ("list_receipts", INSIDE),
    ("close_ballot", ORGANIZER),
    ("vote", MEMBER),
    ("list_votes", INSIDE),
    // links
    ("show_unsubscribe", PUBLIC),
    ("unsubscribe", PUBLIC),
    // campaigns
    ("list_campaigns", BACKSTAGE),
    ("create_campaign", ORGANIZER),
    ("list_suppressions", ORGANIZER),
    ("create_suppression", ORGANIZER),
    ("lift_suppression", ORGANIZER),
    ("list_templates", BACKSTAGE),
    ("create_template", ORGANIZER),
    ("read_campaign", BACKSTAGE),
    ("approve_campaign", STEWARDS),
    ("cancel_campaign", ORGANIZER),
    ("list_campaign_deliveries", BACKSTAGE),
    ("pause_campaign", ORGANIZER),
    ("preview_campaign", STEWARDS),
    ("read_campaign_progress", BACKSTAGE),
    ("resume_campaign", ORGANIZER),
    ("schedule_campaign", ORGANIZER),
    // calendars
    ("create_alliance_feed", INSIDE),
    ("list_alliance_feeds", INSIDE),
    ("create_merchant_feed", OWN),
    ("list_merchant_feeds", OWN),
    ("revoke_calendar_feed", OWN),
    ("show_calendar", PUBLIC),
    // schedules
    ("create_schedule", ORGANIZER),
    ("list_schedules", BACKSTAGE),
    ("read_schedule", BACKSTAGE),
    ("pause_schedule", ORGANIZER),
    ("resume_schedule", ORGANIZER),
    ("delete_schedule", ORGANIZER),
    ("list_schedule_fires", BACKSTAGE),
    ("calculate_fires", PUBLIC),
    // promotions
    ("propose_timetable", INSIDE),
    ("show_timetable", OPEN),
    ("list_promotion_templates", PUBLIC),
    ("list_alliance_festivals", INSIDE),
    ("add_alliance_festival", ORGANIZER),
    ("remove_alliance_festival", ORGANIZER),
    ("confirm_festival", ORGANIZER),
    ("list_blackouts", INSIDE),
    ("declare_blackout", "401 401 404 403 403 403 ok 404 404 404"),
    ("remove_blackout", "401 401 404 403 403 403 ok 404 404 404"),
    ("find_free_slots", INSIDE),
    ("log_price", OWN),
    ("list_price_log", OWN),
    ("repeat_promotion", ORGANIZER),
    (
        "replace_enrolment_items",
        "401 401 404 403 ok 404 403 404 404 404",
    ),
    ("list_promotions", INSIDE),
    ("create_promotion", ORGANIZER),
    ("read_enrolment", "401 401 404 ok ok 404 ok 404 404 404"),
    (
        "approve_enrolment",
        "401 401 404 403 403 404 ok 404 404 404",
    ),
    ("reject_enrolment", "401 401 404 403 403 404 ok 404 404 404"),
    (
        "withdraw_enrolment",
        "401 401 404 403 ok 404 ok 404 404 404",
    ),
    ("list_festivals", PUBLIC),
    ("read_promotion", OPEN),
    ("change_promotion", ORGANIZER),
    ("cancel_promotion", ORGANIZER),
    ("list_enrolments", INSIDE),
    ("create_enrolment", MEMBER),
    ("list_promotion_phases", OPEN),
    ("propose_promotion", ORGANIZER),
    ("re_date_promotion", ORGANIZER),
    ("schedule_promotion", ORGANIZER),
    // tenders
    ("list_tenders", INSIDE),
    ("create_tender", ORGANIZER),
    ("read_award", INVITED),
    ("accept_award", SUPPLIER),
    ("approve_award", "401 401 404 403 403 ok 403 404 404 404"),
    ("decline_award", SUPPLIER),
    ("read_commitment", OWN),
    ("revise_commitment", OWN),
    ("withdraw_commitment", OWN),
    ("read_evaluation", BACKSTAGE),
    ("read_group_order", INVITED),
    ("confirm_group_order", SUPPLIER),
    ("place_group_order", ORGANIZER),
    ("read_my_order_statement", MEMBER),
    ("read_quote", "401 401 404 ok 403 ok ok 404 ok 403"),
    ("revise_quote", SUPPLIER),
    ("submit_quote", SUPPLIER),
    ("withdraw_quote", SUPPLIER),
    ("read_round", INVITED),
    ("extend_round", ORGANIZER),
    ("unseal_round", STEWARDS),
    ("exchange_tender_link", PUBLIC),
    ("read_tender", INVITED),
    ("change_tender", ORGANIZER),
    ("list_awards", INVITED),
    ("propose_awards", STEWARDS),
    ("cancel_tender", ORGANIZER),
    ("read_my_clearing", MEMBER),
    ("list_my_commitments", MEMBER),
    ("create_commitment", MEMBER),
    ("list_evaluations", BACKSTAGE),
    ("evaluate_tender", STEWARDS),
    ("list_group_orders", INVITED),
    ("list_tender_invitations", BACKSTAGE),
    ("invite_manufacturer", ORGANIZER),
    ("list_tender_items", INVITED),
    ("add_tender_items", ORGANIZER),
    ("publish_tender", ORGANIZER),
    ("list_quotes", "401 401 404 ok 403 ok ok 404 ok ok"),
    ("create_quote", SUPPLIER),
    ("list_tender_rounds", INVITED),
    // calculators
    ("calculate_apportionment", PUBLIC),
    ("calculate_award", PUBLIC),
    ("calculate_award_scoring", PUBLIC),
    ("calculate_clearing", PUBLIC),
    ("calculate_conflicts", PUBLIC),
    ("calculate_evaluated_cost", PUBLIC),
    ("calculate_fund_closing", PUBLIC),
    ("calculate_instalments", PUBLIC),
    ("calculate_levy", PUBLIC),
    ("calculate_levy_owner_cap", PUBLIC),
    ("calculate_phases", PUBLIC),
    ("calculate_quote_choice", PUBLIC),
    ("calculate_refund", PUBLIC),
    ("calculate_scorecard", PUBLIC),
    ("calculate_sharing", PUBLIC),
    ("calculate_sponsor_match", PUBLIC),
    ("calculate_tiered_price", PUBLIC),
    ("calculate_true_up", PUBLIC),
    // audit
    ("list_audit_events", BACKSTAGE),
];

/// Every line of the table.
pub fn lines() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    TABLE.iter().chain(money::TABLE)
}
