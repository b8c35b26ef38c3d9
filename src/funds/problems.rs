//! The catalogue of refusals that this slice adds. A code is public and never renamed.

use crate::kernel::problem::Kind;

pub static NO_MEMBERS: Kind = Kind::unprocessable("no_members", "There is nobody to charge");
pub static DUPLICATE_MEMBER: Kind =
    Kind::unprocessable("duplicate_member", "A member is listed twice");
pub static NEGATIVE_BUDGET: Kind = Kind::unprocessable("negative_budget", "The budget is negative");
pub static NEGATIVE_WEIGHT: Kind =
    Kind::unprocessable("negative_weight", "A member's weight is negative");
pub static NEGATIVE_FLOOR: Kind =
    Kind::unprocessable("negative_floor", "A member's floor is negative");
pub static FLOOR_ABOVE_CAP: Kind =
    Kind::unprocessable("floor_above_cap", "A member's floor is above its cap");
pub static FLOORS_EXCEED_BUDGET: Kind = Kind::unprocessable(
    "floors_exceed_budget",
    "The floors add up to more than the budget",
);
pub static CAPS_BELOW_BUDGET: Kind = Kind::unprocessable(
    "caps_below_budget",
    "The caps leave a part of the budget uncovered",
);
pub static ALL_WEIGHTS_ZERO: Kind = Kind::unprocessable(
    "all_weights_zero",
    "Nobody has a weight to carry the budget",
);
pub static QUANTUM_MISMATCH: Kind = Kind::unprocessable(
    "quantum_mismatch",
    "The budget is not a multiple of the quantum",
);
pub static MIX_SHARES_NOT_ONE: Kind = Kind::unprocessable(
    "mix_shares_not_one",
    "The shares of the mix do not add up to one",
);
pub static MEASURE_TOTAL_ZERO: Kind =
    Kind::unprocessable("measure_total_zero", "Nobody has any of a measure");
pub static NEGATIVE_SIZE: Kind = Kind::unprocessable("negative_size", "A size is negative");
pub static DAYS_OUT_OF_SEASON: Kind = Kind::unprocessable(
    "days_out_of_season",
    "A member's days lie outside the season",
);
pub static RULE_INVALID: Kind = Kind::unprocessable("rule_invalid", "The rule contradicts itself");
pub static MEASURE_MISSING: Kind =
    Kind::unprocessable("measure_missing", "The member has no size in a measure");
pub static CLASS_UNKNOWN: Kind = Kind::unprocessable(
    "class_unknown",
    "The rule has no amount for the member's class",
);
pub static BELOW_FIRST_BAND: Kind =
    Kind::unprocessable("below_first_band", "The size is below the first band");
pub static DAYS_MISSING: Kind = Kind::unprocessable(
    "days_missing",
    "The rule charges by the day, and the days are not given",
);
pub static NEGATIVE_AMOUNT: Kind = Kind::unprocessable("negative_amount", "An amount is negative");
pub static REFUND_EXCEEDS_PAID: Kind = Kind::unprocessable(
    "refund_exceeds_paid",
    "More would be refunded than was paid",
);
pub static NEGATIVE_UNSPENT: Kind =
    Kind::unprocessable("negative_unspent", "The unspent amount is negative");
pub static OVERSPENT: Kind = Kind::unprocessable("overspent", "More was spent than came in");

pub static FUND_OVERDRAWN: Kind =
    Kind::conflict("fund_overdrawn", "The fund does not hold that much");
pub static CREDIT_SPENT: Kind = Kind::conflict(
    "credit_spent",
    "The member's credit does not hold that much",
);
pub static PERIOD_CLOSED: Kind =
    Kind::conflict("period_closed", "The ledger is closed for that day");
pub static ALREADY_REVERSED: Kind =
    Kind::conflict("already_reversed", "The transaction was taken back already");
pub static CURRENCY_MISMATCH: Kind =
    Kind::unprocessable("currency_mismatch", "The fund is kept in another currency");
pub static ALLOCATION_EXCEEDS_DUE: Kind = Kind::unprocessable(
    "allocation_exceeds_due",
    "More would be paid on a notice than is due",
);
pub static ALLOCATIONS_EXCEED_PAYMENT: Kind = Kind::unprocessable(
    "allocations_exceed_payment",
    "The parts add up to more than the money",
);
pub static NOTICE_NAMED_TWICE: Kind =
    Kind::unprocessable("notice_named_twice", "A notice is named twice");
pub static NOTICE_UNKNOWN: Kind = Kind::unprocessable(
    "notice_unknown",
    "The member has no such notice in this fund",
);
pub static CREDIT_EXCEEDS_NOTICE: Kind = Kind::unprocessable(
    "credit_exceeds_notice",
    "More would be credited than was billed",
);
pub static CREDIT_NOTE_OPEN: Kind = Kind::conflict(
    "credit_note_open",
    "A credit note on this notice waits for consent",
);
pub static ARREARS_OPEN: Kind = Kind::conflict("arrears_open", "Levy notices are not paid yet");
pub static EXPENSES_OPEN: Kind =
    Kind::conflict("expenses_open", "Expenses are not decided or paid");
pub static RESERVATIONS_OPEN: Kind = Kind::conflict(
    "reservations_open",
    "Money is set aside that nobody has used or released",
);
pub static CODE_TAKEN: Kind = Kind::conflict("code_taken", "Another fund has this code");
pub static BUDGET_LINES_MISMATCH: Kind = Kind::unprocessable(
    "budget_lines_mismatch",
    "The lines do not add up to the budget",
);
pub static RESTRICTED_FUND: Kind =
    Kind::conflict("restricted_fund", "Money of a fund is for that fund alone");
pub static BUDGET_LINE_UNKNOWN: Kind =
    Kind::unprocessable("budget_line_unknown", "The voted budget has no such line");
pub static EXCEEDS_RESERVATION: Kind = Kind::unprocessable(
    "exceeds_reservation",
    "The expense is more than what was reserved",
);
pub static APPROVAL_REPEATED: Kind =
    Kind::conflict("approval_repeated", "You have approved this already");
pub static EVIDENCE_MISSING: Kind = Kind::unprocessable(
    "evidence_missing",
    "The by-laws ask for a verified size from this amount on",
);
pub static MEASURE_UNIT_MISMATCH: Kind = Kind::unprocessable(
    "measure_unit_mismatch",
    "The member's size is stated in another unit than the measure's",
);
pub static MEASURE_UNKNOWN: Kind = Kind::unprocessable(
    "measure_unknown",
    "The alliance does not know a measure of this name",
);
pub static BUDGET_MISSING: Kind =
    Kind::unprocessable("budget_missing", "The policy splits a budget; name it");
pub static BUDGET_GIVEN: Kind = Kind::unprocessable(
    "budget_given",
    "The policy charges by a rate; its total is an outcome",
);
pub static NOTHING_TO_BILL: Kind =
    Kind::unprocessable("nothing_to_bill", "Nobody would owe anything");
pub static POLICY_NOT_ADOPTED: Kind = Kind::conflict(
    "policy_not_adopted",
    "Another levy policy is in use; a change has to be decided and adopted first",
);
pub static TRUE_UP_EXISTS: Kind =
    Kind::conflict("true_up_exists", "The fund has a true-up already");
pub static PAYMENT_ID_TAKEN: Kind =
    Kind::conflict("payment_id_taken", "Another payment has this name already");
pub static NOT_REVERSIBLE: Kind = Kind::conflict(
    "not_reversible",
    "This transaction is not taken back by itself",
);
pub static TRUE_UP_OPEN: Kind =
    Kind::conflict("true_up_open", "A true-up is neither applied nor cancelled");
pub static TRUED_UP: Kind = Kind::conflict(
    "trued_up",
    "A true-up by spend has settled what members pay",
);
pub static REFUND_COMPUTED: Kind =
    Kind::conflict("refund_computed", "What was not spent is divided already");
pub static EXCEEDS_MATCH: Kind =
    Kind::unprocessable("exceeds_match", "The sponsor pays more than it owes");
pub static NOTHING_TO_RETURN: Kind =
    Kind::conflict("nothing_to_return", "Nothing goes back to the sponsor");
pub static NO_ROLLOVER_FUND: Kind = Kind::conflict(
    "no_rollover_fund",
    "No fund takes what members leave behind",
);
pub static CHOICE_OPEN: Kind = Kind::conflict("choice_open", "The member may still choose");
pub static REFUND_TOO_SMALL: Kind =
    Kind::conflict("refund_too_small", "The refund is too small to be paid out");
pub static GENERAL_FUND_EXISTS: Kind =
    Kind::conflict("general_fund_exists", "The alliance has a general fund");

/// Every kind of this slice, for the catalogue.
pub static ALL: &[&Kind] = &[
    &NO_MEMBERS,
    &DUPLICATE_MEMBER,
    &NEGATIVE_BUDGET,
    &NEGATIVE_WEIGHT,
    &NEGATIVE_FLOOR,
    &FLOOR_ABOVE_CAP,
    &FLOORS_EXCEED_BUDGET,
    &CAPS_BELOW_BUDGET,
    &ALL_WEIGHTS_ZERO,
    &QUANTUM_MISMATCH,
    &MIX_SHARES_NOT_ONE,
    &MEASURE_TOTAL_ZERO,
    &NEGATIVE_SIZE,
    &DAYS_OUT_OF_SEASON,
    &RULE_INVALID,
    &MEASURE_MISSING,
    &CLASS_UNKNOWN,
    &BELOW_FIRST_BAND,
    &DAYS_MISSING,
    &NEGATIVE_AMOUNT,
    &REFUND_EXCEEDS_PAID,
    &NEGATIVE_UNSPENT,
    &OVERSPENT,
    &FUND_OVERDRAWN,
    &CREDIT_SPENT,
    &PERIOD_CLOSED,
    &ALREADY_REVERSED,
    &CURRENCY_MISMATCH,
    &ALLOCATION_EXCEEDS_DUE,
    &ALLOCATIONS_EXCEED_PAYMENT,
    &NOTICE_NAMED_TWICE,
    &NOTICE_UNKNOWN,
    &CREDIT_EXCEEDS_NOTICE,
    &CREDIT_NOTE_OPEN,
    &ARREARS_OPEN,
    &EXPENSES_OPEN,
    &CODE_TAKEN,
    &BUDGET_LINES_MISMATCH,
    &RESERVATIONS_OPEN,
    &RESTRICTED_FUND,
    &EXCEEDS_MATCH,
    &NOTHING_TO_RETURN,
    &NO_ROLLOVER_FUND,
    &CHOICE_OPEN,
    &REFUND_TOO_SMALL,
    &GENERAL_FUND_EXISTS,
    &BUDGET_LINE_UNKNOWN,
    &EXCEEDS_RESERVATION,
    &APPROVAL_REPEATED,
    &EVIDENCE_MISSING,
    &MEASURE_UNIT_MISMATCH,
    &MEASURE_UNKNOWN,
    &BUDGET_MISSING,
    &BUDGET_GIVEN,
    &NOTHING_TO_BILL,
    &POLICY_NOT_ADOPTED,
    &TRUE_UP_EXISTS,
    &PAYMENT_ID_TAKEN,
    &NOT_REVERSIBLE,
    &TRUE_UP_OPEN,
    &TRUED_UP,
    &REFUND_COMPUTED,
];
