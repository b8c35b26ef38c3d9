//! Problems of mandates and of the acts that are gated here.

use crate::kernel::problem::Kind;

pub static MANDATE_MISSING: Kind =
    Kind::conflict("mandate_missing", "No decision permits this yet");
pub static HEARING_TOO_SOON: Kind = Kind::unprocessable(
    "hearing_too_soon",
    "The member needs more time before its hearing",
);
pub static HEARING_TO_COME: Kind =
    Kind::conflict("hearing_to_come", "The hearing has not taken place yet");
pub static EXPULSION_OPEN: Kind = Kind::conflict(
    "expulsion_open",
    "A case against this member is open already",
);

pub static DISSOLUTION_OPEN: Kind =
    Kind::conflict("dissolution_open", "A dissolution is proposed already");
pub static ALLIANCE_UNFINISHED: Kind = Kind::conflict(
    "alliance_unfinished",
    "Something in the alliance is not finished",
);

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[
    &MANDATE_MISSING,
    &HEARING_TOO_SOON,
    &HEARING_TO_COME,
    &EXPULSION_OPEN,
    &DISSOLUTION_OPEN,
    &ALLIANCE_UNFINISHED,
];
