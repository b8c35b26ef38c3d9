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
];
