//! Who may do what with alliances.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::role::Role;

const ORGANIZER: Allow = Allow::Roles(&[Role::Organizer]);
const ORGANIZER_OR_TREASURER: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer]);
const BOOK_KEEPERS: Allow = Allow::Roles(&[Role::Organizer, Role::Treasurer, Role::Observer]);
const MEMBER: Allow = Allow::Roles(&[Role::Member]);
const ANY_ROLE: Allow = Allow::Roles(Role::ALL);

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("create_alliance", Allow::Verified),
    Rule::new("list_alliances", Allow::Verified),
    Rule::new("read_alliance", Allow::Verified),
    Rule::new("change_alliance", ORGANIZER).if_match(),
    Rule::new("adopt_by_laws", ORGANIZER),
    Rule::new("list_by_laws", ANY_ROLE),
    Rule::new("apply_for_membership", Allow::Verified),
    Rule::new("list_memberships", ANY_ROLE),
    Rule::new("read_membership", Allow::Verified),
    Rule::new("approve_membership", Allow::Verified).if_match(),
    Rule::new("decline_membership", Allow::Verified).if_match(),
    Rule::new("suspend_membership", ORGANIZER).if_match(),
    Rule::new("reinstate_membership", ORGANIZER).if_match(),
    Rule::new("leave_alliance", Allow::MerchantStaff).if_match(),
    Rule::new("list_admissions", ANY_ROLE),
    Rule::new("read_admission", ANY_ROLE),
    Rule::new("object_to_admission", MEMBER),
    Rule::new("withdraw_objection", MEMBER),
    Rule::new("admit_over_objections", ORGANIZER_OR_TREASURER).if_match(),
    Rule::new("refuse_admission", ORGANIZER_OR_TREASURER).if_match(),
    Rule::new("list_memberships_of_merchant", Allow::MerchantStaff),
    Rule::new("invite", ORGANIZER).idempotent(),
    Rule::new("list_invitations", ORGANIZER),
    Rule::new("read_invitation", Allow::Verified),
    Rule::new("accept_invitation", Allow::Verified),
    Rule::new("decline_invitation", Allow::Verified),
    Rule::new("revoke_invitation", ORGANIZER),
    Rule::new("grant_role", ORGANIZER),
    Rule::new("list_role_grants", ANY_ROLE),
    Rule::new("read_role_grant", ANY_ROLE),
    Rule::new("revoke_role", ANY_ROLE),
    Rule::new("define_measure", ORGANIZER),
    Rule::new("list_measures", ANY_ROLE),
    Rule::new("place_member", ORGANIZER),
    Rule::new("list_placements", BOOK_KEEPERS),
    Rule::new("read_size", Allow::Verified),
    Rule::new("estimate_size", ORGANIZER_OR_TREASURER),
    Rule::new("list_size_facts", Allow::Verified),
    Rule::new("verify_size", ORGANIZER_OR_TREASURER),
    Rule::new("dispute_size", ORGANIZER_OR_TREASURER),
];
