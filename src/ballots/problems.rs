//! The refusals of this slice.

use crate::kernel::problem::Kind;

pub static WEIGHT_CAP_UNATTAINABLE: Kind = Kind::unprocessable(
    "weight_cap_unattainable",
    "Too few members have weight for this cap",
);
pub static VOTER_NOT_ELIGIBLE: Kind = Kind::unprocessable(
    "voter_not_eligible",
    "A vote comes from outside the electorate",
);
pub static CAST_EXCEEDS_ELIGIBLE: Kind = Kind::unprocessable(
    "cast_exceeds_eligible",
    "More was cast than the electorate holds",
);
pub static OPTION_UNKNOWN: Kind =
    Kind::unprocessable("option_unknown", "A vote names no option of this ballot");
pub static OPTIONS_INVALID: Kind = Kind::unprocessable(
    "options_invalid",
    "The options of this ballot cannot be told apart",
);
pub static NOTICE_TOO_SHORT: Kind =
    Kind::unprocessable("notice_too_short", "The by-laws ask for a longer notice");
pub static CLOSES_BEFORE_OPENING: Kind = Kind::unprocessable(
    "closes_before_opening",
    "The ballot would close before it opens",
);
pub static SUBJECT_NOT_READY: Kind = Kind::conflict(
    "subject_not_ready",
    "The subject of the ballot cannot be decided on",
);
pub static BALLOT_STILL_OPEN: Kind =
    Kind::conflict("ballot_still_open", "The ballot cannot close yet");
pub static BALLOT_NOT_OPEN: Kind =
    Kind::conflict("ballot_not_open", "The ballot takes no votes yet");
pub static ALREADY_VOTED: Kind = Kind::conflict("already_voted", "This member has voted");
pub static NOT_AN_ELECTOR: Kind = Kind::forbidden("not_an_elector", "This member has no vote here");

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &WEIGHT_CAP_UNATTAINABLE,
    &VOTER_NOT_ELIGIBLE,
    &CAST_EXCEEDS_ELIGIBLE,
    &OPTION_UNKNOWN,
    &OPTIONS_INVALID,
    &NOTICE_TOO_SHORT,
    &CLOSES_BEFORE_OPENING,
    &SUBJECT_NOT_READY,
    &BALLOT_STILL_OPEN,
    &BALLOT_NOT_OPEN,
    &ALREADY_VOTED,
    &NOT_AN_ELECTOR,
];
